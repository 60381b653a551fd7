"""Boxes: x0, y0, x1, y1 in pixels, any number of rows."""

from __future__ import annotations

import numpy as np

from vitruvian.types import Bools, Floats

__all__ = ["area", "clip", "iou", "meeting", "overlap_of"]


def area(boxes: Floats) -> Floats:
    """The area of each box.

    Args:
        boxes: (N, 4).

    Returns:
        (N,) square pixels; 0 for a box that is inside out.
    """
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return np.asarray(size[:, 0] * size[:, 1], np.float32)


def _intersection(a: Floats, b: Floats) -> Floats:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    size = np.maximum(high - low, 0)
    return np.asarray(size[..., 0] * size[..., 1], np.float32)


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of every box of a with every box of b.

    Args:
        a: (N, 4).
        b: (M, 4).

    Returns:
        (N, M) 0..1; 0 where both are empty.

    Example:
        >>> import numpy as np
        >>> float(iou(np.array([[0, 0, 2, 2]]), np.array([[1, 0, 3, 2]]))[0, 0])
        0.3333333432674408
    """
    both = _intersection(a, b)
    union = area(a)[:, None] + area(b)[None] - both
    return np.asarray(both / np.maximum(union, 1e-9), np.float32)


def overlap_of(a: Floats, b: Floats) -> Floats:
    """The share of each box of a that lies inside each box of b: (N, M) 0..1."""
    return np.asarray(_intersection(a, b) / np.maximum(area(a)[:, None], 1e-9), np.float32)


def clip(boxes: Floats, size: tuple[int, int]) -> Floats:
    """The part of each box that is inside a picture of ``size`` (width, height)."""
    width, height = size
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32))


def meeting(boxes: Floats) -> Bools:
    """(N, N) which of (N, 4) boxes meet, if only at a corner's inside; each meets itself."""
    begun = boxes[:, None, :2] < boxes[:, 2:]
    return np.asarray((begun & begun.swapaxes(0, 1)).all(-1), np.bool_)
