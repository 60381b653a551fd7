"""Pairs in three dimensions as cameras and detectors would see them: what a model is trained on.

The errors are those that real detections of people in contact have: keypoints that jitter with
the person, some far off, some on the partner's body, limbs swapped left for right, keypoints
missing.
"""

from __future__ import annotations

import numpy as np

from vitruvian.classify.pairs import mirrored
from vitruvian.skeletons import COCO_17
from vitruvian.types import Floats

__all__ = ["disturbed", "seen_from_somewhere"]

_LIMBS = (
    ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"), ("wrist",), ("ankle",),
    ("knee", "ankle"),
)  # fmt: skip
_SWAPS = tuple(
    tuple(
        np.array([COCO_17.index(f"{side}_{name}") for name in limb]) for side in ("left", "right")
    )
    for limb in _LIMBS
)


def seen_from_somewhere(bodies: Floats, rng: np.random.Generator) -> Floats:
    """Project pairs into cameras that stand anywhere round them.

    From 2.5 to 8 m, at any bearing, level to 38 degrees from above, and hardly tilted; bodies are
    made a little larger or smaller, wider or narrower.

    Args:
        bodies: (N, 2, 17, 3) metres, y up.
        rng: Where chance comes from.

    Returns:
        (N, 2, 17, 2) in metres at the pair's distance, y down.
    """
    n = len(bodies)
    each = (n, 1, 1)
    points = bodies + rng.normal(0, 0.015, bodies.shape)
    points = points * rng.normal(1, 0.06, (n, 1, 1, 3))
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
    return np.stack(turned, axis=-1).astype(np.float32)


def disturbed(pairs: Floats, rng: np.random.Generator, unit: Floats) -> Floats:
    """The same pairs as a detector reports them, half of them in a mirror.

    Args:
        pairs: (N, 2, 17, 2); NaN is missing.
        rng: Where chance comes from.
        unit: (N,) what a metre is in the measure of ``pairs``.
    """
    n, size = len(pairs), unit[:, None, None, None]
    turn = rng.random(n) < 0.5
    points = np.where(turn[:, None, None, None], mirrored(pairs), pairs)
    spread = np.abs(rng.normal(0, 0.035, (n, 2, 1, 1))) + 0.01
    points = points + rng.normal(0, 1, points.shape) * spread * size
    wild = rng.random(points.shape[:3]) < rng.uniform(0, 0.08, (n, 1, 1))
    points = points + np.where(wild[..., None], rng.normal(0, 0.2, points.shape) * size, 0)
    body = np.arange(len(COCO_17)) > COCO_17.index("right_ear")
    borrowed = (rng.random(points.shape[:3]) < rng.uniform(0, 0.08, (n, 1, 1))) & body
    other = points[:, ::-1] + rng.normal(0, 0.03, points.shape) * size
    points = np.where(borrowed[..., None], other, points)
    for left, right in _SWAPS:
        swap = (rng.random((n, 2)) < 0.05)[..., None, None]
        sides = points[:, :, left].copy(), points[:, :, right].copy()
        points[:, :, left] = np.where(swap, sides[1], sides[0])
        points[:, :, right] = np.where(swap, sides[0], sides[1])
    share = np.where(rng.random(n) < 0.5, 0, rng.uniform(0, 0.55, n))
    points[rng.random(points.shape[:3]) < share[:, None, None]] = np.nan
    return points.astype(np.float32)
