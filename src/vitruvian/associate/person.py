"""Somebody who is known: who they are, how they move, and how they were last seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vitruvian.associate.motion import Motion, centres
from vitruvian.measure.appearance import merged
from vitruvian.types import Floats, People

__all__ = ["Identity", "Person"]

_MOST_LOOKS = 30
"""Looks that the memory of an appearance averages over; more would never change again."""


@dataclass(slots=True)
class Identity:
    """Who somebody is, wherever they are: what two people exchange when they were mixed up.

    Args:
        id: Theirs for ever.
        look: (D,) what they look like: the mean over clear views, NaN where never seen.
        looks: How many views went into it.
    """

    id: int
    look: Floats | None = None
    looks: int = 0

    def remember(self, look: Floats) -> None:
        """Take in one clear view."""
        self.looks = min(self.looks + 1, _MOST_LOOKS)
        self.look = look if self.look is None else merged(self.look, look, 1 / self.looks)


@dataclass(slots=True)
class Person:
    """Somebody who is, or was, in the film.

    Args:
        identity: Who they are.
        motion: Where they go.
        row: One row of `People`: how they were last seen.
        shape: The same, when they were last seen so well that the pose is surely theirs.
        time: When that was, in seconds.
        views: Frames in which they were seen.
        here: Whether they are believed to be in the picture, seen or hidden.
    """

    identity: Identity
    motion: Motion
    row: People
    shape: People
    time: float
    views: int = 1
    here: bool = True

    @property
    def id(self) -> int:
        """Their number."""
        return self.identity.id

    def see(self, row: People, place: Floats, side: float, time: float, *, clear: bool) -> None:
        """Take in how they are now, and whether nobody is in front of them."""
        if self.here:
            self.motion.seen(place, side, time, clear=clear)
        else:
            self.motion = Motion(place, side, time)
        self.row, self.time, self.here = row, time, True
        self.views += 1

    def expected(self, time: float) -> People:
        """How they look, moved to where they are expected to be at a time."""
        row = self.shape
        body, places = row.body, row.regions
        if body is None or places is None:
            return row
        step = self.motion.expected(time)[0] - centres(body.xy)[0]
        moved = places.copy()
        moved[:, :2] += step
        return row.having(
            boxes=row.boxes + np.tile(step, 2),
            regions=moved,
            body=replace(body, xy=body.xy + step),
        )
