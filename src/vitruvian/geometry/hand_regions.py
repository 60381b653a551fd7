"""Where a hand is looked for: regions from palms, from the hand itself, and from the arm.

A region is (centre x, centre y, side, angle), as in `vitruvian.geometry.regions`; a hand that
points up has angle 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.types import Floats

__all__ = ["boxes", "from_arm", "from_hand", "from_palm"]

Array = NDArray[np.floating[Any]]

_PALM_SCALE, _PALM_SHIFT = 2.6, -0.5
"""From a palm's box to the whole hand (hand_detector_graph.cc)."""
_HAND_SCALE, _HAND_SHIFT = 2.0, -0.1
"""From a hand's box to the next look at it (hand_landmarks_detector_graph.cc)."""
_ARM_SCALE, _ARM_SHIFT = 2.7, -0.1
"""From the wrist and knuckles of a body to its hand (hand_landmarks_from_pose_to_recrop_roi)."""
_PALM_POINTS = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
_WRIST, _INDEX, _MIDDLE, _RING = 0, 5, 9, 13
"""MediaPipe names these its PIP joints; at the places where it looks them up are the knuckles."""


def from_palm(palms: Floats, wrists: Floats, knuckles: Floats, tilt: float = 0.0) -> Floats:
    """The regions of the hands of detected palms (DetectionsToRects, RectTransformation).

    Args:
        palms: (N, 4) boxes in pixels.
        wrists: (N, 2) the middle of the wrist.
        knuckles: (N, 2) the middle finger's knuckle: it is up from the wrist.
        tilt: Radians by which the regions are turned beyond that.
    """
    size = palms[:, 2:] - palms[:, :2]
    centre = (palms[:, :2] + palms[:, 2:]) / 2
    angle = _wrapped(_angle(wrists, knuckles) + np.float32(tilt))
    return _grown(centre, size, angle, _PALM_SCALE, _PALM_SHIFT)


def from_hand(xy: Floats) -> Floats:
    """The regions in which to look at hands again (HandLandmarksToRect, RectTransformation).

    Args:
        xy: (N, 21, 2) landmarks in pixels.

    Returns:
        (N, 4).
    """
    beside = (xy[:, _INDEX] + xy[:, _RING]) / 2
    angle = _angle(xy[:, _WRIST], (beside + xy[:, _MIDDLE]) / 2)
    points = xy[:, _PALM_POINTS]
    middle = (points.min(1) + points.max(1)) / 2
    upright = _turned(points - middle[:, None], -angle[:, None])
    low, high = upright.min(1), upright.max(1)
    centre = middle + _turned((low + high) / 2, angle)
    return _grown(centre, high - low, angle, _HAND_SCALE, _HAND_SHIFT)


def from_arm(wrists: Floats, pinkies: Floats, indices: Floats) -> Floats:
    """The regions of hands of which only the arm is known (HandDetectionsFromPoseToRects).

    Args:
        wrists: (N, 2) pixels.
        pinkies: (N, 2) the little finger's knuckle.
        indices: (N, 2) the index finger's knuckle.
    """
    middle = (2 * indices + pinkies) / 3
    side = 2 * np.linalg.norm(middle - wrists, axis=1, keepdims=True)
    return _grown(middle, np.repeat(side, 2, 1), _angle(wrists, middle), _ARM_SCALE, _ARM_SHIFT)


def boxes(regions: Floats) -> Floats:
    """(N, 4) x0, y0, x1, y1 of regions as if they were not turned, as MediaPipe compares them."""
    half = regions[:, 2:3] / 2
    return np.concatenate([regions[:, :2] - half, regions[:, :2] + half], 1)


def _grown(centre: Array, size: Array, angle: Array, scale: float, shift: float) -> Floats:
    """A square on the long side, ``scale`` times as large, moved along its own y axis."""
    down = np.stack([-np.sin(angle), np.cos(angle)], -1)
    place = centre + down * (shift * size[:, 1:])
    side = scale * size.max(1, keepdims=True)
    return np.concatenate([place, side, angle[:, None]], 1).astype(np.float32)


def _angle(start: Array, end: Array) -> Floats:
    """How far the way from start to end is turned clockwise from up, in -pi..pi."""
    x, y = end[:, 0] - start[:, 0], end[:, 1] - start[:, 1]
    return _wrapped(np.pi / 2 - np.arctan2(-y, x))


def _wrapped(angle: Array) -> Floats:
    """The same angle in -pi..pi."""
    return np.asarray(angle - 2 * np.pi * np.floor((angle + np.pi) / (2 * np.pi)), np.float32)


def _turned(xy: Array, angle: Array) -> Array:
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = xy[..., 0], xy[..., 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos], -1)
