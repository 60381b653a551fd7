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
_MIRRORED = [BLAZEPOSE_33.mirror[i] for i in _LIMBS]
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
    scale = (_REACH * sides)[:, None, None, None]

    def near(joints: list[int]) -> Floats:
        gap = (a[:, None, _LIMBS] - b[None, :, joints]) / scale
        return np.asarray(np.exp(-0.5 * (gap * gap).sum(-1)).mean(-1), np.float32)

    return np.maximum(near(_LIMBS), near(_MIRRORED))


def same_person(a: Floats, b: Floats, sides: Floats) -> Bools:
    """Whether two readings are of one person: (N, M).

    They are when half of the joints agree, or when the torso is the same piece of the picture:
    a model shown a body upside down puts the shoulders on the hips, and no two people share
    all four corners of their torsos.
    """
    scale = (_REACH * sides)[:, None, None, None]
    corner = np.linalg.norm(
        (a[:, None, _TORSO, None] - b[None, :, None, _TORSO]) / scale[..., None], axis=-1
    )
    torso = (corner.min(-1).max(-1) < 2) & (corner.min(-2).max(-1) < 2)
    return np.asarray((likeness(a, b, sides) > 0.5) | torso, np.bool_)
