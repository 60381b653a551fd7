"""An mp4 file that is readable at every moment, fragment by fragment."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitruvian.errors import SinkError
from vitruvian.types import Image

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

__all__ = ["ENCODERS", "Film"]

# Nothing is looked ahead, which would keep 40 frames (130 MB) back; entropy coding and
# deblocking are put back into the fastest preset. At 1768x994 that is 9 ms of one core a
# frame, where superfast takes 13 for files of nearly the same size.
ENCODERS: dict[str, dict[str, str]] = {
    "libx264": {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf": "21",
        "x264-params": "cabac=1:deblock=1,0,0",
    },
    "libopenh264": {},
    "h264_videotoolbox": {},
    "h264_mf": {},
    "mpeg4": {},
}
_FRAGMENT_MICROSECONDS = "500000"


class Film:
    """An mp4 file that is opened by its first picture, whose size all others get.

    Args:
        path: The file; it must be there.
        rate: Frames per second, about.
    """

    def __init__(self, path: Path, rate: float) -> None:
        self._path = path
        self._rate = rate
        self._file = _Fragments(path)
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._pts = -1

    @property
    def blank(self) -> bool:
        """Whether there is nothing to be seen in the file yet."""
        return self._file.blank

    def add(self, image: Image, time: float) -> None:
        """Add a picture, (H, W, 3) RGB, that is shown from ``time`` (s) on.

        Raises:
            OSError: The disk refuses; the fragments before are whole.
            SinkError: There is no encoder, or it fails.
        """
        import av

        if self._container is None or self._stream is None:
            self._container, self._stream = self._open(image)
        stream = self._stream
        planes = _yuv(image, stream.width, stream.height)
        # from_numpy_buffer would take the height for a multiple of 4.
        video = av.VideoFrame.from_ndarray(planes, "yuv420p")
        base = stream.codec_context.time_base or Fraction(1, 1)
        self._pts = max(round(time / base), self._pts + 1)
        video.pts, video.time_base = self._pts, base
        try:
            self._container.mux(stream.encode(video))
        except av.FFmpegError as error:
            raise SinkError(f"cannot write {self._path}: the encoder fails ({error})") from error
        self._file.commit()

    def close(self) -> None:
        """Write the index, and the last pictures.

        Raises:
            OSError: The disk refuses; the fragments before are whole.
        """
        container, self._container = self._container, None
        try:
            if container is not None and self._stream is not None:
                container.mux(self._stream.encode(None))
                container.close()
                self._file.commit()
        finally:
            self._file.close()

    def _open(self, image: Image) -> tuple[OutputContainer, VideoStream]:
        import av

        height, width = (side + side % 2 for side in image.shape[:2])
        for name in ENCODERS:
            container = av.open(self._file, "w", format="mp4", options=_container())
            try:
                stream = _stream(container, name, width, height, self._rate)
                stream.codec_context.open()
            except (ValueError, av.FFmpegError):
                container.close()
                continue
            return container, stream
        raise SinkError(f"cannot write {self._path}: no encoder for H.264 or MPEG-4; update av")


def _container() -> dict[str, str]:
    """Fragments reach the disk as they are done, and the first frame keeps its time.

    From FFmpeg 8 on, a film that is complete also gets the ordinary index at its end, so that
    every player can seek in it.
    """
    import av

    modern = av.library_versions["libavformat"] >= (62,)
    flags = "hybrid_fragmented" if modern else "empty_moov+default_base_moof+frag_keyframe"
    return {
        "movflags": f"{flags}+delay_moov",
        "use_editlist": "1",
        "frag_duration": _FRAGMENT_MICROSECONDS,
        "flush_packets": "1",
    }


def _stream(
    container: OutputContainer, name: str, width: int, height: int, rate: float
) -> VideoStream:
    fps = Fraction(rate).limit_denominator(1001)
    stream: Any = container.add_stream(name, rate=fps, options=ENCODERS[name])
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


class _Fragments:
    """What the muxer writes to: a fragment goes to the disk as a whole or not at all.

    Nothing is raised into the muxer, which would go on to spoil the file: once the disk has
    refused, whatever else the muxer writes is dropped, and `commit` raises the error.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b", buffering=0)
        self._waiting = bytearray()
        self._at = 0
        self._end = 0
        self.blank = True
        self._error: OSError | None = None

    def write(self, data: bytes) -> int:
        self._waiting += data
        return len(data)

    def tell(self) -> int:
        return self._at + len(self._waiting)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._flush()
        self._at = offset + (0, self._at, self._end)[whence]
        return self._at

    def commit(self) -> None:
        self._flush()
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        self._file.close()

    def _flush(self) -> None:
        data, self._waiting = self._waiting, bytearray()
        start, self._at = self._at, self._at + len(data)
        if self._error is not None or not data:
            return
        try:
            self._file.seek(start)
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
            self._end = max(self._end, self._at)
            self.blank = self.blank and not any(box in data for box in (b"moof", b"moov"))
        except OSError as error:
            self._error = error
            with suppress(OSError):
                self._file.truncate(self._end)
