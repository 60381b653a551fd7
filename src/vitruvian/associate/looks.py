"""What a while of looks comes to, and how unlike two of these are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitruvian.measure.appearance import PARTS, similarity
from vitruvian.types import Floats

__all__ = ["averages", "unlikeness", "unlikeness_in_pairs"]

Doubles = NDArray[np.float64]
_AT_ONCE = 32


def averages(sums: Doubles, counts: Doubles) -> Floats:
    """(..., D) appearance vectors of a mean, from sums of vectors and of which were known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    blocks = means.reshape(*means.shape[:-1], len(PARTS), -1)
    length = np.linalg.norm(blocks, axis=-1, keepdims=True)
    return np.asarray((blocks / np.maximum(length, 1e-6)).reshape(means.shape), np.float32)


def unlikeness(a: Floats, b: Floats) -> Doubles:
    """(N, M) natural log odds that two are different people, 0 where nothing can be said."""
    alike = np.clip(np.nan_to_num(similarity(a, b), nan=0.5).astype(np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log1p(-alike) - np.log(alike))


def unlikeness_in_pairs(a: Floats, b: Floats) -> Doubles:
    """(N,) the same for each row of a and that row of b."""
    starts = range(0, len(a), _AT_ONCE)
    parts = [np.diag(unlikeness(a[k : k + _AT_ONCE], b[k : k + _AT_ONCE])) for k in starts]
    return np.concatenate([np.zeros(0), *parts])
