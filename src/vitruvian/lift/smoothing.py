"""Paths without jitter and without lag: least squares over a whole film."""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpbsv

from vitruvian.lift.features import Array, moving_mean

__all__ = ["smoothed", "vigour"]

_LOST = 2.5
"""How much stronger accelerations are than a path shows that was smoothed once."""
_WEAKEST, _STRONGEST = 0.25, 25.0
"""Of the usual: what accelerations are held to be at least and at most."""
_SPELL = 0.1
"""Seconds for which acceleration goes on being strong or weak; averaged over as many, twice."""
_LIMBS = np.array([0] * 13 + [1, 2] * 5 + [0] * 2 + [3, 4] * 4)
"""To which arm or leg each landmark belongs, or 0."""
_SHARES = (_LIMBS[:, None] == _LIMBS) / np.bincount(_LIMBS)[_LIMBS]

_AT_ONCE = 1 << 14
"""Measurements that are solved in one call: as many as a core's cache has room for."""


def smoothed(values: Array, error: Array, change: float | Array) -> Array:
    """The likeliest path through measurements whose acceleration is a random one.

    Minimises the squares of (path - value) / error and of the second difference / change: what
    a Kalman smoother (Rauch, Tung and Striebel, 1965) gives for that model, in one banded solve.

    Args:
        values: (T, N) measurements; what is missing has an infinite error.
        error: (T, N), how far off each may be.
        change: How much the second difference from frame to frame may be: of all, of each (N,),
            or of each at each time, (T - 2, N), beginning with that of the first three values.

    Returns:
        (T, N); a single frame or two stay as they are.

    Raises:
        LinAlgError: A value is not finite, also of what is missing, or an error or change is NaN.
    """
    count, columns = values.shape
    if count < 3:
        return np.array(values)
    change = np.broadcast_to(change, (count - 2, columns))
    # In units of the usual change, so that numbers are near 1 whatever is measured.
    usual = np.median(change, axis=0)
    weights = (usual / np.maximum(error, 1e-6)) ** 2 + 1e-9
    stiffness = (usual / change) ** 2
    result = np.empty_like(values, dtype=np.float64)
    # A call costs more than it solves: paths one after the other, not coupled, are one system.
    step = max(1, _AT_ONCE // count)
    for first in range(0, columns, step):
        some = slice(first, first + step)
        result[:, some] = _solved(values[:, some], weights[:, some], stiffness[:, some])
    return result


def _solved(values: Array, weights: Array, stiffness: Array) -> Array:
    """(T, N) of which each column is that of a pentadiagonal system of its own."""
    bands = _bands(stiffness)
    bands[..., 2] += weights.T
    told = (weights * values).T.reshape(-1)
    _, path, failed = dpbsv(bands.reshape(-1, 3).T, told, overwrite_ab=1, overwrite_b=1)
    # LAPACK lets most of what is not a number through, and it spreads to the paths that follow.
    if failed or not np.isfinite(path).all():
        raise np.linalg.LinAlgError("only finite numbers can be smoothed")
    return np.asarray(path.reshape(values.shape[::-1]).T)


def _bands(stiffness: Array) -> Array:
    """(N, T, 3) the upper bands of D' S D, of second differences D and stiffness S (T - 2, N)."""
    stiffness = stiffness.T
    bands = np.zeros((len(stiffness), stiffness.shape[1] + 2, 3))
    bands[:, 2:, 0] = stiffness
    bands[:, 1:-1, 1] -= 2 * stiffness
    bands[:, 2:, 1] -= 2 * stiffness
    bands[:, :-2, 2] += stiffness
    bands[:, 1:-1, 2] += 4 * stiffness
    bands[:, 2:, 2] += stiffness
    return bands


def vigour(path: Array, usual: Array, rate: float) -> Array:
    """How strong accelerations are round each moment: what to smooth anew with.

    A landmark's variance is the mean of its own, that of its arm or leg, and that of all. With
    `smoothed` it makes iteratively reweighted least squares.

    Args:
        path: (T, 99) of a smoothed body, x, y and z of each landmark side by side; T at least 3.
        usual: (99,) the second difference from frame to frame as it usually is.
        rate: Frames a second.

    Returns:
        (T - 2, 99) multiples of the usual.
    """
    share = np.diff(path, n=2, axis=0) / usual
    square = np.square(share).reshape(len(share), -1, 3).mean(-1)
    spell = max(round(_SPELL * rate), 1)
    square = moving_mean(moving_mean(square.T, spell), spell).T
    shared = (square + square @ _SHARES + square.mean(1, keepdims=True)) / 3
    strength = np.clip(_LOST * np.sqrt(shared), _WEAKEST, _STRONGEST)
    return np.asarray(strength.repeat(3, axis=1))
