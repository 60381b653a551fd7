"""Order, drops, threads and errors of a live stream, without a model."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
import threading
import weakref

import pytest

from vitruvian.compat.mediapipe.tasks.python.vision.core.live_stream import LiveStream

PATIENCE = 20


class Desk:
    """A reader who can be held up, and a list of what was delivered."""

    def __init__(self):
        self.go, self.started = threading.Event(), threading.Semaphore(0)
        self.delivered, self.threads = [], set()
        self.stream = LiveStream(self.read, self.deliver)

    def read(self, picture, stamp, about):
        self.started.release()
        assert self.go.wait(PATIENCE)
        if picture == "torn":
            raise ValueError("torn picture")
        return picture.upper()

    def deliver(self, result, picture, stamp):
        self.threads.add(threading.current_thread())
        self.delivered.append((result, picture, stamp))

    def send(self, *pictures, start=0):
        for number, picture in enumerate(pictures, start):
            self.stream.send(picture, number, None)


def test_one_is_read_the_newest_waits_and_the_rest_are_dropped():
    desk = Desk()
    desk.send("a")
    assert desk.started.acquire(timeout=PATIENCE)
    desk.send("b", "c", "d", start=1)
    desk.go.set()
    desk.stream.close()
    assert desk.delivered == [("A", "a", 0), ("D", "d", 3)]


def test_whoever_waits_for_each_result_gets_all_of_them_in_order():
    done = threading.Event()
    stamps = []

    def deliver(result, picture, stamp):
        stamps.append(stamp)
        done.set()

    stream = LiveStream(lambda picture, stamp, about: stamp, deliver)
    for stamp in range(50):
        stream.send("p", stamp, None)
        assert done.wait(PATIENCE)
        done.clear()
    stream.close()
    assert stamps == list(range(50))


def test_the_callback_has_a_thread_of_its_own():
    desk = Desk()
    desk.go.set()
    for stamp in range(3):
        desk.stream.send("a", stamp, None)
        assert desk.started.acquire(timeout=PATIENCE)
    desk.stream.close()
    (thread,) = desk.threads
    assert thread is not threading.current_thread()
    assert not thread.is_alive()


def test_errors_are_logged_and_the_stream_goes_on(caplog):
    got = []

    def deliver(result, picture, stamp):
        got.append(stamp)
        seen.set()
        if stamp == 1:
            raise KeyError("the caller's mistake")

    def read(picture, stamp, about):
        if stamp == 0:
            seen.set()
            raise ValueError("torn picture")
        return stamp

    seen = threading.Event()
    stream = LiveStream(read, deliver)
    with caplog.at_level(logging.ERROR):
        for stamp in range(3):
            stream.send("p", stamp, None)
            assert seen.wait(PATIENCE)
            seen.clear()
        stream.close()
    assert got == [1, 2]
    texts = [record.getMessage() for record in caplog.records]
    assert texts == [
        "Error in async operation: ValueError('torn picture')",
        'Error in callback: KeyError("the caller\'s mistake")',
    ]


def test_closing_in_a_hurry_drops_the_picture_that_waits():
    desk = Desk()
    desk.send("a", "b")
    assert desk.started.acquire(timeout=PATIENCE)
    threading.Timer(0.05, desk.go.set).start()
    desk.stream.close(hurry=True)
    desk.send("c", start=9)
    assert [picture for _, picture, _ in desk.delivered if picture == "c"] == []
    assert len(desk.delivered) <= 1


def test_the_callback_may_close_it():
    closed = threading.Event()

    def deliver(result, picture, stamp):
        stream.close()
        closed.set()

    stream = LiveStream(lambda picture, stamp, about: stamp, deliver)
    stream.send("p", 0, None)
    assert closed.wait(PATIENCE)
    stream.close()


def test_a_stream_that_nobody_used_has_no_threads():
    before = threading.active_count()
    stream = LiveStream(lambda picture, stamp, about: stamp, print)
    assert threading.active_count() == before
    stream.close()


def test_a_task_that_is_forgotten_ends_its_threads():
    from vitruvian.compat.mediapipe.tasks.python.vision.core.task import Task
    from vitruvian.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
        VisionTaskRunningMode,
    )

    task = Task(lambda *_: 0, VisionTaskRunningMode.LIVE_STREAM, lambda *_: None)
    task._live.send("p", 0, None)
    threads, gone = list(task._live._threads), weakref.ref(task)
    del task
    gc.collect()
    assert gone() is None
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


LEAVE = """
import numpy as np
import vitruvian.compat.mediapipe as mp
vision = mp.tasks.vision
landmarker = vision.PoseLandmarker.create_from_options(vision.PoseLandmarkerOptions(
    base_options=mp.tasks.BaseOptions(model_asset_path="lite"), num_poses=3,
    running_mode=vision.RunningMode.LIVE_STREAM, result_callback=lambda *_: None))
image = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.zeros((64, 64, 3), np.uint8))
for stamp in range(5):
    landmarker.detect_async(image, stamp)
print("left")
"""


@pytest.mark.filterwarnings("ignore")
def test_leaving_without_closing_is_no_error():
    done = subprocess.run(
        [sys.executable, "-c", LEAVE],
        env={**__import__("os").environ, "PYTHONPATH": ":".join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")
