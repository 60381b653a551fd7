"""Painting one person out of a crop, so that the model reads the one behind.

Shown two people who overlap, the model reads whoever is in front, from either region. Once the
one in front is known, they can be covered, and what is left is the other.
"""

from __future__ import annotations

import cv2
import numpy as np

from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats

__all__ = ["hide"]

_TORSO = [
    BLAZEPOSE_33.index(n) for n in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
]
_LIMBS = [
    (BLAZEPOSE_33.index(f"{side}_{a}"), BLAZEPOSE_33.index(f"{side}_{b}"))
    for side in ("left", "right")
    for a, b in (
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("hip", "knee"),
        ("knee", "ankle"),
        ("heel", "foot_index"),
    )
]
_EARS = [BLAZEPOSE_33.index("left_ear"), BLAZEPOSE_33.index("right_ear")]
_LIMB_WIDTH = 0.28
_HEAD_RADIUS = 0.30
"""Of a clothed limb and a head, in torso lengths."""
_GREY = (0.5, 0.5, 0.5)


def hide(crop: Floats, bodies: Floats) -> Floats:
    """A crop in which some bodies are covered with grey.

    Args:
        crop: (H, W, 3) 0..1.
        bodies: (M, 33, 2) their landmarks in pixels of the crop.
    """
    covered = crop.copy()
    for xy in bodies:
        shoulders, hips = xy[_TORSO[:2]].mean(0), xy[_TORSO[2:]].mean(0)
        torso = float(np.linalg.norm(shoulders - hips))
        if not np.isfinite(torso) or torso < 2:
            continue
        width = max(1, round(_LIMB_WIDTH * torso))
        corners = np.rint(xy[_TORSO]).astype(np.int32)
        cv2.fillConvexPoly(covered, cv2.convexHull(corners), _GREY)
        cv2.polylines(covered, [corners], isClosed=True, color=_GREY, thickness=width)
        for a, b in _LIMBS:
            start, end = np.rint(xy[[a, b]]).astype(int).tolist()
            cv2.line(covered, start, end, _GREY, width)
        head = np.rint(xy[_EARS].mean(0)).astype(int).tolist()
        cv2.circle(covered, head, max(1, round(_HEAD_RADIUS * torso)), _GREY, -1)
    return covered
