"""One pass through a container of film, with PyAV: a file, or a stream from the network."""

from __future__ import annotations

import re
from collections.abc import Generator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Self

import av

from vitruvian.errors import SourceError
from vitruvian.source.clock import Clock
from vitruvian.source.layout import Layout
from vitruvian.types import Frame

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

__all__ = ["Film"]

_USUAL_RATE = 30.0
_FASTEST = 1000.0
_SLACK = 0.5
"""Seconds that the last frame may come before the announced end."""


class Film:
    """Opened, and its first frame decoded, on construction; then an iterator of frames.

    A frame's time is its presentation time less the container's start: what FFmpeg, mpv and VLC
    show, 0 for the first frame unless sound begins before it. See `Clock` for stamps that are
    missing or fall back.

    Args:
        where: A path or a URL that FFmpeg can open.
        name: What error messages call it.
        options: FFmpeg's options for the protocol or container.
        timeout: Seconds to wait for the network, or None.
        size: Upright width and height to scale to; by default what the film has.

    Raises:
        SourceError: Nothing in it can be decoded.
    """

    def __init__(
        self,
        where: str | Path,
        name: str,
        *,
        options: dict[str, str] | None = None,
        timeout: float | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        self.damage: str | None = None
        self._container = _open(_address(where), name, options or {}, timeout)
        try:
            self._stream = _video_stream(self._container, name)
            self._pictures = self._decode()
            self._first = next(self._pictures, None)
            if self._first is None:
                why = f" ({self.damage})" if self.damage else ""
                raise SourceError(f"{name} holds no frame that can be decoded{why}")
            self._layout = _lay_out(self._first, self._stream, size, name)
        except SourceError:
            self._container.close()
            raise
        self.size = self._layout.size
        self.rate = _plausible(self._stream.average_rate) or _plausible(self._stream.guessed_rate)
        self.duration = _seconds(self._container.duration)
        self.count = self._estimate_count()
        self._frames = self._build()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Frame:
        return next(self._frames)

    def close(self) -> None:
        """Close the container; may be called twice. Frames given before stay valid."""
        self._frames.close()
        self._pictures.close()
        self._container.close()

    def _estimate_count(self) -> int | None:
        if self._stream.frames:
            return int(self._stream.frames)
        if self.duration is None or self.rate is None:
            return None
        return max(1, round(self.duration * self.rate))

    def _build(self) -> Generator[Frame]:
        clock = Clock(1 / (self.rate or _USUAL_RATE))
        picture, self._first = self._first, None
        start, time = self._start(picture), 0.0
        for index in count():
            if picture is None:
                break
            time = clock(None if picture.time is None else picture.time - start)
            yield self._layout.frame(picture, index, time)
            picture = next(self._pictures, None)
        # Matroska counts its length from 0, also where the film starts later.
        self._check_end(time + max(0.0, start))

    def _start(self, first: av.VideoFrame | None) -> float:
        if self._container.start_time is not None:
            return self._container.start_time / av.time_base
        return 0.0 if first is None or first.time is None else first.time

    def _check_end(self, last: float) -> None:
        """Note what no decoder complains about: a file cut off between two packets."""
        announced = _announced(self._container, self._stream)
        if announced is not None and last < 0.98 * announced - _SLACK and not self.damage:
            self.damage = f"it ends after {last:.1f} of {announced:.1f} s"

    def _decode(self) -> Generator[av.VideoFrame]:
        """Every picture that can be decoded; damage is noted, and gone over if possible."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, OSError) as error:
                self._hurt(error)
                yield from self._decoded(None)
                return
            if packet is None:
                return
            yield from self._decoded(packet)

    def _decoded(self, packet: Packet[VideoStream] | None) -> list[av.VideoFrame]:
        try:
            return self._stream.codec_context.decode(packet)
        except av.error.EOFError:
            return []
        except av.error.FFmpegError as error:
            self._hurt(error)
            return []

    def _hurt(self, error: Exception) -> None:
        self.damage = self.damage or _reason(error)


def _address(where: str | Path) -> str:
    # Without the protocol FFmpeg takes what comes before a colon in a file's name for one.
    return f"file:{where}" if isinstance(where, Path) else where


def _open(where: str, name: str, options: dict[str, str], timeout: float | None) -> InputContainer:
    try:
        return av.open(where, mode="r", options=options, timeout=timeout, metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise SourceError(
            f"{name} cannot be opened: expected a film or a picture ({_reason(error)})"
        ) from error


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            # One codec thread costs least in all: reading ahead gives decoding its own core.
            stream.codec_context.thread_count = 1
            return stream
    raise SourceError(f"{name} holds no video, only {_kinds(container)}")


def _lay_out(
    first: av.VideoFrame, stream: VideoStream, size: tuple[int, int] | None, name: str
) -> Layout:
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    try:
        layout = Layout(first, float(aspect or 1), size)
        layout.frame(first, 0, 0.0)
    except (av.error.FFmpegError, ValueError) as error:
        raise SourceError(
            f"{name} has pixels of a kind that cannot be converted: {first.format.name}"
        ) from error
    return layout


def _kinds(container: InputContainer) -> str:
    kinds = sorted({stream.type for stream in container.streams})
    return " and ".join(kinds) or "nothing"


def _plausible(rate: object) -> float | None:
    value = float(rate) if rate else 0.0  # type: ignore[arg-type]
    return value if 0 < value <= _FASTEST else None


def _seconds(duration: int | None) -> float | None:
    return duration / av.time_base if duration is not None and duration > 0 else None


def _announced(container: InputContainer, stream: VideoStream) -> float | None:
    """How long the video is by the file's own words, in seconds, or None if it does not say."""
    said = stream.metadata.get("DURATION", "")  # Matroska's own; its sound may last longer
    if re.fullmatch(r"\d+:\d\d:\d\d\.\d+", said):
        hours, minutes, seconds = said.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if len(container.streams) > 1 or "mov" in container.format.name:
        # MP4 keeps what was trimmed away in its length, and its index tells of a missing end.
        return None
    return _seconds(container.duration)


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())
