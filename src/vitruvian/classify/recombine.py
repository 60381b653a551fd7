"""Poses put together from what a class shows: other arms, and limbs that reach less or farther.

Ten pictures of a pose show ten pairs of arms and ten pairs of legs; together they are a hundred
poses of that class. A raised foot that stands on the other knee in every picture may stand on the
calf or the thigh. Trunks, arms and legs of different classes together are poses of none of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Ints

__all__ = ["chimeras", "recombined"]

Doubles = NDArray[np.float64]

_MIXED = 0.3
"""The share of poses that get the arms of another of their class."""
_REACHED, _FARTHER = 0.4, 0.5
"""The share of limbs whose end comes nearer or goes farther, and by how much (logarithm)."""
_ALIKE = 0.15
"""By how much (logarithm) both sides may differ and still do the same."""
_ARM = ("elbow", "wrist", "thumb", "index", "pinky")
_LEG = ("knee", "ankle", "heel", "foot_index")
_LIMBS = (("shoulder", *_ARM[:2], _ARM[2:]), ("hip", "knee", "ankle", ("heel", "foot_index")))
"""Where a limb begins, bends and ends, and what goes with its end."""


def recombined(world: Floats, truth: Ints, rng: np.random.Generator) -> Floats:
    """Each pose with, at times, the arms of another of its class, and limbs bent otherwise.

    Args:
        world: (N, 33, 3) metres.
        truth: (N,) the class of each.
        rng: Where chance comes from.

    Returns:
        (N, 33, 3); shoulders and hips are where they were, and bones as long, but for the arms that
        are lent: these are as long against the trunk as the lender's.
    """
    points = world.astype(np.float64)
    partner = np.arange(len(points))
    for label in np.unique(truth):
        rows = np.flatnonzero(truth == label)
        partner[rows] = rng.choice(rows, len(rows))
    _lend_arms(points, points[partner], rng.random(len(points)) < _MIXED)
    for start, bend, end, rest in _LIMBS:
        parts = (start, bend, end, *rest)
        left, right = (
            [BLAZEPOSE_33.index(f"{side}_{part}") for part in parts] for side in ("left", "right")
        )
        # What both sides do alike stays alike: a squat with one leg straight is no squat.
        gap = np.log((_away(points, left) + 1e-9) / (_away(points, right) + 1e-9))
        factors = np.where(
            rng.random((2, len(points))) < _REACHED, rng.normal(0, _FARTHER, (2, len(points))), 0.0
        )
        factors[1] = np.where(np.abs(gap) < _ALIKE, factors[0], factors[1])
        _reach(points, left, factors[0])
        _reach(points, right, factors[1])
    return np.asarray(points, np.float32)


def chimeras(world: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Poses that nobody showed: the trunk of one, the arms of another, the legs of a third.

    Half of them have both legs of one pose, three in ten of two poses, and two in ten one leg and
    its mirror image.

    Args:
        world: (N, 33, 3) metres.
        count: How many.
        rng: Where chance comes from.

    Returns:
        (count, 33, 3).
    """
    points = world.astype(np.float64)
    body, arms, one, two = (points[rng.integers(0, len(points), count)] for _ in range(4))
    legs = rng.random((count, 1, 1))
    frame, size = _trunk(body)
    for side in ("left", "right"):
        _attach(body, _held(arms, side, "shoulder", _ARM), frame, size, side, "shoulder", _ARM)
    left = _held(one, "left", "hip", _LEG)
    right = np.where(
        legs < 0.5,
        _held(one, "right", "hip", _LEG),
        np.where(legs < 0.8, _held(two, "right", "hip", _LEG), left * [-1, 1, 1]),
    )
    _attach(body, left, frame, size, "left", "hip", _LEG)
    _attach(body, right, frame, size, "right", "hip", _LEG)
    return np.asarray(body, np.float32)


def _lend_arms(points: Doubles, lenders: Doubles, taken: NDArray[np.bool_]) -> None:
    """Some get the arms of their lenders, as these hold them against their own trunk."""
    own, size = _trunk(points)
    for side in ("left", "right"):
        held = _held(lenders, side, "shoulder", _ARM)
        _attach(points, held, own, size, side, "shoulder", _ARM, taken)


def _held(points: Doubles, side: str, joint: str, parts: tuple[str, ...]) -> Doubles:
    """(N, n, 3) a limb from where it begins, along the trunk's axes, in units of its length."""
    axes, size = _trunk(points)
    rows = [BLAZEPOSE_33.index(f"{side}_{part}") for part in parts]
    start = points[:, [BLAZEPOSE_33.index(f"{side}_{joint}")]]
    return np.asarray((points[:, rows] - start) @ axes.swapaxes(1, 2) / size)


def _attach(
    points: Doubles,
    held: Doubles,
    axes: Doubles,
    size: Doubles,
    side: str,
    joint: str,
    parts: tuple[str, ...],
    taken: NDArray[np.bool_] | None = None,
) -> None:
    """Put limbs as `_held` tells them to bodies whose trunks have these axes and lengths."""
    rows = [BLAZEPOSE_33.index(f"{side}_{part}") for part in parts]
    limb = held @ axes * size + points[:, [BLAZEPOSE_33.index(f"{side}_{joint}")]]
    if taken is not None:
        limb = np.where(taken[:, None, None], limb, points[:, rows])
    points[:, rows] = limb


def _trunk(points: Doubles) -> tuple[Doubles, Doubles]:
    """Axes to the left, up and forward (N, 3, 3), a row each, and the trunk's length (N, 1, 1)."""
    left, right, hips = points[:, 11], points[:, 12], points[:, 23:25].mean(1)
    up = (left + right) / 2 - hips
    size = np.linalg.norm(up, axis=1, keepdims=True) + 1e-9
    up = up / size
    across = left - right
    across = across - (across * up).sum(1, keepdims=True) * up
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-9
    return np.stack([across, up, np.cross(across, up)], 1), size[:, :, None]


def _away(points: Doubles, rows: list[int]) -> Doubles:
    """(N,) from where a limb begins to where it ends."""
    return np.asarray(np.linalg.norm(points[:, rows[2]] - points[:, rows[0]], axis=1))


def _reach(points: Doubles, rows: list[int], factors: Doubles) -> None:
    """Bring the ends of limbs nearer to where they begin, or farther, by the bend between."""
    start, bend, end = (points[:, row] for row in rows[:3])
    upper, lower = _length(bend - start), _length(end - bend)
    away = _length(end - start) + 1e-9
    along = (end - start) / away
    wanted = away * np.exp(factors[:, None])
    wanted = np.clip(wanted, np.abs(upper - lower) + 0.1 * lower, 0.995 * (upper + lower))
    aside = bend - start - ((bend - start) * along).sum(1, keepdims=True) * along
    # A straight limb does not show which way it bends.
    moved = (_length(aside) > 0.05 * upper) & (factors[:, None] != 0)
    aside = aside / (_length(aside) + 1e-9)
    share = np.clip((upper**2 + wanted**2 - lower**2) / (2 * upper * wanted + 1e-9), -1, 1)
    joint = start + upper * (share * along + np.sqrt(1 - share**2) * aside)
    shift = np.where(moved, start + wanted * along - end, 0.0)
    points[:, rows[1]] = np.where(moved, joint, bend)
    points[:, rows[2:]] += shift[:, None]


def _length(vectors: Doubles) -> Doubles:
    return np.asarray(np.linalg.norm(vectors, axis=1, keepdims=True))
