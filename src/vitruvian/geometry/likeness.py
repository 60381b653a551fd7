"""Whether two sets of landmarks are of one person: told by landmarks, never by boxes."""

from __future__ import annotations

import numpy as np

from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools, Floats

__all__ = ["all_apart", "along", "covered", "likeness", "near", "same_person"]

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
_POINTS = [0, *_LIMBS]
_BONES = [
    (BLAZEPOSE_33.index(f"{s}_{a}"), BLAZEPOSE_33.index(f"{t}_{b}"))
    for s, t in (("left", "left"), ("right", "right"))
    for a, b in (
        ("ear", "shoulder"),
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("shoulder", "hip"),
        ("hip", "knee"),
        ("knee", "ankle"),
        ("ankle", "foot_index"),
    )
] + [
    (BLAZEPOSE_33.index(f"left_{part}"), BLAZEPOSE_33.index(f"right_{part}"))
    for part in ("shoulder", "hip")
]
_STARTS, _ENDS = ([bone[end] for bone in _BONES] for end in (0, 1))
_LIMB = 0.05
"""How wide a limb is, in sides of the region."""
_REACH = 0.05
"""How far apart, in sides of a region, two readings of one joint may be: about a hand's width."""
_FAR = 3 * max(_LIMB, _REACH)
"""How far apart, in sides of a region, two bodies are of which nothing can be in the same place."""


def near(a: Floats, b: Floats, sides: Floats) -> Bools:
    """Which bodies may have anything in common, told quickly.

    Of the others `same_person` is never true, and no joint is `along` a limb.

    Args:
        a: (N, 33, 2) pixels.
        b: (M, 33, 2) pixels.
        sides: The size of the regions in pixels, to be laid over (N, M).

    Returns:
        (N, M).
    """
    reach = (_FAR * sides)[..., None]
    low, high = a.min(1)[:, None] - reach, a.max(1)[:, None] + reach
    apart = (b.min(1) > high) | (b.max(1) < low)
    return np.asarray(~apart.any(-1), np.bool_)


def all_apart(xy: Floats, sides: Floats) -> bool:
    """Whether no two bodies of one frame, (N, 33, 2), have anything in common."""
    # With themselves everybody has.
    return len(xy) < 2 or int(near(xy, xy, sides).sum()) <= len(xy)


def likeness(a: Floats, b: Floats, sides: Floats) -> Floats:
    """How much of two bodies is in the same places, whichever way round left and right are.

    Args:
        a: (N, 33, 2) pixels.
        b: (M, 33, 2) pixels.
        sides: (N,) the size of a's regions in pixels.

    Returns:
        (N, M) 0..1: the mean over twelve joints of a Gaussian of their distance, as in OKS.
    """
    return _alike(a[:, None], b[None], sides[:, None], _LIMBS)


def same_person(a: Floats, b: Floats, sides: Floats) -> Bools:
    """Whether two readings are of one person: (N, M).

    They are when half of the joints agree; when head and shoulders do, for a head belongs to
    one body; or when the torso is the same piece of the picture, for a model that is shown a
    body upside down puts its shoulders on the hips.
    """
    same = np.zeros((len(a), len(b)), np.bool_)
    rows, columns = near(a, b, sides[:, None]).nonzero()
    if len(rows):
        same[rows, columns] = _same(a[rows], b[columns], sides[rows])
    return same


def covered(a: Floats, b: Floats, sides: Floats) -> Floats:
    """How much of each body of a lies along the limbs of each body of b.

    Legs read as a whole small body, or two people read as one tall one, lie along the limbs of
    somebody who is there; a second person has limbs of their own.

    Args:
        a: (N, 33, 2) pixels.
        b: (M, 33, 2) pixels.
        sides: (M,) the size of b's regions in pixels.

    Returns:
        (N, M) 0..1, the share of a's joints and head within a limb's width of a bone of b.
    """
    return np.asarray(along(a, b, sides).mean(-1), np.float32)


def along(a: Floats, b: Floats, sides: Floats) -> Bools:
    """Which joints of each body of a lie along the limbs of each body of b.

    Args:
        a: (N, 33, 2) pixels.
        b: (M, 33, 2) pixels.
        sides: (M,) the size of b's regions in pixels.

    Returns:
        (N, M, 13), whether the nose and each joint of a is within a limb's width of a bone of b.
    """
    joints = np.zeros((len(a), len(b), len(_POINTS)), np.bool_)
    rows, columns = near(a, b, sides).nonzero()
    if len(rows):
        joints[rows, columns] = _along(a[rows], b[columns], sides[columns])
    return joints


def _same(a: Floats, b: Floats, sides: Floats) -> Bools:
    """(P,) whether two readings are of one person, for each of P pairs."""
    gap = a[:, _TORSO, None] - b[:, None, _TORSO]
    corners = np.sqrt((gap * gap).sum(-1)) / (_REACH * sides)[:, None, None]
    torso = (corners.min(-1).max(-1) < 2) & (corners.min(-2).max(-1) < 2)
    limbs, head = _alike(a, b, sides, _LIMBS), _alike(a, b, sides, _HEAD)
    return np.asarray((limbs > 0.5) | (head > 0.6) | torso, np.bool_)


def _along(a: Floats, b: Floats, sides: Floats) -> Bools:
    """(P, 13) which joints of one body lie along the limbs of the other, for each of P pairs."""
    starts = b[:, None, _STARTS]
    bones = b[:, None, _ENDS] - starts
    points = a[:, _POINTS, None]
    where = ((points - starts) * bones).sum(-1) / np.maximum((bones * bones).sum(-1), 1e-6)
    away = points - (starts + np.minimum(np.maximum(where, 0), 1)[..., None] * bones)
    gap = np.sqrt((away * away).sum(-1)).min(-1)
    return np.asarray(gap < (_LIMB * sides)[:, None], np.bool_)


def _alike(a: Floats, b: Floats, sides: Floats, points: list[int]) -> Floats:
    """The mean over points of a Gaussian of their distance, left and right as they fit better.

    Args:
        a: (…, 33, 2) pixels.
        b: (…, 33, 2) pixels.
        sides: (…) pixels.
        points: The landmarks that count.
    """
    scale = (_REACH * sides)[..., None, None]
    means = []
    for others in (points, [BLAZEPOSE_33.mirror[i] for i in points]):
        gap = (a[..., points, :] - b[..., others, :]) / scale
        means.append(np.exp(-0.5 * (gap * gap).sum(-1)).mean(-1))
    return np.asarray(np.maximum(*means), np.float32)
