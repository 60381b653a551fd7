"""Bytes of a picture to RGB, with OpenCV, and with FFmpeg for what OpenCV does not know."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import SourceError
from vitruvian.source.alpha import on_white
from vitruvian.types import Image

__all__ = ["opencv_quiet", "read_picture"]

_PNG = b"\x89PNG\r\n\x1a\n"
_HEIF = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
"""Brands of pictures among the files that begin as films do (ISO/IEC 23008-12, AVIF)."""
_LONGEST = 2**20
_SILENT = 0
_quiet = Lock()


def read_picture(path: Path) -> Image:
    """One picture as (H, W, 3) uint8 RGB, upright.

    EXIF's orientation is applied (but not to a picture with transparency); grey, palette and
    CMYK become RGB; of 16 bits the upper 8 are taken, floats run from 0, black, to 1; what is
    transparent in PNG and WebP is white; of several pictures in a file the first is taken.
    OpenCV's limits hold: 2^20 pixels a side and 2^30 in all. HEIC and AVIF are tried with FFmpeg
    where OpenCV does not know them.

    Raises:
        SourceError: The file cannot be read, or holds no whole picture.
    """
    name = path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{name} cannot be read ({error.strerror or error})") from error
    if not data:
        raise SourceError(f"{name} is empty; expected a picture")
    if data.startswith(_PNG):
        data = _checked_png(data, name)
    try:
        image = _decode(data)
    except (cv2.error, MemoryError) as error:
        raise SourceError(f"{name} is damaged, or has more than 2^30 pixels") from error
    if image is None and data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        image = _decode_heif(data, name)
    if image is None:
        raise SourceError(f"{name} is damaged or no picture; expected JPEG, PNG, WebP, TIFF, BMP …")
    return image


def _decode(data: bytes) -> Image | None:
    array = np.frombuffer(data, np.uint8)
    with opencv_quiet():
        if _may_have_alpha(data):
            image = cv2.imdecode(array, cv2.IMREAD_UNCHANGED)
            if image is not None and image.ndim == 3 and image.shape[2] == 4:
                if image.dtype == np.uint16:
                    image = (image // 256).astype(np.uint8)
                return on_white(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA), np.uint8))
        rgb = getattr(cv2, "IMREAD_COLOR_RGB", None)  # since OpenCV 4.11: no second copy
        image = cv2.imdecode(array, cv2.IMREAD_COLOR if rgb is None else rgb)
        if image is None:
            return _decode_floats(array)
    if rgb is None:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    return np.asarray(image, np.uint8)


def _decode_floats(array: NDArray[np.uint8]) -> Image | None:
    """Pictures of floats, 0 black and 1 white, which OpenCV gives as they are or not at all."""
    image = cv2.imdecode(array, cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH)
    if image is None or not np.issubdtype(image.dtype, np.floating):
        return None
    to_rgb = cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB
    levels = np.rint(np.nan_to_num(np.clip(image, 0, 1)) * 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(levels, to_rgb), np.uint8)


@contextmanager
def opencv_quiet() -> Iterator[None]:
    """No word from OpenCV about damaged files: the error says it. Its level is put back."""
    switch: Any = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging  # before 5, since 5
    with _quiet:
        level = switch.getLogLevel()
        switch.setLogLevel(_SILENT)
        try:
            yield
        finally:
            switch.setLogLevel(level)


def _may_have_alpha(data: bytes) -> bool:
    if data.startswith(_PNG):
        return data[25] in (4, 6) or b"tRNS" in data[:4096]
    if data[8:16] == b"WEBPVP8X":
        return bool(data[20] & 0x10)
    return data[8:16] == b"WEBPVP8L"


def _checked_png(data: bytes, name: str) -> bytes:
    """The same without what libpng complains about on stderr: a colour profile, which nobody uses.

    Raises:
        SourceError: Broken sums, no end, absurd sizes, of which it would complain, too.
    """
    at, kind, profile = len(_PNG), b"", (0, 0)
    while kind != b"IEND":
        if at + 12 > len(data):
            raise SourceError(f"{name} is damaged: the file ends in the middle of the picture")
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            raise SourceError(f"{name} is damaged: the file ends in the middle of the picture")
        if zlib.crc32(memoryview(data)[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise SourceError(f"{name} is damaged: a checksum is wrong")
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", data, at + 8)
            if max(width, height) > _LONGEST:
                raise SourceError(f"{name} has {width} x {height} pixels; at most 2^20 a side")
        if kind == b"iCCP":
            profile = (at, end + 4)
        at = end + 4
    start, end = profile
    return data[:start] + data[end:] if end else data


def _decode_heif(data: bytes, name: str) -> Image | None:
    import av

    from vitruvian.source.layout import Layout

    try:
        with av.open(io.BytesIO(data), mode="r") as container:
            if len(container.streams.video) != 1:
                raise SourceError(f"{name} is made of tiles, which is not read; save it as JPEG")
            picture = next(container.decode(video=0), None)
            return None if picture is None else Layout(picture).frame(picture, 0, 0.0).image
    except av.error.FFmpegError:
        return None
