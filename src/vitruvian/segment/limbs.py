"""Where a body is, as far as its landmarks say: how far every pixel is from the nearest limb."""

from __future__ import annotations

import cv2
import numpy as np

from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools, Floats

__all__ = ["limb_distance", "torso_length", "within_limbs"]


def _bones() -> tuple[tuple[int, int, float], ...]:
    at = BLAZEPOSE_33.index
    limbs = [
        (at(f"{side}_{a}"), at(f"{side}_{b}"), radius)
        for side in ("left", "right")
        for a, b, radius in (
            ("shoulder", "elbow", 0.16),
            ("elbow", "wrist", 0.13),
            ("wrist", "index", 0.10),
            ("shoulder", "hip", 0.22),
            ("hip", "knee", 0.20),
            ("knee", "ankle", 0.15),
            ("ankle", "heel", 0.12),
            ("heel", "foot_index", 0.12),
        )
    ]
    across = [
        (at("left_shoulder"), at("right_shoulder"), 0.20),
        (at("left_hip"), at("right_hip"), 0.22),
        (at("left_ear"), at("right_ear"), 0.32),
        (at("left_shoulder"), at("right_hip"), 0.25),
        (at("right_shoulder"), at("left_hip"), 0.25),
    ]
    return (*limbs, *across)


_BONES = _bones()
"""Two landmarks and the radius of the clothed limb between them, in torso lengths."""
_A, _B = [a for a, _, _ in _BONES], [b for _, b, _ in _BONES]
_RADII = np.array([radius for _, _, radius in _BONES], np.float32)
_SHOULDERS = [BLAZEPOSE_33.index("left_shoulder"), BLAZEPOSE_33.index("right_shoulder")]
_HIPS = [BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip")]
_SEEN = 0.5
_CORE = 0.45
"""The share of a limb's radius that is surely the limb."""


def torso_length(xy: Floats) -> float:
    """Shoulders to hips in pixels, or the width of the shoulders where that is more.

    Args:
        xy: (33, 2) pixels.
    """
    spine = np.linalg.norm(xy[_SHOULDERS].mean(0) - xy[_HIPS].mean(0))
    across = np.linalg.norm(xy[_SHOULDERS[0]] - xy[_SHOULDERS[1]])
    return max(float(spine), float(across), 1.0)


def limb_distance(xy: Floats, visibility: Floats, x: Floats, y: Floats) -> Floats:
    """The squared distance to the nearest limb, in radii of that limb: below 1 is in it.

    A limb out of sight counts for less: its distance is up to three times as large.

    Args:
        xy: (33, 2) pixels.
        visibility: (33,) 0..1.
        x: (w,) columns in pixels.
        y: (h,) rows in pixels.

    Returns:
        (h, w).
    """
    starts = xy[_A].astype(np.float32)
    along = xy[_B].astype(np.float32) - starts
    square = np.maximum((along * along).sum(1), 1e-6)[:, None, None]
    seen = np.minimum(visibility[_A], visibility[_B])
    scale = (3 - 2 * seen) / (_RADII * torso_length(xy)) ** 2
    dx = (x.astype(np.float32) - starts[:, :1])[:, None, :]
    dy = (y.astype(np.float32) - starts[:, 1:])[:, :, None]
    ax, ay = along[:, 0, None, None], along[:, 1, None, None]
    t = np.clip((dx * ax + dy * ay) / square, 0, 1)
    gap = (dx - t * ax) ** 2 + (dy - t * ay) ** 2
    return np.asarray(np.fmin.reduce(gap * scale[:, None, None], axis=0), np.float32)


def within_limbs(xy: Floats, visibility: Floats, size: tuple[int, int]) -> Bools:
    """(H, W) the pixels that are surely the body's: the cores of the limbs in sight.

    Args:
        xy: (33, 2) pixels.
        visibility: (33,) 0..1.
        size: Width and height of the picture.
    """
    drawn = np.zeros(size[::-1], np.uint8)
    torso = torso_length(xy)
    reach = 4 * max(size)
    for a, b, radius in _BONES:
        ends = xy[[a, b]]
        if min(visibility[a], visibility[b]) < _SEEN or not (np.abs(ends) < reach).all():
            continue
        start, end = np.rint(ends).astype(int).tolist()
        cv2.line(drawn, start, end, 1, max(1, round(2 * _CORE * radius * torso)))
    return np.asarray(drawn > 0, np.bool_)
