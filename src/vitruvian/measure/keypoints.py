"""How near landmarks come to the truth: PCK and OKS."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.errors import InputError

__all__ = ["COCO_SIGMAS", "oks", "pck"]

Doubles = NDArray[np.float64]

COCO_SIGMAS: tuple[float, ...] = (
    *(0.026, 0.025, 0.025, 0.035, 0.035),
    *(0.079, 0.079, 0.072, 0.072, 0.062, 0.062),
    *(0.107, 0.107, 0.087, 0.087, 0.089, 0.089),
)
"""How far annotators differ on each of the 17 COCO keypoints (``pycocotools`` ``Params``)."""


def pck(
    predicted: ArrayLike, truth: ArrayLike, reference_length: ArrayLike, threshold: float = 0.2
) -> Doubles:
    """The share of correct keypoints: those within ``threshold`` reference lengths of the truth.

    The convention is Yang and Ramanan's (TPAMI 2013). The Leeds sets take the torso as the
    reference, left shoulder to right hip, and 0.2 of it as the threshold. A missing prediction
    (NaN) is wrong; a missing truth is not counted.

    Args:
        predicted: (..., K, 2) pixels.
        truth: (..., K, 2) pixels.
        reference_length: (...) pixels, one length per person.
        threshold: In reference lengths.

    Returns:
        (K,) 0..1, one share per landmark over all people; NaN where it was never labelled.

    Raises:
        InputError: The shapes differ.

    Example:
        >>> from vitruvian.measure import pck
        >>> pck([[[0, 0], [9, 0]]], [[[1, 0], [0, 0]]], [10.0]).tolist()
        [1.0, 0.0]
    """
    guess, goal = np.asarray(predicted, np.float64), np.asarray(truth, np.float64)
    if guess.shape != goal.shape or goal.ndim < 2 or goal.shape[-1] != 2:
        raise InputError(f"pck compares (..., K, 2) with the same, not {guess.shape} {goal.shape}")
    reach = threshold * np.broadcast_to(np.asarray(reference_length, np.float64), goal.shape[:-2])
    distance = np.linalg.norm(guess - goal, axis=-1)
    labelled = np.isfinite(goal).all(axis=-1).reshape(-1, goal.shape[-2])
    # A comparison with NaN is false, which is what a missing prediction should be.
    right = (distance <= reach[..., None]).reshape(labelled.shape) & labelled
    counted = labelled.sum(axis=0)
    share = np.full(len(counted), np.nan)
    np.divide(right.sum(axis=0), counted, out=share, where=counted > 0)
    return share


def oks(
    a: ArrayLike,
    b: ArrayLike,
    area: ArrayLike,
    sigmas: ArrayLike = COCO_SIGMAS,
    visible: ArrayLike | None = None,
) -> Doubles:
    """Object keypoint similarity of every person of one set with every person of another.

    The mean over the labelled keypoints of ``exp(-d² / (2 area (2 sigma)²))``, as in
    ``pycocotools`` ``COCOeval.computeOks``. A missing keypoint of ``a`` counts as 0.

    Args:
        a: (N, K, 2) pixels, the predictions.
        b: (M, K, 2) pixels, the truth.
        area: (M,) pixels squared; COCO takes the outline's area, not the box's.
        sigmas: (K,) the spread of each keypoint.
        visible: (M, K), True where ``b`` is labelled; by default where it is finite.

    Returns:
        (N, M), 0..1; 0 for a truth with no labelled keypoint.

    Raises:
        InputError: The shapes do not fit each other.

    Example:
        >>> from vitruvian.measure import oks
        >>> oks([[[3, 4]]], [[[3, 4]]], [100.0], [0.05]).tolist()
        [[1.0]]
    """
    guess, goal = np.asarray(a, np.float64), np.asarray(b, np.float64)
    spread, size = np.asarray(sigmas, np.float64), np.asarray(area, np.float64)
    points = (len(spread), 2)
    if guess.shape[1:] != points or goal.shape[1:] != points or size.shape != goal.shape[:1]:
        raise InputError(
            f"oks needs (N, {points[0]}, 2), (M, {points[0]}, 2) and (M,), "
            f"not {guess.shape}, {goal.shape} and {size.shape}"
        )
    labelled = np.isfinite(goal).all(axis=-1)
    if visible is not None:
        labelled &= np.asarray(visible, bool)
    squared = ((guess[:, None] - goal[None]) ** 2).sum(axis=-1)
    exponent = squared / (2 * (2 * spread) ** 2 * np.maximum(size, np.spacing(1))[:, None])
    likeness = np.nan_to_num(np.exp(-exponent), nan=0.0) * labelled
    return np.asarray(likeness.sum(axis=-1) / np.maximum(labelled.sum(axis=-1), 1), np.float64)
