"""Smooth lines and dots at fractions of a pixel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from vitruvian.draw.palette import Colour
from vitruvian.types import Floats, Image

__all__ = ["SHIFT", "Fixed", "bars", "dots", "fixed", "in_reach", "lines"]

SHIFT = 4
"""Binary digits after the point: OpenCV draws at sixteenths of a pixel."""

Fixed = NDArray[np.int32]

_REACH = 30_000


def in_reach(points: Floats) -> Floats:
    """Points in pixels, those far outside of any picture brought to where OpenCV can draw."""
    return np.clip(points, -_REACH, _REACH)


def fixed(points: Floats) -> Fixed:
    """Points in pixels as OpenCV's fixed-point numbers."""
    return np.asarray(np.rint(in_reach(points) * (1 << SHIFT)), np.int32)


def lines(image: Image, paths: Sequence[Fixed], colour: Colour, width: float) -> None:
    """Draw paths with round ends; each is (n, 2) of `fixed` points."""
    import cv2

    cv2.polylines(image, paths, False, colour, max(1, round(width)), cv2.LINE_AA, SHIFT)


def bars(image: Image, ends: Floats, widths: Floats, colours: Iterable[Colour]) -> None:
    """Draw straight bars, (n, 2, 2) from and to in px, of widths (n,), with square ends.

    Unlike a line's, a width need not be whole, so it does not jump from frame to frame.
    """
    import cv2

    along = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-3)
    aside = along[:, ::-1] * np.array([-0.5, 0.5], np.float32) * (widths / length)[:, None]
    corners = np.empty((len(ends), 4, 2), np.float32)
    corners[:, 0], corners[:, 3] = ends[:, 0] + aside, ends[:, 0] - aside
    corners[:, 1], corners[:, 2] = ends[:, 1] + aside, ends[:, 1] - aside
    for corner, colour in zip(fixed(corners), colours, strict=False):
        cv2.fillConvexPoly(image, corner, colour, cv2.LINE_AA, SHIFT)


def dots(image: Image, points: Floats, radii: Floats, colours: Iterable[Colour]) -> None:
    """Draw filled circles round (n, 2) points with radii (n,), all in px."""
    import cv2

    sizes = np.maximum(fixed(radii), 1).tolist()
    for point, size, colour in zip(fixed(points).tolist(), sizes, colours, strict=False):
        cv2.circle(image, point, size, colour, -1, cv2.LINE_AA, SHIFT)
