"""What elbows and knees cannot do, and what a movement that breaks it is moved to."""

from __future__ import annotations

import numpy as np

from vitruvian.lift.features import Array

__all__ = ["ELBOW", "KNEE", "within_limits"]

ELBOW = 150.0
KNEE = 150.0
"""Degrees of flexion from straight at most: American Academy of Orthopaedic Surgeons, Joint
Motion (1965), 150 for the elbow and 135 for the knee; 150 where the knee is pressed (squatting:
Hemmerich et al., 2006)."""
_HYPER = 10.0
"""Degrees that a knee may bend forward: Norkin and White, Measurement of Joint Motion."""
_BENDS = (
    (11, 13, 15, ELBOW), (12, 14, 16, ELBOW), (23, 25, 27, KNEE), (24, 26, 28, KNEE),
)  # fmt: skip
_BELOW = {15: (17, 19, 21), 16: (18, 20, 22), 27: (29, 31), 28: (30, 32)}
_TOES = {27: (29, 31), 28: (30, 32)}


def within_limits(points: Array) -> Array:
    """Points (T, 33, 3) of which no elbow or knee bends too far, and no knee forward."""
    points = points.copy()
    for top, middle, end, most in _BENDS:
        if end in _TOES:
            _not_forward(points, top, middle, end)
        _not_too_far(points, top, middle, end, most)
    return points


def _not_too_far(points: Array, top: int, middle: int, end: int, most: float) -> None:
    """Open a joint in its own plane until it is bent by as much as it may be."""
    first = _unit(points[:, middle] - points[:, top])
    second = points[:, end] - points[:, middle]
    length = np.linalg.norm(second, axis=-1, keepdims=True)
    along = (first * second).sum(-1, keepdims=True) / np.maximum(length, 1e-9)
    least = np.cos(np.radians(most))
    side = _unit(second - along * length * first)
    opened = length * (least * first + np.sqrt(1 - least**2) * side)
    _swing(points, end, np.where(along < least, opened - second, 0.0))


def _not_forward(points: Array, top: int, middle: int, end: int) -> None:
    """A nearly straight knee that bends to where the toes point, by more than it can."""
    heel, toe = _TOES[end]
    first = _unit(points[:, middle] - points[:, top])
    second = points[:, end] - points[:, middle]
    length = np.linalg.norm(second, axis=-1, keepdims=True)
    foot = _unit(points[:, toe] - points[:, heel])
    square = foot - (foot * first).sum(-1, keepdims=True) * first
    ahead = _unit(square)
    forward = (second * ahead).sum(-1, keepdims=True)
    most = np.sin(np.radians(_HYPER)) * length
    # A pointed foot says nothing of where the front is, and a bent knee bends backwards.
    told = np.linalg.norm(square, axis=-1, keepdims=True) > 0.5
    nearly = (first * second).sum(-1, keepdims=True) > np.cos(np.radians(40)) * length
    moved = second - np.where(told & nearly, np.maximum(forward - most, 0), 0.0) * ahead
    _swing(points, end, _unit(moved) * length - second)


def _swing(points: Array, end: int, shift: Array) -> None:
    points[:, (end, *_BELOW[end])] += shift[:, None]


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))
