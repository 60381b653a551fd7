"""What two people's cost becomes if they exchange what happens to them between two moments."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from vitruvian.associate.evidence import Evidence

__all__ = ["Exchanges"]

_FEW = 3
"""An exchange of no more pieces is one of these pieces, and not of all others."""

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


class Exchanges:
    """Every exchange between two people at once, by sums over windows of their pieces.

    The pieces of both, R of them, are ordered by time. Window (i, j) takes those from i up to j,
    without j, from either to the other. One piece, everything after a moment, a join of two
    people and the parting of one (from nobody) are all such windows.

    Args:
        evidence: The costs.
        bonds: (K, K) cost of two pieces being one person, times the weights of both.
        apart: (K, K) which two pieces cannot be one person.
        a: Numbers of the pieces of one person, by time.
        b: Of the other; none for nobody.
    """

    def __init__(
        self,
        evidence: Evidence,
        bonds: Doubles,
        apart: NDArray[np.bool_],
        a: tuple[int, ...],
        b: tuple[int, ...],
    ) -> None:
        both = np.array([*a, *b], np.int64)
        order = np.lexsort((both, evidence.spans[both, 0]))
        self.pieces = both[order]
        self.ours = order < len(a)
        self._bonds = bonds[np.ix_(self.pieces, self.pieces)]
        self._apart = apart[np.ix_(self.pieces, self.pieces)]
        self._weights = evidence.weights[self.pieces]
        self._momentum = evidence.momentum[np.ix_(self.pieces, self.pieces)]
        self._steps = _steps(evidence, self.pieces)
        self.gains = self._all()

    def people(self, i: int, j: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Both people after an exchange."""
        inside = np.zeros(len(self.pieces), np.bool_)
        inside[i:j] = True
        ours = self.ours ^ inside
        return tuple(self.pieces[ours].tolist()), tuple(self.pieces[~ours].tolist())

    def forbid(self, groups: Iterable[NDArray[np.bool_]]) -> None:
        """Rule out the windows that tear pieces apart which belong together.

        Args:
            groups: For each group, (R,) which pieces are of it.
        """
        for group in groups:
            inside = _windows(_sums(group[:, None].astype(np.float64))[:, 1])
            self.gains[(inside > 0) & (inside < group.sum())] = np.inf

    def margins(self) -> list[float]:
        """(R) what the cheapest exchange costs that touches each piece.

        An exchange touches the pieces in its window if these are few, and those at both ends.
        """
        count = len(self.pieces)
        gains = self.gains
        cheapest = np.full(count, np.inf)
        # A window (i, j) begins before piece i and ends after piece j - 1.
        for edge in (gains.min(1), gains.min(0)):
            cheapest = np.minimum(cheapest, np.minimum(edge[1:], edge[:-1]))
        for width in range(1, min(_FEW, count) + 1):
            diagonal = np.diag(gains, width)
            for k in range(width):
                part = cheapest[k : k + len(diagonal)]
                np.minimum(part, diagonal, out=part)
        return cheapest.tolist()

    def _all(self) -> Doubles:
        """(R + 1, R + 1) how the cost changes; inf where it cannot be, or nothing would change."""
        ours, theirs = self.ours.astype(np.float64), (~self.ours).astype(np.float64)
        count = len(self.pieces)
        a, b = np.outer(ours, ours), np.outer(theirs, theirs)
        cross = np.outer(ours, theirs)
        staying_a, moving_a = _split(self._bonds * a)
        staying_b, moving_b = _split(self._bonds * b)
        a_with_new, b_with_new = _across(self._bonds * cross)
        clash = sum(_across(self._apart * cross))
        weight_a, weight_b = (
            _windows(_sums((self._weights * x)[:, None])[:, 1]) for x in (ours, theirs)
        )
        total_a, total_b = float(self._weights @ ours), float(self._weights @ theirs)
        new_a = _share(staying_a + moving_b + 2 * a_with_new, total_a - weight_a + weight_b)
        new_b = _share(staying_b + moving_a + 2 * b_with_new, total_b - weight_b + weight_a)
        old = _share(np.sum(self._bonds * a), np.float64(total_a)) + _share(
            np.sum(self._bonds * b), np.float64(total_b)
        )
        path_a, path_b = _Path(self._steps, self.ours), _Path(self._steps, ~self.ours)
        steps = path_a.with_window_of(path_b) + path_b.with_window_of(path_a)
        gains = new_a + new_b - old + steps - path_a.total - path_b.total
        if self._momentum.any():
            gains += _torn(self._momentum, a + b, cross)
        moved_a, moved_b = (_windows(_sums(x[:, None])[:, 1]) for x in (ours, theirs))
        moved = moved_a + moved_b
        upward = np.arange(count + 1)[:, None] < np.arange(count + 1)[None]
        gains[~upward | (clash > 0) | (moved == 0) | (moved == count)] = np.inf
        return gains


class _Path:
    """The steps of one person through the pieces of two."""

    def __init__(self, steps: Doubles, mine: NDArray[np.bool_]) -> None:
        count = len(mine)
        self._steps = steps
        where = np.arange(count)
        before = np.maximum.accumulate(np.where(mine, where, -1))
        self.last = np.concatenate([[-1], before])
        after = np.minimum.accumulate(np.where(mine, where, count)[::-1])[::-1]
        self.next = np.concatenate([after, [count]])
        into = np.where(mine, steps[self.last[:-1], where], 0)
        self.upto = np.concatenate([[0], np.cumsum(into)])
        self.total = float(self.upto[-1] + steps[self.last[-1], -1])

    def with_window_of(self, other: _Path) -> Doubles:
        """(R + 1, R + 1) the cost of the steps with the other's pieces in place of one's own."""
        i, j = np.ogrid[: len(self.upto), : len(self.upto)]
        steps = self._steps
        rest = self.total - self.upto - steps[self.last, self.next]
        inner = other.upto[j] - other.upto[i] - steps[other.last, other.next][i]
        way = steps[self.last[i], other.next[i]] + inner + steps[other.last[j], self.next[j]]
        straight = steps[self.last[i], self.next[j]]
        return np.asarray(self.upto[i] + np.where(other.next[i] < j, way, straight) + rest[j])


def _steps(evidence: Evidence, pieces: Ints) -> Doubles:
    """(R + 1, R + 1) the cost from piece to piece; the last row and column are nobody."""
    count = len(pieces)
    steps = np.zeros((count + 1, count + 1))
    steps[:-1, :-1] = evidence.links[np.ix_(pieces, pieces)]
    steps[-1, :-1] = evidence.births[pieces]
    steps[:-1, -1] = evidence.deaths[pieces]
    return steps


def _sums(table: Doubles) -> Doubles:
    """Sums of all that is above and left, with a row and a column of zeros before."""
    sums = np.zeros((table.shape[0] + 1, table.shape[1] + 1))
    np.cumsum(np.cumsum(table, 0), 1, out=sums[1:, 1:])
    return sums


def _windows(sums: Doubles) -> Doubles:
    """(R + 1, R + 1) the sum over each window, from (R + 1,) sums so far."""
    return np.asarray(sums[None] - sums[:, None])


def _inside(sums: Doubles) -> Doubles:
    """(R + 1, R + 1) the sum over pairs of which both are in the window."""
    diagonal = np.diag(sums)
    return np.asarray(diagonal[None] - sums - sums.T + diagonal[:, None])


def _split(table: Doubles) -> tuple[Doubles, Doubles]:
    """The sum over pairs outside of each window, and inside; the table is symmetric."""
    sums = _sums(table)
    inside = _inside(sums)
    return sums[-1, -1] - 2 * _windows(sums[-1]) + inside, inside


def _across(table: Doubles) -> tuple[Doubles, Doubles]:
    """The sum over rows outside and columns inside of each window, and the reverse."""
    sums = _sums(table)
    inside = _inside(sums)
    return _windows(sums[-1]) - inside, _windows(sums[:, -1]) - inside


def _torn(table: Doubles, together: Doubles, cross: Doubles) -> Doubles:
    """What pairs come together in each window, less what pairs are torn apart."""
    inside = _split(table * together)
    before = float(np.sum(table * together))
    return np.asarray((inside[0] + inside[1] - before) / 2 + sum(_across(table * cross)))


def _share(bonds: Doubles | np.float64, weight: Doubles | np.float64) -> Doubles:
    return np.asarray(bonds / np.maximum(weight, 1e-6))
