"""Boxes as x0, y0, x1, y1 in pixels, x right, y down."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from vitruvian.types import Floats

__all__ = ["iou"]


def iou(a: ArrayLike, b: ArrayLike) -> Floats:
    """How much every box of one set overlaps every box of another: intersection over union.

    Args:
        a: (N, 4) boxes x0, y0, x1, y1.
        b: (M, 4) boxes.

    Returns:
        (N, M), 0..1; 0 where both boxes are empty.

    Example:
        >>> from vitruvian.geometry.boxes import iou
        >>> iou([[0, 0, 2, 2]], [[0, 0, 2, 1]]).tolist()
        [[0.5]]
    """
    first = np.asarray(a, np.float64).reshape(-1, 4)
    second = np.asarray(b, np.float64).reshape(-1, 4)
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=-1)
    areas = [
        np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=-1) for boxes in (first, second)
    ]
    joint = areas[0][:, None] + areas[1][None, :] - shared
    overlap = np.zeros(shared.shape, np.float32)
    np.divide(shared, joint, out=overlap, where=joint > 0, casting="same_kind")
    return overlap
