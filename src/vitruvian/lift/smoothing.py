"""Paths without jitter and without lag: least squares over a whole film."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solveh_banded

from vitruvian.lift.features import Array

__all__ = ["smoothed"]


def smoothed(values: Array, error: Array, change: float | Array) -> Array:
    """The likeliest path through measurements whose acceleration is a random one.

    Minimises the squares of (path - value) / error and of the second difference / change: what
    a Kalman smoother (Rauch, Tung and Striebel, 1965) gives for that model, in one banded solve.

    Args:
        values: (T, N) measurements; what is missing has an infinite error.
        error: (T, N), how far off each may be.
        change: How much the second difference from frame to frame may be, of all or of each (N,).

    Returns:
        (T, N); a single frame or two stay as they are.
    """
    count, columns = values.shape
    if count < 3:
        return np.array(values)
    weights = np.square(change) / np.maximum(error, 1e-6) ** 2
    bands = np.zeros((3, count))
    bands[2, :-2] += 1
    bands[2, 1:-1] += 4
    bands[2, 2:] += 1
    bands[1, 1:-1] -= 2
    bands[1, 2:] -= 2
    bands[0, 2:] += 1
    result = np.empty_like(values, dtype=np.float64)
    for i in range(columns):
        matrix = bands.copy()
        matrix[2] += weights[:, i] + 1e-9
        result[:, i] = solveh_banded(
            matrix, weights[:, i] * values[:, i] + 1e-9 * values[:, i], check_finite=False
        )
    return result
