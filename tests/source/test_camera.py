from __future__ import annotations

import time
from itertools import islice, pairwise

import cv2
import numpy as np
import pytest

from vitruvian.errors import SourceError
from vitruvian.source.camera import CameraSource


class Device:
    """A capture device that answers ``read`` from a list, then with its last answer."""

    def __init__(self, answers: list[bool], *, opened: bool = True, rate: float = 30.0) -> None:
        self.answers = answers
        self.opened = opened
        self.rate = rate
        self.reads = 0
        self.pause = 0.002
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opened

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(self.pause)
        good = self.answers[min(self.reads, len(self.answers) - 1)]
        self.reads += 1
        return good, np.full((4, 6, 3), (1, 2, 3), np.uint8) if good else None

    def get(self, prop: int) -> float:
        return self.rate if prop == cv2.CAP_PROP_FPS else 0.0

    def release(self) -> None:
        self.released = True


def test_pictures_are_rgb_and_times_are_the_clock_s() -> None:
    device = Device([True])
    with CameraSource(2, connect=lambda index: device) as camera:
        assert (camera.name, camera.size, camera.rate, camera.live) == (
            "camera 2",
            (6, 4),
            30,
            True,
        )
        start = time.monotonic()
        frames = list(islice(camera, 4))
        passed = time.monotonic() - start
    assert all(a.time < b.time for a, b in pairwise(frames))
    assert frames[-1].time - frames[0].time <= passed
    assert frames[0].image[0, 0].tolist() == [3, 2, 1]
    assert device.released


def test_times_count_from_the_first_picture() -> None:
    device = Device([True])
    device.pause = 0.05
    with CameraSource(0, connect=lambda index: device) as camera:
        first, second = islice(camera, 2)
    assert (first.index, first.time) == (0, 0.0)
    assert second.time >= 0.04


def test_a_slow_caller_gets_the_latest() -> None:
    with CameraSource(0, connect=lambda index: Device([True])) as camera:
        frames = iter(camera)
        first = next(frames)
        time.sleep(0.1)
        second = next(frames)
        assert second.index > first.index + 5
        assert camera.dropped >= second.index - first.index - 1


def test_a_camera_that_is_not_there() -> None:
    with pytest.raises(SourceError, match=r"camera 0 cannot be opened; is it connected"):
        CameraSource(0, connect=lambda index: Device([], opened=False))


def test_a_camera_that_wakes_slowly_or_blinks() -> None:
    device = Device([False, False, True, False, True])
    with CameraSource(0, connect=lambda index: device) as camera:
        assert len(list(islice(camera, 3))) == 3


def test_a_camera_that_goes_dark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vitruvian.source.camera._PAUSE", 0.001)
    dark = Device([False])
    with pytest.raises(SourceError, match="camera 0 gives no picture"):
        CameraSource(0, connect=lambda index: dark)
    assert dark.released
    fading = Device([True] * 5 + [False])
    with (
        CameraSource(0, connect=lambda index: fading) as camera,
        pytest.raises(SourceError, match="camera 0 gives no picture"),
    ):
        list(camera)
    assert fading.released


def test_rate_that_the_driver_does_not_know() -> None:
    for rate in (0.0, -1.0, float("nan"), 1e9):
        with CameraSource(0, connect=lambda index, rate=rate: Device([True], rate=rate)) as camera:
            assert camera.rate is None
