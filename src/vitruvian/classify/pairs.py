"""Two people as numbers that do not depend on where they are, how large, or whether all is seen."""

from __future__ import annotations

import numpy as np

from vitruvian.errors import InputError
from vitruvian.skeletons import COCO_17
from vitruvian.types import Bools, Floats

__all__ = ["FEATURES", "mirrored", "pair_features"]

_K = len(COCO_17)
_BONES = np.array(
    [
        [COCO_17.index(f"{side}_{name}") for name in ends]
        for side in ("left", "right")
        for ends in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"),
                     ("shoulder", "hip"))
    ]
    + [
        [COCO_17.index(f"{side}_{name}") for side in ("left", "right")]
        for name in ("shoulder", "hip")
    ]
)  # fmt: skip
_POINTS = np.array([0, *range(5, 17)])
"""The keypoints that are compared with each other: the nose, and all below the head."""
_UPPER = np.triu_indices(len(_POINTS), 1)
_LIMB_SHARE = 75
"""Percentile of the bones' lengths that is the pair's unit: seen from their ends they are short."""

FEATURES = 2 * (2 * _K * 2 + len(_BONES) * 3 + len(_UPPER[0]) + _K) + 2 * len(_POINTS) ** 2
"""How many numbers describe a pair."""


def pair_features(pairs: Floats) -> Floats:
    """Describe pairs of people by where their keypoints are to each other.

    Positions from the middle of both and from each one's own middle, directions and lengths of
    bones, distances and differences of height between the keypoints of both, distances within
    each, and which keypoints there are. Lengths are in bones of the pair, up is up.

    Args:
        pairs: (N, 2, 17, 2) pixels of `COCO_17`; NaN is missing.

    Returns:
        (N, `FEATURES`) float32, finite whatever is missing.

    Raises:
        InputError: Another shape.

    Example:
        >>> pair_features(np.zeros((3, 2, 17, 2), np.float32)).shape == (3, FEATURES)
        True
    """
    pairs = np.asarray(pairs, np.float32)
    if pairs.ndim != 4 or pairs.shape[1:] != (2, _K, 2):
        raise InputError(f"pairs must be (N, 2, {_K}, 2), not {pairs.shape}")
    n = len(pairs)
    seen = np.asarray(np.isfinite(pairs).all(-1), np.bool_)
    points = np.where(seen[..., None], pairs, 0)
    together = _from_middle(points.reshape(n, 1, -1, 2), seen.reshape(n, 1, -1))
    bones = pairs[:, :, _BONES[:, 1]] - pairs[:, :, _BONES[:, 0]]
    unit = _unit(bones, together[:, 0], seen.reshape(n, -1))
    lengths = np.linalg.norm(bones, axis=-1)
    chosen = pairs[:, :, _POINTS]
    across = chosen[:, 0, :, None] - chosen[:, 1, None]
    within = chosen[:, :, :, None] - chosen[:, :, None]
    scale = unit[:, None, None]
    parts = [
        together.reshape(n, 2, _K, 2) / scale[..., None],
        _from_middle(points, seen) / scale[..., None],
        _known(bones / (lengths + 0.2 * scale)[..., None]),
        _known(lengths / scale),
        _nearness(np.linalg.norm(across, axis=-1) / scale),
        _known(np.tanh(across[..., 1] / scale)),
        _nearness(np.linalg.norm(within, axis=-1)[:, :, _UPPER[0], _UPPER[1]] / scale),
        seen,
    ]
    return np.concatenate([part.reshape(n, -1) for part in parts], axis=1, dtype=np.float32)


def mirrored(pairs: Floats) -> Floats:
    """The same pairs as in a mirror: left becomes right, and keypoints change sides."""
    return np.asarray(pairs[:, :, list(COCO_17.mirror)] * np.array([-1, 1], np.float32), np.float32)


def _from_middle(points: Floats, seen: Bools) -> Floats:
    """Points (…, K, 2) from the mean of those that are seen; 0 for the others."""
    weight = seen[..., None]
    count = np.maximum(weight.sum(-2, keepdims=True), 1)
    middle = (points * weight).sum(-2, keepdims=True) / count
    return np.asarray((points - middle) * weight, np.float32)


def _unit(bones: Floats, together: Floats, seen: Bools) -> Floats:
    """(N,) pixels: a long bone of the pair, or what can be said without any."""
    n = len(bones)
    lengths = np.linalg.norm(bones, axis=-1).reshape(n, -1)
    there = np.isfinite(lengths)
    ordered = np.sort(np.where(there, lengths, np.inf), axis=1)
    rank = np.maximum(np.ceil(there.sum(1) * _LIMB_SHARE / 100).astype(int) - 1, 0)
    bone = ordered[np.arange(n), rank]
    spread = np.sqrt((together**2).sum((1, 2)) / np.maximum(seen.sum(1), 1))
    bone = np.where(there.any(1), bone, spread)
    return np.asarray(np.maximum(np.maximum(bone, 0.3 * spread), 1e-6), np.float32)


def _nearness(distances: Floats) -> Floats:
    """1 where two keypoints touch, 0 where they are far apart or one is missing."""
    return np.nan_to_num(np.exp(-distances), nan=0.0)


def _known(values: Floats) -> Floats:
    return np.nan_to_num(values, nan=0.0)
