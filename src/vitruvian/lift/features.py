"""What the lifting network is shown of each frame, and in which units: metres round the hips.

All functions take any leading axes before (T, 33, …), so that training and use share them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["CHANNELS", "HIPS", "LIMBS", "Seen", "features", "image_scale", "moving_mean"]

Array = NDArray[Any]
HIPS = (BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip"))
LIMBS = np.array(
    [
        (11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (25, 27), (24, 26), (26, 28),
        (11, 12), (23, 24), (11, 23), (12, 24),
    ]
)  # fmt: skip
"""Both arms, both legs and the trunk, as pairs of landmarks."""
CHANNELS = 7 * 33 + 2
_UNIT = 3.0
"""What metres are multiplied with, so that the network's inputs are about 1."""
_LIMBS_IN_ALL = 4.0
"""Metres: the lengths of `LIMBS` of an adult together."""
_FORESHORTENED = 0.75
"""What a picture shows of lengths on average: about pi / 4 for directions at random."""
_WINDOW = 31
"""Frames over which a person's size in the picture is averaged: a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A person over time as the network is to see them; missing numbers are 0.

    Args:
        plane: (…, T, 33, 2), the picture's points round the hips, x right, y down, any unit.
        world: (…, T, 33, 3), the guess in metres round the hips, z away from the camera.
        z: (…, T, 33), depth as the picture's landmarks have it, any unit.
        visibility: (…, T, 33) 0..1; 0 where a landmark is not known at all.
        known: (…, T), 1 where the person was found, else 0.
        focal: (…,), the focal length in the unit of ``plane``.
    """

    plane: Array
    world: Array
    z: Array
    visibility: Array
    known: Array
    focal: Array


def features(seen: Seen) -> tuple[Array, Array]:
    """The network's input (…, T, `CHANNELS`), and the guess (…, T, 33, 3) that it is to correct.

    Per landmark: the picture's point in metres (2), the guess (3), the other depth (1),
    visibility (1); and per frame whether there is one at all, and one over the distance.
    """
    scale = image_scale(seen)
    plane = seen.plane * scale[..., None, None]
    there = seen.visibility > 0
    has_world = np.abs(seen.world).sum((-1, -2)) > 0
    flat = np.concatenate([plane, np.zeros_like(plane[..., :1])], axis=-1)
    guess = np.where(has_world[..., None, None], seen.world, flat)
    depth = seen.z * _depth_scale(seen.z, seen.world)[..., None, None]
    depth = np.where(np.abs(depth) > 0, depth, seen.world[..., 2])
    near = 1 / np.clip(seen.focal[..., None] * scale, 1.0, 50.0)
    parts = np.concatenate(
        [plane, seen.world, depth[..., None], seen.visibility[..., None]], axis=-1
    )
    parts[..., :6] *= _UNIT
    parts = parts * (there & (seen.known[..., None] > 0))[..., None]
    shape = parts.shape[:-2]
    ends = np.stack([seen.known, near * seen.known], axis=-1)
    return np.concatenate([parts.reshape(*shape, -1), ends], axis=-1, dtype=np.float32), guess


def image_scale(seen: Seen) -> Array:
    """(…, T) metres per unit of the picture, averaged over a second.

    Least squares between the picture's points and the guess; without a guess, the picture shows
    an adult.
    """
    weight = (seen.visibility * seen.known[..., None])[..., None]
    over = (weight * seen.plane * seen.world[..., :2]).sum((-1, -2))
    under = (weight * seen.plane**2).sum((-1, -2))
    over, under = moving_mean(over), moving_mean(under)
    ends = seen.plane[..., LIMBS[:, 0], :] - seen.plane[..., LIMBS[:, 1], :]
    known = weight[..., LIMBS[:, 0], 0] * weight[..., LIMBS[:, 1], 0] > 0
    length = moving_mean((np.linalg.norm(ends, axis=-1) * known).sum(-1))
    share = moving_mean(known.mean(-1))
    drawn = _LIMBS_IN_ALL * _FORESHORTENED * share / np.maximum(length, 1e-9)
    usable = (over > 0) & (under > 1e-12)
    return np.asarray(np.where(usable, over / np.maximum(under, 1e-12), drawn))


def _depth_scale(z: Array, world: Array) -> Array:
    """(…,), what z must be multiplied with to fit the guess, in least squares over the clip."""
    over = (z * world[..., 2]).sum((-1, -2))
    under = (z * z).sum((-1, -2))
    return np.asarray(np.where(under > 0, over / np.maximum(under, 1e-12), 0.0))


def moving_mean(values: Array, window: int = _WINDOW) -> Array:
    """(…, T) averaged over so many frames round each, fewer at the ends."""
    total = np.cumsum(values, axis=-1)
    total = np.concatenate([np.zeros_like(total[..., :1]), total], axis=-1)
    t = np.arange(values.shape[-1])
    first = np.maximum(t - window // 2, 0)
    last = np.minimum(t + window // 2 + 1, values.shape[-1])
    return np.asarray((total[..., last] - total[..., first]) / (last - first))
