"""Warps: pieces of a frame as the tensors that models take.

A crop is taken straight from the decoded planes where the source has them: only the pixels
of the crop are ever turned into RGB.
"""

from __future__ import annotations

import math
import threading

import cv2
import numpy as np

from vitruvian.types import Floats, Frame, Image

__all__ = ["crop", "letterbox", "shrink", "unwarp"]

_INVERSE = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_UPRIGHT, _DENSE = 1.5, 16.0
"""Reading ahead pays where the box round a crop is no more than so many times as large as it, and
has no more than so many pixels to one of the crop's."""


def crop(
    frame: Frame,
    matrix: Floats,
    size: tuple[int, int],
    *,
    smooth: bool = False,
    replicate: bool = False,
) -> Floats:
    """Sample a frame through an affine map, bilinearly.

    As MediaPipe's ImageToTensorCalculator: pixel i of the crop is the picture at ``matrix @ i``,
    without half-pixel shifts.

    Args:
        frame: The picture.
        matrix: (2, 3), crop pixels to picture pixels.
        size: Width and height of the crop.
        smooth: Whether pixels are averaged where the picture is shrunk by two or more. What is
            small stays visible so; MediaPipe does not do it.
        replicate: Whether the picture's border goes on outside it; otherwise it is black there.

    Returns:
        (height, width, 3) float32 RGB in 0..1.
    """
    halvings = max(0, int(np.log2(max(np.hypot(*matrix[:, 0]), 1)))) if smooth else 0
    planes = frame.planes
    if planes is None:
        pixels = _sample(frame.image, matrix, size, halvings, None if replicate else 0)
        return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
    coloured = matrix
    if not planes.full_chroma:
        # A pixel of 4:2:0 chroma covers four of luma; as swscale does, its centre is theirs.
        coloured = matrix * 0.5
        coloured[:, 2] -= 0.25
    black, grey = (None, None) if replicate else (_black(planes.to_rgb), 128)
    luma = _sample(planes.y, matrix, size, halvings, black)
    chroma = (_sample(plane, coloured, size, halvings, grey) for plane in (planes.u, planes.v))
    merged = np.asarray(cv2.merge((luma, *chroma)), np.uint8)
    mixed = np.asarray(cv2.transform(_kept.floats(merged), planes.to_rgb / 255), np.float32)
    return np.clip(mixed, 0, 1, out=mixed)


class _Kept(threading.local):
    """Memory that a thread keeps from crop to crop: fresh memory costs more than the arithmetic."""

    def __init__(self) -> None:
        self._array = np.empty(0, np.float32)

    def floats(self, pixels: Image) -> Floats:
        """The pixels as floats, until the next crop of this thread."""
        if self._array.shape != pixels.shape:
            self._array = np.empty(pixels.shape, np.float32)
        np.copyto(self._array, pixels)
        return self._array


_kept = _Kept()


def _sample(
    plane: Image, matrix: Floats, size: tuple[int, int], halvings: int, outside: float | None
) -> Image:
    for _ in range(halvings):
        height, width = plane.shape[:2]
        plane = shrink(plane, (max(1, width // 2), max(1, height // 2)))
    if halvings:
        # Pixel centres: x in the small plane is (x + 1/2) / 2^n - 1/2.
        matrix = matrix / 2**halvings
        matrix[:, 2] += 0.5 / 2**halvings - 0.5
    else:
        _bring_near(plane, matrix, size)
    border = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    sampled = cv2.warpAffine(
        plane, matrix, size, flags=_INVERSE, borderMode=border, borderValue=outside or 0
    )
    return np.asarray(sampled, np.uint8)


def _bring_near(plane: Image, matrix: Floats, size: tuple[int, int]) -> None:
    """Read what is to be sampled once in order, so that it is in the cache.

    A warp jumps from row to row, which is slow in memory that another core has written: a hand's
    crop of a fresh frame takes a third of the time so.
    """
    (a, b, x), (c, d, y) = matrix.tolist()
    wide, high = abs(a) + abs(b), abs(c) + abs(d)
    worth = wide * high <= min(_UPRIGHT * abs(a * d - b * c), _DENSE)
    if not worth or not math.isfinite(x + y):
        return
    left = max(0, int(x + min(0, a) * size[0] + min(0, b) * size[1]))
    top = max(0, int(y + min(0, c) * size[0] + min(0, d) * size[1]))
    near = plane[top : top + int(high * size[1]) + 2, left : left + int(wide * size[0]) + 2]
    if near.size:
        cv2.sumElems(near)


def _black(to_rgb: Floats) -> float:
    return 0.0 if to_rgb[0, 0] < 1.01 else 16.0


def letterbox(size: tuple[int, int], target: tuple[int, int]) -> Floats:
    """The map from a (width, height) target to a picture of ``size``, centred, aspect kept."""
    (width, height), (wide, high) = size, target
    scale = max(width / wide, height / high)
    return np.array(
        [[scale, 0, (width - wide * scale) / 2], [0, scale, (height - high * scale) / 2]],
        np.float32,
    )


def shrink(image: Image, size: tuple[int, int]) -> Image:
    """Resize to (width, height); areas are averaged when it gets smaller."""
    smaller = size[0] < image.shape[1] or size[1] < image.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


def unwarp(mask: Floats, matrix: Floats, size: tuple[int, int]) -> Floats:
    """Lay a crop's mask back over the whole picture; 0 outside the crop.

    Args:
        mask: (h, w) values in the crop.
        matrix: (2, 3), crop pixels to picture pixels.
        size: Width and height of the picture.
    """
    return np.asarray(cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR), np.float32)
