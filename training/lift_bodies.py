"""Recorded bodies made into others: limbs turned and exchanged, bones of other lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.lift_draw import Draw
from training.lift_mocap import turned
from vitruvian.lift.features import HIPS
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["TREE", "reshaped"]

Array = NDArray[Any]
_MIRROR = np.array(BLAZEPOSE_33.mirror)
TREE = (
    (11, -1), (12, -1), (13, 11), (14, 12), (15, 13), (16, 14), (17, 15), (18, 16), (19, 15),
    (20, 16), (21, 15), (22, 16), (23, -1), (24, -1), (25, 23), (26, 24), (27, 25), (28, 26),
    (29, 27), (30, 28), (31, 27), (32, 28),
)  # fmt: skip
"""Landmark and the one before it on the way from the hips; -1 is the hips' midpoint."""
_LIMBS = (((11, 12), (13, 14, 15, 16, 17, 18, 19, 20, 21, 22)),
          ((23, 24), (25, 26, 27, 28, 29, 30, 31, 32)))  # fmt: skip
_ARM, _LEG = (13, 15, 17, 19, 21), (25, 27, 29, 31)
_TURNS = (
    (0, tuple(range(23)), 14), (11, _ARM, 28), (12, tuple(i + 1 for i in _ARM), 28),
    (13, _ARM[1:], 12), (14, tuple(i + 1 for i in _ARM[1:]), 12), (23, _LEG, 20),
    (24, tuple(i + 1 for i in _LEG), 20), (25, _LEG[1:], 7),
    (26, tuple(i + 1 for i in _LEG[1:]), 7),
)  # fmt: skip
"""The joint about which something turns (0: the hips' midpoint), what it carries, degrees."""
_SHARES = dict.fromkeys((11, 12), 0.313) | dict.fromkeys((13, 14), 0.16) | {
    15: 0.153, 16: 0.153, 17: 0.045, 18: 0.045, 19: 0.05, 20: 0.05, 21: 0.035, 22: 0.035,
    23: 0.055, 24: 0.055, 25: 0.228, 26: 0.228, 27: 0.249, 28: 0.249, 29: 0.043, 30: 0.043,
    31: 0.105, 32: 0.105,
}  # fmt: skip
"""Lengths from joint to joint as shares of the height: de Leva, Adjustments to Zatsiorsky-
Seluyanov's segment inertia parameters, 1996, men's and women's mean; of hands, feet and hips about
those shares at which landmarks lie."""


def reshaped(points: Array, rng: np.random.Generator) -> Array:
    """Other bodies in other poses: limbs exchanged and turned, bones of other lengths."""
    batch = len(points)
    hips = points[:, :, HIPS, :].mean(2, keepdims=True)
    body = points - hips
    body = np.where((rng.random(batch) < 0.5)[:, None, None, None],
                    body[:, :, _MIRROR] * (-1, 1, 1), body)  # fmt: skip
    for roots, limb in _LIMBS:
        other = rng.permutation(batch)
        swap = rng.random(batch) < 0.3
        frame = _trunk(body)
        for side in (0, 1):
            joints = [j for j in limb if (j - limb[0]) % 2 == side]
            away = body[:, :, joints] - body[:, :, [roots[side]]]
            local = away @ frame
            moved = local[other] @ np.swapaxes(frame, -1, -2)
            body[:, :, joints] = np.where(
                swap[:, None, None, None], body[:, :, [roots[side]]] + moved, body[:, :, joints]
            )
    body = _turned(body, rng)
    return np.asarray(_resized(body, rng) + hips)


def _turned(body: Array, rng: np.random.Generator) -> Array:
    """Limbs and the trunk turned about their joints, slowly, in most clips."""
    batch, frames = body.shape[:2]
    draw = Draw(rng, batch, frames, fixed=False)
    moving = draw.slow(3, (0.6, 2.5)) + rng.normal(0, 1, (batch, 1, 33, 3))
    some = (rng.random((batch, 1, 1)) < 0.7) * rng.uniform(0.2, 1, (batch, 1, 1))
    result = body.copy()
    for pivot, carried, degrees in _TURNS:
        turn = turned(moving[:, :, pivot] * np.radians(degrees) * some)
        centre = result[:, :, HIPS, :].mean(2) if pivot == 0 else result[:, :, pivot]
        away = result[:, :, carried] - centre[:, :, None]
        result[:, :, carried] = centre[:, :, None] + away @ np.swapaxes(turn, -1, -2)
    return result


def _trunk(body: Array) -> Array:
    """(B, T, 3, 3) of which columns are left, up and forward of the trunk."""
    up = _unit(body[:, :, (11, 12)].mean(2) - body[:, :, HIPS].mean(2))
    left = body[:, :, 11] - body[:, :, 12] + body[:, :, 23] - body[:, :, 24]
    left = _unit(left - (left * up).sum(-1, keepdims=True) * up)
    return np.stack([left, up, np.cross(left, up)], axis=-1)


def _resized(body: Array, rng: np.random.Generator) -> Array:
    batch = len(body)
    size = rng.normal(1, 0.07, batch)
    factors = size[:, None] * np.exp(rng.normal(0, 0.06, (batch, 33)))
    # The exponential maps' skeleton has a trunk and forearms shorter than people have.
    trunk = np.linalg.norm(body[:, 0, (11, 12)].mean(1), axis=-1)
    short = (trunk < 0.42) & (rng.random(batch) < 0.5)
    factors[:, (11, 12)] *= np.where(short, 1.28, 1.0)[:, None]
    factors[:, (15, 16)] *= np.where(short, 1.4, 1.0)[:, None]
    factors[:, (23, 24)] *= rng.uniform(0.95, 1.4, (batch, 1))
    factors = np.where(rng.random((batch, 1)) < 0.5, _measured(body, rng), factors)
    left = [i for i, _ in TREE if i % 2]
    factors[:, [i + 1 for i in left]] = factors[:, left]
    result = body.copy()
    for joint, parent in TREE:
        base = 0.0 if parent < 0 else body[:, :, parent]
        new = 0.0 if parent < 0 else result[:, :, parent]
        result[:, :, joint] = new + (body[:, :, joint] - base) * factors[:, joint, None, None]
    neck = body[:, :, (11, 12)].mean(2, keepdims=True)
    moved = result[:, :, (11, 12)].mean(2, keepdims=True)
    face = (body[:, :, :11] - neck) * factors[:, 0, None, None, None]
    result[:, :, :11] = moved + face
    return result


def _measured(body: Array, rng: np.random.Generator) -> Array:
    """(B, 33), what bones must grow by to have an adult's lengths."""
    batch = len(body)
    factors = np.ones((batch, 33))
    height = np.clip(rng.normal(1.71, 0.11, (batch, 1)), 1.3, 2.05)
    share = np.exp(rng.normal(0, 0.05, (batch, 33)))
    for joint, parent in TREE:
        base = 0.0 if parent < 0 else body[:, 0, parent]
        length = np.linalg.norm(body[:, 0, joint] - base, axis=-1)
        factors[:, joint] = _SHARES[joint] * height[:, 0] / np.maximum(length, 0.02)
    factors[:, 0] = height[:, 0] / 1.75
    return np.asarray(np.clip(factors * share, 0.5, 2.0))


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))
