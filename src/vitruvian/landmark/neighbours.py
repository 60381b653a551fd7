"""Whom to paint out, so that a region shows the one person who was there a moment ago."""

from __future__ import annotations

import numpy as np

from vitruvian.landmark.hiding import Cover
from vitruvian.types import People

__all__ = ["covers"]

_NEAR = 0.8
"""How near, in sides of the smaller region, the hips of two people are who may be mixed up."""


def covers(people: People) -> list[Cover | None]:
    """For each region, those near it as they were last seen; None where nobody is.

    Two people are both in either's crop when they touch, and the model reads whom it likes, or
    the arms of one and the legs of the other. Without the limbs of the partner it reads its own
    person; what lies along that person's own limbs stays, for it may be theirs.

    Args:
        people: With regions and, of those who are known, how they were last seen.
    """
    nobody: list[Cover | None] = [None] * len(people)
    if people.body is None or people.regions is None or len(people) < 2:
        return nobody
    xy, places = people.body.xy, people.regions
    away = np.linalg.norm(places[:, None, :2] - places[None, :, :2], axis=-1)
    near = away < _NEAR * np.minimum(places[:, None, 2], places[None, :, 2])
    np.fill_diagonal(near, False)
    if not near.any():
        return nobody
    known = np.asarray(np.isfinite(xy).all((1, 2)))
    near &= known[:, None] & (known & people.seen)[None, :]
    return [
        Cover(xy[others], xy[row : row + 1]) if others.any() else None
        for row, others in enumerate(near)
    ]
