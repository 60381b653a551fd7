"""How good bodies in metres are: places, smoothness, and bones that stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BodyErrors", "aligned", "body_errors"]

Array = NDArray[Any]
_HIPS = (23, 24)
_BONES = np.array(
    [(11, 13), (12, 14), (13, 15), (14, 16), (23, 25), (24, 26), (25, 27), (26, 28), (11, 12),
     (23, 24)]
)  # fmt: skip
"""Upper arms, forearms, thighs and shanks, left beside right; then shoulders and hips."""
_PAIRS = 4


@dataclass(frozen=True, slots=True)
class BodyErrors:
    """One person's errors over a film.

    Args:
        pa_mpjpe: Millimetres on average per landmark, each frame moved, turned and scaled to
            the truth (Procrustes).
        mpjpe: Millimetres with the hips' midpoints together, no turn and no scale.
        rigid: Millimetres, each frame moved and turned to the truth, no scale.
        acceleration: Millimetres per frame squared between second differences.
        bones: Percent: deviation over mean of a bone's length, averaged over ten bones.
        sides: Percent: left against right mean length of four limb bones.
    """

    pa_mpjpe: float
    mpjpe: float
    rigid: float
    acceleration: float
    bones: float
    sides: float


def body_errors(
    points: Array, truth: Array, chosen: Sequence[int] = tuple(range(33))
) -> BodyErrors:
    """Errors of (T, 33, 3) metres against as many, in the same camera's axes.

    Args:
        points: What is measured.
        truth: What it is measured by.
        chosen: The landmarks whose places count.

    Example:
        >>> import numpy as np
        >>> from vitruvian.measure.bodies import body_errors
        >>> body = np.random.default_rng(0).normal(size=(5, 33, 3))
        >>> round(body_errors(body + 1.0, body).mpjpe, 6)
        0.0
    """
    points, truth = (
        np.asarray(each - each[:, _HIPS].mean(1, keepdims=True), np.float64)
        for each in (points, truth)
    )
    length = np.linalg.norm(points[:, _BONES[:, 0]] - points[:, _BONES[:, 1]], axis=-1)
    mean = length.mean(0)
    pairs = mean[: 2 * _PAIRS].reshape(_PAIRS, 2)
    points, truth = points[:, chosen], truth[:, chosen]
    jerky = np.diff(points, n=2, axis=0) - np.diff(truth, n=2, axis=0)
    return BodyErrors(
        _millimetres(aligned(points, truth) - truth),
        _millimetres(points - truth),
        _millimetres(aligned(points, truth, scale=False) - truth),
        _millimetres(jerky) if len(jerky) else float("nan"),
        float((length.std(0) / mean).mean() * 100),
        float((np.abs(pairs[:, 0] - pairs[:, 1]) / pairs.mean(1)).mean() * 100),
    )


def aligned(points: Array, truth: Array, *, scale: bool = True) -> Array:
    """(…, K, 3) moved, turned and, if wanted, scaled to the truth: orthogonal Procrustes."""
    middle = truth.mean(-2, keepdims=True)
    one, other = points - points.mean(-2, keepdims=True), truth - middle
    left, sizes, right = np.linalg.svd(np.swapaxes(one, -1, -2) @ other)
    flip = np.ones_like(sizes)
    flip[..., 2] = np.sign(np.linalg.det(left @ right))
    turn = (left * flip[..., None, :]) @ right
    factor = (sizes * flip).sum(-1) / np.maximum((one**2).sum((-1, -2)), 1e-12)
    grown = factor[..., None, None] if scale else 1.0
    return np.asarray(grown * (one @ turn) + middle)


def _millimetres(difference: Array) -> float:
    return float(np.linalg.norm(difference, axis=-1).mean() * 1000)
