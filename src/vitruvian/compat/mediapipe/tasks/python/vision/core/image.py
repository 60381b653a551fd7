"""A picture or a mask, as the tasks take and give it."""

from __future__ import annotations

import enum
from collections import deque
from contextlib import suppress
from operator import index
from pathlib import Path
from sys import getrefcount
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Image", "ImageFormat"]

_ALIGNMENT = 16
"""Bytes that the rows of MediaPipe's pictures are a multiple of; `Image.step` says the same."""


class ImageFormat(enum.IntEnum):
    """What a pixel is made of: how many channels, of what type."""

    UNKNOWN = 0
    SRGB = 1
    SRGBA = 2
    GRAY8 = 3
    GRAY16 = 4
    SRGB48 = 7
    SRGBA64 = 8
    VEC32F1 = 9
    VEC32F2 = 12
    VEC32F4 = 13


_F = ImageFormat
_CHANNELS = {_F.SRGB: 3, _F.SRGBA: 4, _F.GRAY8: 1, _F.GRAY16: 1, _F.SRGB48: 3, _F.SRGBA64: 4}
_CHANNELS |= {_F.VEC32F1: 1, _F.VEC32F2: 2, _F.VEC32F4: 4}
_FORMATS = {
    np.dtype(np.uint8): ("GRAY8, SRGB, or SRGBA for uint8_t", (_F.GRAY8, _F.SRGB, _F.SRGBA)),
    np.dtype(np.uint16): (
        "GRAY16, SRGB48, or SRGBA64 for uint16_t",
        (_F.GRAY16, _F.SRGB48, _F.SRGBA64),
    ),
    np.dtype(np.float32): (
        "VEC32F1, VEC32F2, or VEC32F4 for float",
        (_F.VEC32F1, _F.VEC32F2, _F.VEC32F4),
    ),
}

_probe = [np.empty(0)]
_ALONE = getrefcount(_probe[0])
"""What `getrefcount` says of an array that only a list has: two, but interpreters may differ."""
_spare: deque[NDArray[Any]] = deque(maxlen=2)
"""Memory of pictures that are gone: the next ones are copied there if nobody looks at it any more,
for fresh memory of this size costs twice as much as the copy."""


class Image:
    """A picture or a mask; its pixels are a copy, and nobody writes into them.

    Args:
        image_format: What a pixel is made of.
        data: (H, W) or (H, W, C), uint8 for GRAY8, SRGB and SRGBA, uint16 for GRAY16, SRGB48 and
            SRGBA64, float32 for VEC32F1, VEC32F2 and VEC32F4.

    Raises:
        ValueError: The array does not fit the format.

    Example:
        >>> import numpy as np
        >>> image = Image(image_format=ImageFormat.SRGB, data=np.zeros((4, 6, 3), np.uint8))
        >>> image.width, image.height, image[0, 5, 2]
        (6, 4, 0)
    """

    def __init__(self, image_format: ImageFormat, data: NDArray[Any]) -> None:
        if data.ndim not in (2, 3):
            raise ValueError(f"Unsupported number of dimensions:{data.ndim}")
        if data.dtype not in _FORMATS:
            raise ValueError(f"Unsupported numpy data type: {data.dtype}")
        known, formats = _FORMATS[data.dtype]
        self._format = ImageFormat(image_format)
        if self._format not in formats:
            raise ValueError(
                f"Unsupported image format: {self._format.name} (expected {known} data)"
            )
        height, width = data.shape[:2]
        wanted = (height, width, _CHANNELS[self._format])
        if data.size < height * width * wanted[2]:
            raise ValueError(
                f"Pixel data size is too small: {data.size} (expected {height * width * wanted[2]})"
            )
        if data.size != height * width * wanted[2]:
            raise ValueError(f"{self._format.name} needs data of {wanted}, not {data.shape}")
        self._pixels = _memory(wanted, data.dtype)
        np.copyto(self._pixels, data.reshape(wanted))
        self._pixels.flags.writeable = False

    def __del__(self) -> None:
        if hasattr(self, "_pixels"):
            _spare.append(self._pixels)

    @classmethod
    def create_from_file(cls, file_name: str) -> Image:
        """Read a JPEG, PNG, … as it is stored: not turned by EXIF, alpha and grey kept.

        Raises:
            FileNotFoundError: There is no such file.
            RuntimeError: It is no picture that can be read.
        """
        import cv2

        from vitruvian.source.decode import opencv_quiet

        path = Path(file_name)
        if not path.is_file():
            raise FileNotFoundError(f"Can't find file: {file_name}")
        data = np.frombuffer(path.read_bytes(), np.uint8)
        with opencv_quiet():
            pixels: Any = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
        if pixels is None or pixels.dtype not in (np.uint8, np.uint16):
            raise RuntimeError("Failed to load image from file")
        if pixels.dtype == np.uint16:
            pixels = (pixels >> 8).astype(np.uint8)
        if pixels.ndim == 2:
            return cls(ImageFormat.GRAY8, pixels)
        if pixels.shape[2] == 3:
            return cls(ImageFormat.SRGB, cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
        return cls(ImageFormat.SRGBA, cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA))

    def numpy_view(self) -> NDArray[Any]:
        """The pixels, (H, W, C), which cannot be written to."""
        return self._pixels

    def __getitem__(self, key: tuple[int, ...]) -> Any:
        """A number: `image[row, column, channel]`, or `image[row, column]` of one channel.

        Raises:
            IndexError: There is no such pixel.
            ValueError: The channel is missing.
        """
        place = tuple(index(i) for i in key[: len(key)])
        if len(place) == 2 and self.channels == 1:
            place = (*place, 0)
        if len(place) != 3:
            raise ValueError(f"Invalid index dimension: {len(place)} (expected 2 or 3)")
        if any(not 0 <= i < size for i, size in zip(place, self._pixels.shape, strict=True)):
            raise IndexError(f"{place} is outside of a picture of {self._pixels.shape}")
        return self._pixels[place].item()

    def uses_gpu(self) -> bool:
        """Never."""
        return False

    def is_contiguous(self) -> bool:
        """Whether a row of MediaPipe's would end where the next begins."""
        return self.step == self._row

    def is_empty(self) -> bool:
        """Whether there is not a single pixel."""
        return self._pixels.size == 0

    def is_aligned(self, alignment_boundary: int) -> bool:
        """Whether MediaPipe's rows would begin at multiples of so many bytes.

        Raises:
            ValueError: The boundary is no power of 2.
        """
        if alignment_boundary < 1 or alignment_boundary & (alignment_boundary - 1):
            raise ValueError(f"expected 1 or a power of 2, not {alignment_boundary}")
        return self.step % alignment_boundary == 0

    @property
    def step(self) -> int:
        """Bytes from one row to the next, as MediaPipe would lay them out."""
        return -(-self._row // _ALIGNMENT) * _ALIGNMENT

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self._pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self._pixels.shape[0])

    @property
    def channels(self) -> int:
        """Numbers to a pixel."""
        return int(self._pixels.shape[2])

    @property
    def image_format(self) -> ImageFormat:
        """What a pixel is made of."""
        return self._format

    @property
    def _row(self) -> int:
        return self.width * self.channels * self._pixels.itemsize


def _memory(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """An array to write to, a spare one if it fits."""
    while _spare:
        with suppress(IndexError):  # another thread may have been quicker
            spare = [_spare.popleft()]
            # Whoever still looks at the pixels makes it more.
            alone = getrefcount(spare[0]) == _ALONE
            if alone and (spare[0].shape, spare[0].dtype) == (shape, dtype):
                spare[0].flags.writeable = True
                return spare[0]
    return np.empty(shape, dtype)
