"""Other bodies in other postures: the same scene, held a little differently by somebody else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitruvian.skeletons import COCO_17
from vitruvian.types import Floats

__all__ = ["articulated"]

_HEAD = list(range(5))
_SHOULDERS, _ELBOWS, _WRISTS, _HIPS, _KNEES, _ANKLES = (
    [COCO_17.index(f"{side}_{part}") for side in ("left", "right")]
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
)
_TURNS = {"trunk": 9, "head": 15, "arm": 14, "forearm": 20, "leg": 6, "shank": 9}
"""Degrees, the standard deviation of a turn about any axis. Legs are what most names of positions
follow from, so they turn least."""
_LENGTHS = {"trunk": 0.95, "shoulders": 1, "head": 0.93, "arm": 1, "hips": 1, "thigh": 1,
            "shank": 0.93}  # fmt: skip
"""Mean lengths, relative to GrappleMap's players: those that detectors' skeletons have."""
_LENGTH_SPREAD, _SIZE_SPREAD, _SHIFT = 0.05, 0.05, 0.03


def articulated(bodies: Floats, rng: np.random.Generator) -> Floats:
    """Turn every joint a little, and change how long limbs and how large people are.

    Args:
        bodies: (N, 2, 17, 3) metres, y up.
        rng: Where chance comes from.

    Returns:
        The same shape. Hips stay within some centimetres of where they were.
    """
    n = len(bodies)

    def turned(part: str, *vectors: Floats) -> list[Floats]:
        matrix = _turns(rng.normal(0, np.radians(_TURNS[part]), (n, 2, 3)))[:, :, None]
        return [np.einsum("npkij,npkj->npki", matrix, vector) for vector in vectors]

    def long(part: str) -> Floats:
        return np.asarray(rng.normal(_LENGTHS[part], _LENGTH_SPREAD, (n, 2, 1, 1)))

    def at(points: list[int]) -> Floats:
        return bodies[:, :, points]

    hips, shoulders = at(_HIPS), at(_SHOULDERS)
    low, high = hips.mean(2, keepdims=True), shoulders.mean(2, keepdims=True)
    upper = (
        (high - low) * long("trunk"), (shoulders - high) * long("shoulders"),
        (at(_HEAD) - high) * long("head"), (at(_ELBOWS) - shoulders) * long("arm"),
        (at(_WRISTS) - at(_ELBOWS)) * long("arm"),
    )  # fmt: skip
    trunk, across, head, *limbs = turned("trunk", *upper)
    (head,) = turned("head", head)
    new = np.empty_like(bodies)
    new[:, :, _HIPS] = low + (hips - low) * long("hips")
    new[:, :, _HEAD] = low + trunk + head
    new[:, :, _SHOULDERS] = low + trunk + across
    thighs, shanks = at(_KNEES) - hips, at(_ANKLES) - at(_KNEES)
    for side in (0, 1):
        arm, forearm = turned("arm", *(limb[:, :, [side]] for limb in limbs))
        (forearm,) = turned("forearm", forearm)
        thigh, shank = turned("leg", thighs[:, :, [side]], shanks[:, :, [side]])
        (shank,) = turned("shank", shank)
        for start, middle, end, first, second in (
            (_SHOULDERS, _ELBOWS, _WRISTS, arm, forearm),
            (_HIPS, _KNEES, _ANKLES, thigh * long("thigh"), shank * long("shank")),
        ):
            new[:, :, [middle[side]]] = new[:, :, [start[side]]] + first
            new[:, :, [end[side]]] = new[:, :, [middle[side]]] + second
    size = rng.normal(1, _SIZE_SPREAD, (n, 2, 1, 1))
    moved = rng.normal(0, _SHIFT, (n, 2, 1, 3))
    return np.asarray(low + (new - low) * size + moved, np.float32)


def _turns(vectors: NDArray[np.float64]) -> Floats:
    """(…, 3) axes times radians as (…, 3, 3) matrices: Rodrigues' formula."""
    angle = np.linalg.norm(vectors, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(vectors / np.maximum(angle[..., 0], 1e-9), -1, 0)
    none = np.zeros_like(x)
    cross = np.stack([none, -z, y, z, none, -x, -y, x, none], -1).reshape(*x.shape, 3, 3)
    return np.asarray(
        np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross), np.float32
    )
