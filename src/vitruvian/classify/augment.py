"""Poses as other people, other cameras and other models would give them.

A classifier that learns from a few hundred pictures meets others: people of another build who
bend a little more or less, seen from the other side, with a camera that is tilted, by a model
that swaps an arm. What it should not mind is shown to it, with a fixed seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitruvian.classify.features import Features
from vitruvian.skeletons import Skeleton
from vitruvian.types import Floats

__all__ = ["Variety", "varied"]

Doubles = NDArray[np.float64]

_CHAINS = (
    ("shoulder", ("elbow", "wrist", "thumb", "index", "pinky")),
    ("elbow", ("wrist", "thumb", "index", "pinky")),
    ("hip", ("knee", "ankle", "heel", "foot_index")),
    ("knee", ("ankle", "heel", "foot_index")),
)
"""A joint, and what moves with the bone that begins there."""


@dataclass(frozen=True, slots=True)
class Variety:
    """How much poses are varied; angles in radians, lengths as a share of the body's size.

    Args:
        pitch: Standard deviation of the camera's tilt.
        roll: Of its lean.
        yaw: Of its bearing, where facing matters; else it stands anywhere.
        bend: Of each limb's turn at its joint.
        odd: How often a limb turns four times as far, where there are metres.
        build: Of each bone's length, as a share of it.
        jitter: Of each landmark.
        depth: Of each landmark towards the camera, where the model guesses most.
        swap: How often a model takes the left arms, or legs, for the right.
        lost: How often a limb's end is anywhere.
        near: Of the body's size as a share of the camera's distance.
    """

    pitch: float = 0.4
    roll: float = 0.1
    yaw: float = 0.2
    bend: float = 0.15
    odd: float = 0.15
    build: float = 0.1
    jitter: float = 0.02
    depth: float = 0.04
    swap: float = 0.05
    lost: float = 0.03
    near: float = 0.15


def varied(
    features: Features, rows: Floats, rng: np.random.Generator, variety: Variety | None = None
) -> Floats:
    """Each pose once more, a little different.

    Args:
        features: What a row holds, and whether facing matters.
        rows: (N, K, 5) or (N, K, 2) as in `extract`.
        rng: Where chance comes from.
        variety: How much; the default was chosen by leaving people out.

    Returns:
        Rows of the same shape. Where there are metres the pixels are their projection: seen
        from another side, unless facing matters.
    """
    variety = variety or Variety()
    points = (rows[..., 2:] if features.world else rows).astype(np.float64)
    points = points - points.mean(1, keepdims=True)
    points /= np.sqrt((points**2).sum((1, 2), keepdims=True) / points.shape[1]) + 1e-9
    flat = not features.world
    for side in ("left", "right"):
        for joint, moved in _CHAINS:
            _bend(points, features.skeleton, side, joint, moved, rng, variety)
    _mistake(points, features.skeleton, rng, variety)
    points = points @ _cameras(len(points), flat, features.facing, rng, variety)
    if flat:
        points += rng.normal(0, variety.jitter, points.shape)
        return np.asarray(points, np.float32)
    # The body's size is 1; what is nearer than three times that is no photograph of a whole body.
    near = np.minimum(np.abs(rng.normal(0, variety.near, (len(points), 1, 1))), 0.35)
    picture = points[..., :2] / (1 + near * points[..., 2:])
    picture += rng.normal(0, variety.jitter, picture.shape)
    points += rng.normal(0, variety.jitter, points.shape)
    points[..., 2] += rng.normal(0, variety.depth, points.shape[:2])
    return np.asarray(np.concatenate([picture, points], 2), np.float32)


def _bend(
    points: Doubles,
    skeleton: Skeleton,
    side: str,
    joint: str,
    moved: tuple[str, ...],
    rng: np.random.Generator,
    variety: Variety,
) -> None:
    """Turn what hangs on a joint about it, and stretch it."""
    names = [f"{side}_{part}" for part in moved]
    rows = [skeleton.index(name) for name in names if name in skeleton.landmarks]
    origin = points[:, [skeleton.index(f"{side}_{joint}")]]
    # In a picture alone such a limb would lie as no limb can.
    odd = variety.odd if points.shape[2] == 3 else 0
    far = np.where(rng.random((len(points), 1)) < odd, 4.0, 1.0)
    turn = _turns(rng.normal(0, variety.bend, (len(points), 3)) * far, points.shape[2])
    stretch = np.exp(rng.normal(0, variety.build, (len(points), 1, 1)))
    points[:, rows] = (points[:, rows] - origin) @ turn * stretch + origin


def _mistake(
    points: Doubles, skeleton: Skeleton, rng: np.random.Generator, variety: Variety
) -> None:
    """Swap the arms or the legs of some, and lose the end of a limb."""
    arms = ("elbow", "wrist", "thumb", "index", "pinky")
    legs = ("knee", "ankle", "heel", "foot_index")
    for parts in (arms, legs):
        left, right = (
            [
                skeleton.index(f"{side}_{part}")
                for part in parts
                if f"{side}_{part}" in skeleton.landmarks
            ]
            for side in ("left", "right")
        )
        swapped = np.flatnonzero(rng.random(len(points)) < variety.swap)[:, None]
        points[swapped, [*left, *right]] = points[swapped, [*right, *left]]
        for rows in (left, right):
            gone = np.flatnonzero(rng.random(len(points)) < variety.lost)
            points[gone[:, None], rows[1:]] += rng.normal(0, 0.5, (len(gone), 1, points.shape[2]))


def _cameras(
    count: int, flat: bool, facing: bool, rng: np.random.Generator, variety: Variety
) -> Doubles:
    """(count, d, d) where the camera stands for each: points as rows times this."""
    roll = rng.normal(0, variety.roll, count)
    if flat:
        return _turns(np.stack([roll] * 3, 1), 2)
    yaw = rng.normal(0, variety.yaw, count) if facing else rng.uniform(-np.pi, np.pi, count)
    pitch = rng.normal(0, variety.pitch, count)
    none = np.zeros(count)
    about = [np.stack(axes, 1) for axes in ((none, yaw, none), (pitch, none, roll))]
    return np.asarray(_turns(about[0], 3) @ _turns(about[1], 3), np.float64)


def _turns(angles: Doubles, dimensions: int) -> Doubles:
    """(N, d, d) rotations by small vectors of angles (N, 3); in a plane about its normal."""
    if dimensions == 2:
        cos, sin = np.cos(angles[:, 2]), np.sin(angles[:, 2])
        return np.stack([np.stack([cos, sin], 1), np.stack([-sin, cos], 1)], 1)
    size = np.linalg.norm(angles, axis=1)[:, None, None]
    axis = angles[:, :, None] / np.maximum(size, 1e-12)
    x, y, z = axis[:, 0, 0], axis[:, 1, 0], axis[:, 2, 0]
    none = np.zeros(len(angles))
    cross = np.stack([none, -z, y, z, none, -x, -y, x, none], 1).reshape(-1, 3, 3)
    matrices = np.eye(3) + np.sin(size) * cross + (1 - np.cos(size)) * (cross @ cross)
    return np.asarray(matrices, np.float64)
