"""What every `Source` keeps to, whatever its frames come from."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from vitruvian.source import Source, open_source
from vitruvian.source.camera import CameraSource
from vitruvian.types import Frame

WIDTH, HEIGHT, COUNT = 64, 48, 10


def drawing(step: int = 0) -> np.ndarray:
    image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    image[: HEIGHT // 3, : WIDTH // 3] = (220, 30, 30)
    image[HEIGHT // 2 :, WIDTH // 2 :] = (30, 30, 20 * (step % COUNT))
    return image


def write_film(path: Path, *, turned: bool = False) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for step in range(COUNT):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(drawing(step), "rgb24")))
        container.mux(stream.encode(None))
    if turned:  # a quarter turn anticlockwise: the display matrix in the box "tkhd"
        data = bytearray(path.read_bytes())
        one, w = 1 << 16, 1 << 30
        struct.pack_into(">9i", data, data.index(b"tkhd") + 44, 0, -one, 0, one, 0, 0, 0, 0, w)
        path.write_bytes(data)
    return path


def write_pictures(folder: Path) -> Path:
    folder.mkdir()
    for step in range(COUNT):
        cv2.imwrite(str(folder / f"{step:03}.png"), drawing(step)[..., ::-1])
    return folder


class Eye:
    """A capture device that sees a new picture every 5 ms."""

    def __init__(self, index: int) -> None:
        self._open = True
        self._seen = 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._open

    def read(self) -> tuple[bool, np.ndarray]:
        time.sleep(0.005)
        self._seen += 1
        return True, drawing(self._seen)[..., ::-1].copy()

    def get(self, prop: int) -> float:
        return 25.0 if prop == cv2.CAP_PROP_FPS else 0.0

    def release(self) -> None:
        self._open = False


@contextmanager
def served(film: Path) -> Iterator[str]:
    """The URL of a film that is sent again and again, without saying how long it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(film.read_bytes())
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                pass

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/live.ts"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Case:
    """A way to make a source, and what it must say of itself."""

    make: Callable[[Path], Source]
    size: tuple[int, int] | None = (WIDTH, HEIGHT)
    count: int | None = COUNT
    rate: float | None = 25.0
    stills: bool = False
    live: bool = False
    planes: bool = False


FILMS = {
    "film": Case(lambda at: open_source(write_film(at / "film.mp4")), planes=True),
    "turned film": Case(
        lambda at: open_source(write_film(at / "film.mp4", turned=True)),
        size=(HEIGHT, WIDTH),
        planes=True,
    ),
    "pictures as film": Case(lambda at: open_source(write_pictures(at / "in"), rate=25)),
    "arrays": Case(lambda at: open_source([drawing(i) for i in range(COUNT)], rate=25)),
}
STILLS = {
    "folder": Case(
        lambda at: open_source(write_pictures(at / "in")), size=None, rate=None, stills=True
    ),
    "picture": Case(
        lambda at: open_source(write_pictures(at / "in") / "003.png"),
        count=1,
        rate=None,
        stills=True,
    ),
    "array": Case(lambda at: open_source(drawing()), count=1, rate=None, stills=True),
}
LIVE = {
    "camera": Case(lambda at: CameraSource(0, connect=Eye), count=None, live=True),
    "stream": Case(
        lambda at: open_source((at / "url").read_text()), count=None, live=True, planes=True
    ),
}


@pytest.fixture(params=FILMS | STILLS | LIVE)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    if request.param != "stream":
        yield (FILMS | STILLS | LIVE)[request.param]
        return
    with served(write_film(tmp_path / "live.ts")) as url:
        (tmp_path / "url").write_text(url)
        yield LIVE["stream"]


@pytest.fixture
def source(case: Case, tmp_path: Path) -> Iterator[Source]:
    source = case.make(tmp_path)
    yield source
    source.close()
    assert reading() == []


def reading() -> list[str]:
    """The threads that sources have running."""
    return [t.name for t in threading.enumerate() if t.name.startswith("vitruvian")]


def some(source: Source) -> list[Frame]:
    """Every frame, or five of what has no end."""
    return list(islice(source, 5 if source.live else None))


def test_says_what_it_is(source: Source, case: Case) -> None:
    assert source.name
    assert (source.size, source.count) == (case.size, case.count)
    assert source.rate == pytest.approx(case.rate)
    assert (source.live, source.stills) == (case.live, case.stills)


def test_index_and_time_go_forward(source: Source, case: Case) -> None:
    frames = some(source)
    assert len(frames) == (5 if case.live else case.count)
    assert frames[0].index >= 0
    assert frames[0].time >= 0
    assert all(a.index < b.index and a.time < b.time for a, b in pairwise(frames))


def test_times_of_a_film_follow_its_rate(source: Source, case: Case) -> None:
    if case.live:
        pytest.skip("live times are the clock's")
    step = 1 / (case.rate or 1)
    assert [frame.time for frame in source] == pytest.approx(
        [step * i for i in range(case.count or 0)], abs=1e-4
    )


def test_frames_are_upright_rgb_of_the_size_it_says(source: Source, case: Case) -> None:
    for frame in some(source):
        width, height = case.size or (WIDTH, HEIGHT)
        assert frame.size == (width, height)
        assert frame.image.shape == (height, width, 3)
        assert frame.image.dtype == np.uint8
        red = frame.image[-8:, :8] if height > width else frame.image[:8, :8]
        assert np.abs(red.mean((0, 1)) - (220, 30, 30)).max() < 12


def test_planes_agree_with_the_image(source: Source, case: Case) -> None:
    for frame in some(source):
        assert (frame.planes is not None) == case.planes
        if frame.planes is None:
            continue
        height, width = frame.planes.y.shape
        u, v = (
            np.repeat(np.repeat(plane, 2, 0), 2, 1)[:height, :width]
            for plane in (frame.planes.u, frame.planes.v)
        )
        ones = np.ones_like(u)
        yuv1 = np.stack([frame.planes.y, u, v, ones], -1).astype(np.float64)
        rgb = np.clip(yuv1 @ frame.planes.to_rgb.T, 0, 255)
        assert np.abs(frame.image - rgb).max() <= 3.5


def test_a_second_iteration_starts_again(source: Source, case: Case) -> None:
    first, second = some(source), some(source)
    assert len(first) == len(second)
    if not case.live:
        assert [f.time for f in first] == [f.time for f in second]
        assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))


def test_frames_outlive_the_source(source: Source) -> None:
    frames = some(source)
    source.close()
    assert all(frame.image.any() for frame in frames)


def test_stopping_early_leaves_no_thread(source: Source) -> None:
    for _ in source:
        break
    assert reading() == []


def test_closing_twice_and_while_reading(source: Source) -> None:
    frames = iter(source)
    next(frames)
    source.close()
    source.close()
    assert list(frames) == []


def test_with_closes(source: Source) -> None:
    with source as same:
        assert same is source
        frames = iter(source)
        next(frames)
    assert list(frames) == []
