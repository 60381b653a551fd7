"""Regions: the turned squares that a body model looks at.

A region is (centre x, centre y, side, angle) in pixels and radians. The angle is how far the
square is turned clockwise as seen on the picture (y points down); an upright body has 0.
"""

from __future__ import annotations

import numpy as np

from vitruvian.types import Bools, Floats

__all__ = [
    "ROI_SCALE",
    "affine",
    "apply",
    "from_alignment",
    "from_landmarks",
    "inverse",
    "usable",
]

ROI_SCALE = 1.25
"""How much larger than the circle round the body the region is (RectTransformationCalculator)."""
_MIN_SIDE = 8
"""Pixels; in less no model reads anything."""


def from_alignment(centre: Floats, rim: Floats, scale: float = ROI_SCALE) -> Floats:
    """The region whose centre is the hips and whose circle passes through a rim point.

    Follows MediaPipe's AlignmentPointsRectsCalculator and RectTransformationCalculator: the
    direction from ``centre`` to ``rim`` is up in the region.

    Args:
        centre: (N, 2) pixels, the hips' midpoint.
        rim: (N, 2) pixels, a point on the circle round the whole body, above the head.
        scale: How much wider than the circle.

    Returns:
        (N, 4) regions.
    """
    up = rim - centre
    side = 2 * scale * np.hypot(up[..., 0], up[..., 1])
    angle = np.pi / 2 - np.arctan2(-up[..., 1], up[..., 0])
    angle = angle - 2 * np.pi * np.floor((angle + np.pi) / (2 * np.pi))
    return np.concatenate([centre, side[..., None], angle[..., None]], -1).astype(np.float32)


def from_landmarks(xy: Floats, shoulders: tuple[int, int], hips: tuple[int, int]) -> Floats:
    """The region round a body that another model has found.

    The hips' midpoint is the centre, the shoulders' midpoint says where up is, and the circle
    reaches the farthest landmark: the rule by which BlazePose's regions were made.

    Args:
        xy: (N, K, 2) pixels; landmarks that are not to be trusted are NaN.
        shoulders: The indices of the two shoulders.
        hips: The indices of the two hips.

    Returns:
        (N, 4) regions; NaN where shoulders or hips are missing.
    """
    centre = xy[:, list(hips)].mean(1)
    up = xy[:, list(shoulders)].mean(1) - centre
    torso = np.hypot(up[:, 0], up[:, 1])
    reach = np.linalg.norm(xy - centre[:, None], axis=-1)
    radius = np.fmax(np.fmax.reduce(reach, axis=1, initial=0), 1.6 * torso)
    rim = centre + up * (radius / np.maximum(torso, 1e-6))[:, None]
    return from_alignment(centre, rim)


def affine(region: Floats, size: int) -> Floats:
    """The map from a (size, size) crop's pixels to the picture's: (2, 3).

    Args:
        region: (4,) centre x, centre y, side, angle.
        size: Width and height of the crop in pixels.
    """
    x, y, side, angle = region.tolist()
    cos, sin = float(np.cos(angle)) * side / size, float(np.sin(angle)) * side / size
    half = size / 2
    return np.array(
        [[cos, -sin, x - half * (cos - sin)], [sin, cos, y - half * (sin + cos)]], np.float32
    )


def apply(matrix: Floats, xy: Floats) -> Floats:
    """Map points (…, 2) through a (2, 3) matrix."""
    return np.asarray(xy @ matrix[:, :2].T + matrix[:, 2], np.float32)


def inverse(matrix: Floats) -> Floats:
    """The (2, 3) map that undoes another."""
    square = np.linalg.inv(matrix[:, :2])
    return np.concatenate([square, (-square @ matrix[:, 2])[:, None]], 1).astype(np.float32)


def usable(regions: Floats | None) -> Bools:
    """(N,) which regions are known and large enough for a body to be seen in them."""
    if regions is None:
        return np.zeros(0, np.bool_)
    return np.asarray(np.isfinite(regions).all(1) & (regions[:, 2] >= _MIN_SIDE), np.bool_)
