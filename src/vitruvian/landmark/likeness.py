"""Whether two sets of landmarks are of one person: told by landmarks, never by boxes."""

from __future__ import annotations

import numpy as np

from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools, Floats

__all__ = ["likeness", "same_person"]

_LIMBS = [
    BLAZEPOSE_33.index(f"{side}_{joint}")
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
]
_HEAD = [
    BLAZEPOSE_33.index(name)
    for name in ("nose", "left_ear", "right_ear", "left_shoulder", "right_shoulder")
]
_TORSO = [BLAZEPOSE_33.index(f"{s}_{j}") for j in ("shoulder", "hip") for s in ("left", "right")]
_REACH = 0.05
"""How far apart, in sides of a region, two readings of one joint may be: about a hand's width."""


def likeness(a: Floats, b: Floats, sides: Floats) -> Floats:
    """How much of two bodies is in the same places, whichever way round left and right are.

    Args:
        a: (N, 33, 2) pixels.
        b: (M, 33, 2) pixels.
        sides: (N,) the size of a's regions in pixels.

    Returns:
        (N, M) 0..1: the mean over twelve joints of a Gaussian of their distance, as in OKS.
    """
    return _near(a, b, sides, _LIMBS)


def same_person(a: Floats, b: Floats, sides: Floats) -> Bools:
    """Whether two readings are of one person: (N, M).

    They are when half of the joints agree; when head and shoulders do, for a head belongs to
    one body; or when the torso is the same piece of the picture, for a model that is shown a
    body upside down puts its shoulders on the hips.
    """
    scale = (_REACH * sides)[:, None, None, None]
    gap = a[:, None, _TORSO, None] - b[None, :, None, _TORSO]
    corners = np.linalg.norm(gap, axis=-1) / scale
    torso = (corners.min(-1).max(-1) < 2) & (corners.min(-2).max(-1) < 2)
    limbs, head = _near(a, b, sides, _LIMBS), _near(a, b, sides, _HEAD)
    return np.asarray((limbs > 0.5) | (head > 0.6) | torso, np.bool_)


def _near(a: Floats, b: Floats, sides: Floats, points: list[int]) -> Floats:
    """The mean over points of a Gaussian of their distance, left and right as they fit better."""
    scale = (_REACH * sides)[:, None, None, None]
    means = []
    for others in (points, [BLAZEPOSE_33.mirror[i] for i in points]):
        gap = (a[:, None, points] - b[None, :, others]) / scale
        means.append(np.exp(-0.5 * (gap * gap).sum(-1)).mean(-1))
    return np.asarray(np.maximum(*means), np.float32)
