"""How much people look alike: the similarity of appearance vectors, part of the body by part.

An appearance vector is one block of colour shares for each of `PARTS`, as square roots, so that
the product of two blocks is the Bhattacharyya coefficient of the two distributions. The block
of a part that was not seen is NaN.
"""

from __future__ import annotations

import numpy as np

from vitruvian.errors import InputError
from vitruvian.types import Floats

__all__ = ["PARTS", "merged", "similarity"]

PARTS = ("head", "chest", "belly", "upper arms", "forearms", "thighs", "shanks", "feet")
"""The parts of a body, in the order of their blocks."""
_WEIGHTS = np.array([0.6, 1.0, 1.0, 1.0, 0.6, 1.0, 0.8, 0.7], np.float32)
"""Roughly how well each part alone tells people apart (``benchmarks/looks.py``)."""
_MIDDLE, _SLOPE = 0.80, 30.0
"""The coefficient at which same and other are equally likely, and how fast that changes: a
logistic curve fitted to two public films and the sample film."""


def similarity(a: Floats, b: Floats) -> Floats:
    """How likely it is, by looks alone, that rows of a and rows of b are one person.

    Only parts that both have shown are compared.

    Args:
        a: (N, D) appearance vectors, as `vitruvian.embed.Describe` makes them.
        b: (M, D) others, or averages of `merged`.

    Returns:
        (N, M) 0..1; 0.5 where same and other are equally likely, NaN where no part was seen in
        both.

    Raises:
        InputError: The vectors are not of one length, or not of `PARTS` equal blocks.

    Example:
        >>> import numpy as np
        >>> shirt = np.full((1, 8, 4), np.nan, np.float32)
        >>> shirt[:, 1] = [1, 0, 0, 0]
        >>> similarity(shirt.reshape(1, 32), shirt.reshape(1, 32)).round(3).tolist()
        [[0.9980000257492065]]
    """
    left, right = _blocks(a), _blocks(b)
    if left.shape[2] != right.shape[2]:
        raise InputError(f"appearance vectors differ in length: {a.shape[1]} and {b.shape[1]}")
    known = np.isfinite(left[..., 0]) * _WEIGHTS, np.isfinite(right[..., 0]).astype(np.float32)
    weight = known[0] @ known[1].T
    flat = (np.nan_to_num(left) * _WEIGHTS[:, None]).reshape(len(left), a.shape[1])
    total = flat @ np.nan_to_num(right).reshape(len(right), a.shape[1]).T
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.where(weight > 0, total / weight, np.nan)
    return np.asarray(0.5 * (1 + np.tanh(0.5 * _SLOPE * (alike - _MIDDLE))), np.float32)


def merged(old: Floats, new: Floats, share: float = 0.1) -> Floats:
    """What is remembered of somebody after another look: a moving average, part by part.

    A part that was not seen this time stays as it was; one seen for the first time is taken as
    it is.

    Args:
        old: (..., D) what was remembered.
        new: (..., D) what is seen.
        share: 0..1, how much the new look counts.

    Returns:
        (..., D) of which `similarity` takes rows.

    Raises:
        InputError: The two differ in shape, or are not of `PARTS` equal blocks.
    """
    if old.shape != new.shape:
        raise InputError(f"appearance vectors differ in shape: {old.shape} and {new.shape}")
    before, now = _blocks(np.atleast_2d(old)), _blocks(np.atleast_2d(new))
    mixed = (1 - share) * before + share * now
    mixed /= np.maximum(np.linalg.norm(mixed, axis=-1, keepdims=True), 1e-6)
    mixed = np.where(np.isnan(before), now, np.where(np.isnan(now), before, mixed))
    return np.asarray(mixed.reshape(old.shape), np.float32)


def _blocks(vectors: Floats) -> Floats:
    """(N, parts, values)."""
    if vectors.ndim < 2 or vectors.shape[-1] % len(PARTS):
        raise InputError(
            f"appearance vectors are (N, D) with {len(PARTS)} equal blocks, not {vectors.shape}"
        )
    return np.asarray(
        vectors.reshape(*vectors.shape[:-1], len(PARTS), vectors.shape[-1] // len(PARTS)),
        np.float32,
    )
