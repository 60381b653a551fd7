"""The stage that gives ids: a person keeps theirs from frame to frame, by landmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.types import Floats, Frame, People

__all__ = ["Associate"]

_REMEMBER = 1.0
"""Seconds for which somebody lost may come back under the same id."""
_REACH = 0.25
"""How far somebody lost may have gone, in sides of their region a second, on top of a quarter."""


@dataclass(slots=True)
class _Last:
    xy: Floats
    side: float
    time: float


class Associate:
    """Gives newcomers an id: that of somebody lost a moment ago in the same place, or a new one.

    Continuity from frame to frame comes with the regions; this stage decides for those whom a
    detector has found. Two instances know nothing of each other; ids start from 1.

    Needs ``body``, ``ids`` and ``regions``; adds ``id_scores``.

    Args:
        most: The most people wanted: known people first, then the surest.
    """

    needs = frozenset({"body", "ids", "regions"})
    adds = frozenset({"id_scores"})

    def __init__(self, *, most: int | None = None) -> None:
        self._most = most
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids start from 1 again."""
        self._last: dict[int, _Last] = {}
        self._next = 1

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people, all with ids, in order of id."""
        body, places = people.body, people.regions
        if body is None or places is None or people.ids is None or not len(people):
            return people.having(id_scores=people.scores)
        if self._most is not None and len(people) > self._most:
            first = np.lexsort((-people.scores, people.ids < 0))[: self._most]
            return self(frame, people[np.sort(first)])
        ids = people.ids.copy()
        self._last = {
            i: last
            for i, last in self._last.items()
            if frame.time - last.time <= _REMEMBER or i in ids
        }
        for row in np.flatnonzero(ids < 0).tolist():
            ids[row] = self._lost(body.xy[row], frame.time, set(ids.tolist())) or self._new()
        for row, person in enumerate(ids.tolist()):
            self._last[person] = _Last(body.xy[row], float(places[row, 2]), frame.time)
        order = np.argsort(ids)
        return people.having(ids=ids, id_scores=people.scores)[order]

    def _lost(self, xy: Floats, time: float, taken: set[int]) -> int | None:
        """The id of whoever was lost nearest to this body, if that is near enough."""
        best, best_gap = None, 1.0
        for i, last in self._last.items():
            if i in taken:
                continue
            reach = last.side * _REACH * (1 + time - last.time)
            gap = float(np.median(np.linalg.norm(xy - last.xy, axis=1))) / max(reach, 1e-6)
            if gap < best_gap:
                best, best_gap = i, gap
        return best

    def _new(self) -> int:
        self._next += 1
        return self._next - 1
