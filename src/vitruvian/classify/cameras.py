"""Pairs in three dimensions as cameras and detectors would see them: what a model is trained on.

The errors are those that real detections of people in contact have. What is in plain view is off
by a centimetre or two. What is behind a body is guessed: an arm or a leg ends up some way off, on
the partner's, or on the other one of the same person; or it is missing. Left and right are taken
for each other, of a limb or of the whole body.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitruvian.classify.articulation import articulated
from vitruvian.classify.occlusion import hidden
from vitruvian.classify.pairs import mirrored
from vitruvian.skeletons import COCO_17
from vitruvian.types import Bools, Floats

__all__ = ["disturbed", "seen_from_somewhere"]

Doubles = NDArray[np.float64]

_FACE = list(range(COCO_17.index("right_ear") + 1))
_LIMBS = tuple(
    tuple([COCO_17.index(f"{side}_{name}") for name in limb] for side in ("left", "right"))
    for limb in (("elbow", "wrist"), ("knee", "ankle"))
)
_SWAPS = tuple(
    tuple([COCO_17.index(f"{side}_{name}") for name in limb] for side in ("left", "right"))
    for limb in (
        ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"), ("wrist",), ("ankle",),
        ("knee", "ankle"),
    )
)  # fmt: skip
_SWAP, _TURN = 0.03, 0.04
"""How often left and right are exchanged: of a limb, of all of a person."""
_BORROW, _DOUBLE, _BORROW_SEEN = 0.15, 0.12, 0.01
"""How often a limb that is hidden lies on the partner's, on the person's own other one; and how
often one in plain view lies on the partner's."""
_GUESS, _WILD = 0.06, 0.25
"""Metres by which a hidden keypoint, and one in a hundred of any, is off."""


def seen_from_somewhere(bodies: Floats, rng: np.random.Generator) -> tuple[Floats, Bools]:
    """Project pairs into cameras that stand anywhere round them.

    From 2.5 to 8 m, at any bearing, level to 38 degrees from above, and hardly tilted; the people
    are of other builds, in slightly other postures.

    Args:
        bodies: (N, 2, 17, 3) metres, y up.
        rng: Where chance comes from.

    Returns:
        (N, 2, 17, 2) in metres at the pair's distance, y down, and (N, 2, 17) which keypoints are
        behind a body.
    """
    n = len(bodies)
    each = (n, 1, 1)
    points = articulated(bodies, rng) * rng.normal(1, 0.03, (n, 1, 1, 3))
    points = points - points.mean((1, 2), keepdims=True) * (1, 0, 1)
    bearing, tilt = rng.uniform(0, 2 * np.pi, each), rng.normal(0, np.radians(4), each)
    rise, distance = np.radians(rng.uniform(-2, 38, each)), rng.uniform(2.5, 8, each)
    x = np.cos(bearing) * points[..., 0] + np.sin(bearing) * points[..., 2]
    z = np.cos(bearing) * points[..., 2] - np.sin(bearing) * points[..., 0]
    y = points[..., 1] - 0.6
    depth = distance + np.cos(rise) * z - np.sin(rise) * y
    right = x / depth * distance
    down = -(np.cos(rise) * y + np.sin(rise) * z) / depth * distance
    turned = (
        right * np.cos(tilt) - down * np.sin(tilt), right * np.sin(tilt) + down * np.cos(tilt)
    )  # fmt: skip
    seen = np.stack(turned, axis=-1).astype(np.float32)
    return seen, hidden(seen, np.asarray(depth, np.float32))


def disturbed(
    pairs: Floats, rng: np.random.Generator, unit: Floats, behind: Bools | None = None
) -> Floats:
    """The same pairs as a detector reports them, half of them in a mirror.

    Args:
        pairs: (N, 2, 17, 2); NaN is missing.
        rng: Where chance comes from.
        unit: (N,) what a metre is in the measure of ``pairs``.
        behind: (N, 2, 17) which keypoints are behind a body; by default any may be.
    """
    n, size = len(pairs), unit[:, None, None, None]
    behind = rng.random(pairs.shape[:3]) < 0.2 if behind is None else behind
    guessed = _guessed(pairs, behind, rng, size)
    spread = np.exp(rng.uniform(np.log(0.006), np.log(0.04), (n, 2, 1, 1)))
    jitter = rng.normal(0, 1, pairs.shape) * spread * size
    wild = rng.random(pairs.shape[:3]) < 0.01
    far = np.where(wild[..., None], rng.normal(0, _WILD, pairs.shape) * size, 0)
    points = _swapped(guessed + jitter + far, rng)
    points[_missing(behind, rng)] = np.nan
    other = rng.random(n) < 0.5
    found = points.astype(np.float32)
    return np.where(other[:, None, None, None], mirrored(found), found)


def _guessed(points: Floats, behind: Bools, rng: np.random.Generator, size: Floats) -> Floats:
    """With guesses for what is hidden; who sees a knee wrongly sees the ankle beside it wrongly."""
    off = rng.normal(0, _GUESS, points.shape) * size * behind[..., None]
    off[:, :, _FACE] = off[:, :, _FACE[:1]] + 0.15 * off[:, :, _FACE]
    found = points + off
    for sides in _LIMBS:
        for side, (middle, end) in enumerate(sides):
            found[:, :, end] += off[:, :, middle]
            covered = behind[:, :, [middle, end]].sum(2) / 2
            borrow = (covered * _BORROW + _BORROW_SEEN) / 2
            for source, limb, chance in (
                (points[:, ::-1], sides[side], borrow),
                (points[:, ::-1], sides[1 - side], borrow),
                (points, sides[1 - side], covered * _DOUBLE),
            ):
                take = (rng.random(covered.shape) < chance)[..., None, None]
                found[:, :, [middle, end]] = np.where(
                    take, source[:, :, limb], found[:, :, [middle, end]]
                )
    return np.asarray(found, np.float32)


def _swapped(points: Doubles, rng: np.random.Generator) -> Doubles:
    """With left and right exchanged here and there."""
    turn = (rng.random(points.shape[:2]) < _TURN)[..., None, None]
    points = np.where(turn, points[:, :, list(COCO_17.mirror)], points)
    for left, right in _SWAPS:
        swap = (rng.random(points.shape[:2]) < _SWAP)[..., None, None]
        sides = points[:, :, left], points[:, :, right]
        points[:, :, left] = np.where(swap, sides[1], sides[0])
        points[:, :, right] = np.where(swap, sides[0], sides[1])
    return points


def _missing(behind: Bools, rng: np.random.Generator) -> Bools:
    """Nothing in half of the pairs; else up to 60 % of what is seen, and more of what is hidden."""
    n = len(behind)
    share = np.where(rng.random(n) < 0.5, 0, rng.uniform(0, 0.6, n))[:, None, None]
    return np.asarray(rng.random(behind.shape) < np.where(behind, 1.5 * share, 0.7 * share))
