"""The film with its people drawn on it, as an mp4 that a stop half way leaves readable."""

from __future__ import annotations

import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitruvian.draw import Trails, draw_people
from vitruvian.errors import InputError, SinkError
from vitruvian.sink.place import Place, disk_errors
from vitruvian.sink.seam import About, Sink
from vitruvian.types import Frame, Image, People

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

__all__ = ["VideoSink"]

# Superfast without lookahead: 15 ms of one core for a frame of 1768x994, and 40 MB; the
# default would keep 40 frames back, which is 130 MB, and take twice the time.
_ENCODERS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "superfast", "tune": "zerolatency", "crf": "21"},
    "libopenh264": {"rc_mode": "quality"},
    "h264_videotoolbox": {"allow_sw": "1"},
    "h264_mf": {},
    "mpeg4": {},
}
_FRAGMENT_MICROSECONDS = "500000"
_WAITING_FRAMES = 2


class VideoSink(Sink):
    """Writes ``<stem>_annotated.mp4`` (H.264, or MPEG-4 where there is no encoder for it).

    Every frame keeps the time it has in the source. Drawing and encoding go on in a thread
    of their own, with two frames waiting at most. A film without frames leaves no file.

    Args:
        out: The folder.
        about: What the film is of.

    Raises:
        SinkError: The file cannot be written.
    """

    def __init__(self, out: Path, about: About) -> None:
        self._place = Place(out / f"{about.stem}_annotated.mp4")
        self._film = _Film(self._place.path, about.rate or 30.0)
        self._trails = Trails()
        self._queue: queue.Queue[tuple[Frame, People] | None] = queue.Queue(_WAITING_FRAMES)
        self._error: Exception | None = None
        self._closed = False
        self._empty = True
        self._thread = threading.Thread(target=self._work, name="film writer", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The file."""
        return self._place.path

    def write(self, frame: Frame, people: People) -> None:
        """Add one frame; an error of an earlier frame may come up here."""
        if self._closed:
            raise InputError(f"{self.path} is closed; write before close()")
        self._raise()
        self._empty = False
        self._queue.put((frame, people))

    def close(self, *, complete: bool = True) -> None:
        """Finish the film; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        try:
            with disk_errors(self.path):
                self._film.close()
            self._raise()
        except SinkError:
            complete = False
            raise
        finally:
            complete = complete and not self._empty
            self._place.settle(complete=complete, empty=self._empty)

    def _raise(self) -> None:
        if self._error is not None:
            error, self._error = self._error, None
            with disk_errors(self.path):
                raise error

    def _work(self) -> None:
        failed = False
        while (item := self._queue.get()) is not None:
            if failed:
                continue
            try:
                self._film.add(*self._drawn(*item))
            except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
                self._error, failed = error, True

    def _drawn(self, frame: Frame, people: People) -> tuple[Image, float]:
        self._trails.update(frame.time, people)
        return draw_people(frame.image, people, trails=self._trails), frame.time


class _Film:
    """An mp4 file that is opened by its first picture, whose size all others get."""

    def __init__(self, path: Path, rate: float) -> None:
        self._path = path
        self._rate = rate
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._pts = -1

    def add(self, image: Image, time: float) -> None:
        import av

        if self._container is None or self._stream is None:
            self._container, self._stream = self._open(image)
        stream = self._stream
        video = av.VideoFrame.from_ndarray(_yuv(image, stream.width, stream.height), "yuv420p")
        base = stream.codec_context.time_base or Fraction(1, 1)
        self._pts = max(round(time / base), self._pts + 1)
        video.pts, video.time_base = self._pts, base
        self._container.mux(stream.encode(video))

    def close(self) -> None:
        if self._container is None or self._stream is None:
            return
        container, self._container = self._container, None
        try:
            container.mux(self._stream.encode(None))
        finally:
            container.close()

    def _open(self, image: Image) -> tuple[OutputContainer, VideoStream]:
        import av

        height, width = (side + side % 2 for side in image.shape[:2])
        for name in _ENCODERS:
            container = av.open(str(self._path), "w", format="mp4", options=_container())
            try:
                stream = _stream(container, name, width, height, self._rate)
                stream.codec_context.open()
            except (ValueError, av.FFmpegError):
                container.close()
                continue
            return container, stream
        raise SinkError(f"cannot write {self._path}: no encoder for H.264 or MPEG-4; update av")


def _container() -> dict[str, str]:
    """Fragments reach the disk as they are done.

    From FFmpeg 8 on, a complete film
    also gets the ordinary index at its end, so that every player can seek in it.
    """
    import av

    modern = av.library_versions["libavformat"] >= (62,)
    flags = "hybrid_fragmented" if modern else "empty_moov+default_base_moof+frag_keyframe"
    return {"movflags": flags, "frag_duration": _FRAGMENT_MICROSECONDS, "flush_packets": "1"}


def _stream(
    container: OutputContainer, name: str, width: int, height: int, rate: float
) -> VideoStream:
    fps = Fraction(rate).limit_denominator(1001)
    stream: Any = container.add_stream(name, rate=fps, options=_ENCODERS[name])
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    context.thread_count = 1
    context.gop_size = max(1, round(rate * 2))
    # MPEG-4 has 16 bits for the denominator.
    context.time_base = Fraction(1, 60_000 if name == "mpeg4" else 90_000)
    context.color_range, context.colorspace = 1, 6  # limited range, BT.601 as OpenCV's matrix
    if name != "libx264":
        context.bit_rate = round(width * height * rate * 0.12)
    return stream  # type: ignore[no-any-return]


def _yuv(image: Image, width: int, height: int) -> Image:
    """4:2:0 planes for the encoder; an odd side repeats its last row or column."""
    import cv2

    h, w = image.shape[:2]
    if (w, h) != (width, height):
        if 0 <= width - w <= 1 and 0 <= height - h <= 1:
            image = np.pad(image, ((0, height - h), (0, width - w), (0, 0)), mode="edge")
        else:
            image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420)  # type: ignore[return-value]
