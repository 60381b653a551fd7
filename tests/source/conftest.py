"""Small films and pictures, made here."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest


def drawing(width: int = 64, height: int = 48, step: int = 0) -> np.ndarray:
    """An RGB picture that looks different in every orientation: red top left, blue top right."""
    image = np.full((height, width, 3), 60, np.uint8)
    image[: height // 3, : width // 3] = (220, 30, 30)
    image[: height // 3, -(width // 3) :] = (30, 30, 220)
    image[-(height // 4) :, : width // 2] = (30, 200, 30)
    image[height // 2, step % width] = 255
    return image


def write_film(
    path: Path,
    *,
    size: tuple[int, int] = (64, 48),
    frames: int = 12,
    rate: int = 25,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    stamps: Sequence[int] | None = None,
    prepare: Callable[[av.VideoStream], None] = lambda stream: None,
    options: dict[str, str] | None = None,
    full: bool = False,
    colorspace: int = 5,
    matrix: tuple[int, int, int, int] | None = None,
) -> Path:
    """Write a film of `drawing`.

    ``stamps`` are in 1/1000 s; ``matrix`` is a, b, c, d of an MP4's display matrix.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.color_range = 2 if full else 1
        stream.codec_context.colorspace = colorspace
        if stamps is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        prepare(stream)
        for step in range(frames if stamps is None else len(stamps)):
            rgb = av.VideoFrame.from_ndarray(drawing(*size, step), "rgb24")
            frame = rgb.reformat(
                format=pix_fmt, dst_colorspace=colorspace, dst_color_range=2 if full else 1
            )
            frame.pts = step if stamps is None else stamps[step]
            frame.time_base = Fraction(1, rate) if stamps is None else Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if matrix is not None:
        set_matrix(path, *matrix)
    return path


def set_matrix(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Write the display matrix into the ``tkhd`` box (ISO/IEC 14496-12, 8.3.2), as phones do."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    struct.pack_into(">9i", data, at, a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film of 12 frames of 64x48 at 25 frames a second."""
    return write_film(tmp_path / "film.mp4")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A JPEG of 64x48."""
    path = tmp_path / "picture.jpg"
    cv2.imwrite(str(path), drawing()[..., ::-1])
    return path


@pytest.fixture
def make_film() -> Callable[..., Path]:
    """`write_film`."""
    return write_film


@pytest.fixture
def draw() -> Callable[..., np.ndarray]:
    """`drawing`."""
    return drawing
