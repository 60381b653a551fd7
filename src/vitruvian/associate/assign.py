"""The best pairing of two sets, one to one: the Hungarian method, as shortest augmenting paths."""

from __future__ import annotations

import numpy as np

from vitruvian.types import Floats, Ints

__all__ = ["pairs"]


def pairs(worth: Floats, least: float = 0.0) -> Ints:
    """Pair rows with columns so that the worth of all pairs together is largest.

    Args:
        worth: (N, M), what each pair is worth.
        least: A pair is not made for less.

    Returns:
        (M,) the row of each column, -1 for none.

    Example:
        >>> import numpy as np
        >>> pairs(np.array([[5.0, 4.0], [4.0, 1.0]])).tolist()
        [1, 0]
    """
    rows, columns = worth.shape
    chosen = np.full(columns, -1, np.int64)
    if not rows or not columns:
        return chosen
    best = worth.argmax(0)
    if len(set(best.tolist())) == columns:  # nobody wants the same
        good = worth[best, np.arange(columns)] > least
        return np.asarray(np.where(good, best, -1), np.int64)
    # A column may stay alone: each has a row of its own that is worth just the least.
    alone = np.full((columns, columns), -1e9)
    np.fill_diagonal(alone, least)
    cost = -np.concatenate([worth.astype(np.float64), alone])
    of_column = _assigned(cost.T)
    return np.asarray(np.where(of_column < rows, of_column, -1), np.int64)


def _assigned(cost: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Ints:
    """For each of N rows the column of M >= N, for the least sum (Jonker and Volgenant, 1987)."""
    n, m = cost.shape
    u, v = np.zeros(n + 1), np.zeros(m + 1)
    owner = np.zeros(m + 1, np.int64)
    for row in range(1, n + 1):
        owner[0], column = row, 0
        least = np.full(m + 1, np.inf)
        way = np.zeros(m + 1, np.int64)
        done = np.zeros(m + 1, np.bool_)
        while owner[column]:
            done[column] = True
            here = owner[column]
            reduced = np.concatenate([[np.inf], cost[here - 1] - u[here] - v[1:]])
            nearer = ~done & (reduced < least)
            least[nearer], way[nearer] = reduced[nearer], column
            following = int(np.where(done, np.inf, least).argmin())
            step = least[following]
            u[owner[done]] += step
            v[done] -= step
            least[~done] -= step
            column = following
        while column:
            owner[column] = owner[way[column]]
            column = int(way[column])
    result = np.zeros(n, np.int64)
    for column in range(1, m + 1):
        if owner[column]:
            result[owner[column] - 1] = column - 1
    return result
