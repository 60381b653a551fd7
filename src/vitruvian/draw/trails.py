"""Where everybody has just been: a short path behind each person's hips."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from vitruvian.types import People

__all__ = ["Trails"]


class Trails:
    """The last moments of each person's hip midpoint, by id.

    Args:
        seconds: How far back a trail goes.

    Example:
        >>> from vitruvian.types import People
        >>> trails = Trails()
        >>> trails.update(0.0, People.none())
        >>> trails.paths()
        {}
    """

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._now = 0.0
        self._paths: dict[int, deque[tuple[float, float, float]]] = {}

    def update(self, time: float, people: People) -> None:
        """Add where everybody is at ``time`` (s) and let go of what is too old."""
        self._now = time
        if people.ids is not None:
            for person, (x, y) in zip(people.ids.tolist(), _hips(people), strict=True):
                if person >= 0 and math.isfinite(x + y):
                    self._paths.setdefault(person, deque(maxlen=256)).append((time, x, y))
        for person, path in list(self._paths.items()):
            while path and not 0 <= time - path[0][0] <= self._seconds:
                path.popleft()
            if not path:
                del self._paths[person]

    def paths(self) -> dict[int, list[tuple[float, float, float]]]:
        """For each id its points, oldest first: freshness from 0 to 1 (now), x and y (px)."""
        return {
            person: [(1 - (self._now - time) / self._seconds, x, y) for time, x, y in path]
            for person, path in self._paths.items()
        }


def _hips(people: People) -> list[list[float]]:
    body = people.body
    names = body.skeleton.landmarks if body is not None else ()
    if body is None or "left_hip" not in names or "right_hip" not in names:
        centres: list[list[float]] = (
            people.boxes.astype(np.float64).reshape(-1, 2, 2).mean(axis=1).tolist()
        )
        return centres
    hips = body.xy[:, [names.index("left_hip"), names.index("right_hip")]].astype(np.float64)
    middle: list[list[float]] = np.mean(hips, axis=1).tolist()
    return middle
