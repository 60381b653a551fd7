"""The box round the whole person, from landmarks that stop at the nose, wrists and toes."""

from __future__ import annotations

import numpy as np

from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Landmarks

__all__ = ["body_boxes"]

_EARS = [BLAZEPOSE_33.index("left_ear"), BLAZEPOSE_33.index("right_ear")]
_SHOULDERS = [BLAZEPOSE_33.index("left_shoulder"), BLAZEPOSE_33.index("right_shoulder")]
_HIPS = [BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip")]
_CROWN = 0.26
"""From the ears to the top of the head, in torso lengths (stature 1.00, crown to ear 0.075,
shoulder to hip 0.288: Drillis and Contini's segments, as in Winter, Biomechanics, fig. 4.1)."""
_FLESH = 0.10
"""How far skin and clothes stand out from the landmarks, in torso lengths."""


def body_boxes(body: Landmarks) -> Floats:
    """The box round each person.

    Args:
        body: Landmarks with lead (N,).

    Returns:
        (N, 4) x0, y0, x1, y1 in pixels; it may reach beyond the picture.
    """
    xy = body.xy
    ears, shoulders, hips = (xy[:, pair].mean(1) for pair in (_EARS, _SHOULDERS, _HIPS))
    torso = np.linalg.norm(shoulders - hips, axis=1)
    spine = np.linalg.norm(ears - shoulders, axis=1)
    torso = np.maximum(torso, 2 * spine)[:, None]
    neck = ears - shoulders
    up = neck / np.maximum(np.linalg.norm(neck, axis=1, keepdims=True), 1e-6)
    crown = ears + _CROWN * torso * up
    low = np.minimum(xy.min(1) - _FLESH * torso, crown)
    high = np.maximum(xy.max(1) + _FLESH * torso, crown)
    return np.concatenate([low, high], 1).astype(np.float32)
