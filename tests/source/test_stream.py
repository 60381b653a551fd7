from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from vitruvian.errors import SourceError
from vitruvian.source import open_source
from vitruvian.source.stream import StreamSource, public_name
from vitruvian.source.video import VideoSource
from vitruvian.types import Frame


@contextmanager
def server(
    answers: list[bytes], *, length: bool = False, kind: str = "video/mp2t"
) -> Iterator[tuple[str, list[float]]]:
    """Answer each request with the next of ``answers``, then with 404; yields URL and times."""
    requests: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(time.monotonic())
            if len(requests) > len(answers):
                self.send_error(404)
                return
            body = answers[len(requests) - 1]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            if length:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/live", requests
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def until_error(source: StreamSource) -> tuple[list[Frame], SourceError]:
    """Every frame that is given before the source gives up."""
    frames: list[Frame] = []
    try:
        for frame in source:
            frames.append(frame)  # noqa: PERF402 - what came before the error counts
    except SourceError as error:
        return frames, error
    raise AssertionError("it never gave up")


def film(make_film: Callable[..., Path], path: Path, **options: object) -> bytes:
    return make_film(path, options={"tune": "zerolatency", "g": "5"}, **options).read_bytes()


def test_reconnects_after_a_break_and_gives_up_in_the_end(
    make_film: Callable[..., Path], tmp_path: Path
) -> None:
    whole = film(make_film, tmp_path / "film.ts", frames=40)
    with server([whole[: len(whole) // 2], b"", whole[: len(whole) // 3]]) as (url, requests):
        source = StreamSource(url, tries=2, wait=0.05)
        assert (source.live, source.size, source.count) == (True, (64, 48), None)
        with source:
            frames, error = until_error(source)
        assert re.search(r"broke off, 2 tries to reconnect: .*404", str(error))
    assert len(requests) == 5
    assert frames
    assert all(a.index < b.index and a.time < b.time for a, b in pairwise(frames))
    assert frames[-1].time > 0.05, "times are the wall clock's, over the break too"


def test_waits_longer_each_time(make_film: Callable[..., Path], tmp_path: Path) -> None:
    with server([film(make_film, tmp_path / "film.ts")]) as (url, requests):
        until_error(StreamSource(url, tries=3, wait=0.1))
    waits = [b - a for a, b in pairwise(requests)]
    assert len(waits) == 3
    assert all(wait >= least - 0.02 for wait, least in zip(waits, (0.1, 0.2, 0.4), strict=True))


def test_other_size_after_the_break_is_scaled(
    make_film: Callable[..., Path], tmp_path: Path
) -> None:
    small = film(make_film, tmp_path / "small.ts")
    large = film(make_film, tmp_path / "large.ts", size=(128, 96))
    with server([small, large]) as (url, _):
        source = StreamSource(url, tries=1, wait=0.3)
        with source:
            frames, _ = until_error(source)
    assert source.size == (64, 48)
    assert len(frames) >= 2, "before the break and after it"
    assert {frame.size for frame in frames} == {(64, 48)}


def test_motion_jpeg_as_network_cameras_send_it(draw: Callable[..., np.ndarray]) -> None:
    jpegs = [bytes(cv2.imencode(".jpg", draw(step=step))[1]) for step in range(40)]
    parts = (
        b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(j), j)
        for j in jpegs
    )
    kind = "multipart/x-mixed-replace; boundary=cut"
    with server([b"".join(parts)], kind=kind) as (url, _), open_source(url) as source:
        assert source.live
        assert [frame.size for frame in islice(source, 1)] == [(64, 48)]


def test_a_file_on_a_web_server_is_a_film(make_film: Callable[..., Path], tmp_path: Path) -> None:
    whole = make_film(tmp_path / "film.mkv", frames=30).read_bytes()
    with server([whole] * 8, length=True) as (url, _), open_source(url) as source:
        assert isinstance(source, VideoSource)
        assert source.name == url
        for _ in range(2):
            frames = list(source)
            assert [frame.index for frame in frames] == list(range(30))
            assert frames[-1].time == pytest.approx(29 / 25)


def test_closing_in_the_middle_of_a_wait(make_film: Callable[..., Path], tmp_path: Path) -> None:
    with server([film(make_film, tmp_path / "film.ts")]) as (url, _):
        source = StreamSource(url, tries=5, wait=30)
        frames = iter(source)
        next(frames)
        time.sleep(0.2)
        start = time.perf_counter()
        source.close()
        assert time.perf_counter() - start < 1
    assert not [t for t in threading.enumerate() if t.name.startswith("vitruvian")]


def test_a_password_is_not_part_of_the_name() -> None:
    assert public_name("rtsp://me:p@ss@cam.local/1?pwd=x@y") == "rtsp://cam.local/1"
    assert public_name("http://cam.local/a@b") == "http://cam.local/a@b"
