"""Somebody who is known: who they are, how they move, and how they were last seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vitruvian.associate.motion import Motion, Pair
from vitruvian.measure.appearance import merged
from vitruvian.types import Floats, People

__all__ = ["Identity", "Person", "Sight"]

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


@dataclass(frozen=True, slots=True)
class Sight:
    """How somebody was seen: one row of `People`, cut out only when all of it is asked for.

    Args:
        people: Those of one frame, without masks.
        row: Which of them.
        place: The middle of the torso, x and y in pixels.
    """

    people: People
    row: int
    place: Pair

    @property
    def box(self) -> Floats:
        """(4,) pixels."""
        return np.asarray(self.people.boxes[self.row], np.float32)

    @property
    def xy(self) -> Floats | None:
        """(33, 2) pixels."""
        body = self.people.body
        return None if body is None else np.asarray(body.xy[self.row], np.float32)

    @property
    def look(self) -> Floats | None:
        """(D,) the appearance vector."""
        looks = self.people.vectors
        return None if looks is None else np.asarray(looks[self.row], np.float32)

    def moved(self, place: Pair) -> People:
        """The one row, as it would be with the torso at another place."""
        row = self.people[self.row]
        body, regions = row.body, row.regions
        if body is None or regions is None:
            return row
        step = self.step(place)
        return row.having(
            boxes=row.boxes + np.tile(step, 2),
            regions=regions + np.append(step, (0, 0)).astype(np.float32),
            body=replace(body, xy=body.xy + step),
        )

    def step(self, place: Pair) -> Floats:
        """(2,) pixels from the torso's middle to a place."""
        return np.array((place[0] - self.place[0], place[1] - self.place[1]), np.float32)


@dataclass(slots=True)
class Person:
    """Somebody who is, or was, in the film.

    Args:
        identity: Who they are.
        motion: Where they go.
        sight: How they were last seen.
        shape: The same, when they were last seen so well that the pose is surely theirs.
        time: When they were last seen, in seconds.
        views: Frames in which they were seen.
        here: Whether they are believed to be in the picture, seen or hidden.
    """

    identity: Identity
    motion: Motion
    sight: Sight
    shape: Sight
    time: float
    views: int = 1
    here: bool = True

    @property
    def id(self) -> int:
        """Their number."""
        return self.identity.id

    def see(self, sight: Sight, side: float, time: float, *, clear: bool) -> None:
        """Take in how they are now, and whether nobody is in front of them."""
        if self.here:
            self.motion.seen(sight.place, side, time, clear=clear)
        else:
            self.motion = Motion(sight.place, side, time)
        self.sight, self.time, self.here = sight, time, True
        self.views += 1

    def box(self, time: float) -> Floats:
        """(4,) round where they are expected to be at a time."""
        return self.shape.box + np.tile(self._step(time), 2)

    def xy(self, time: float) -> Floats | None:
        """(33, 2) their landmarks, moved to where they are expected to be at a time."""
        body = self.shape.xy
        return None if body is None else body + self._step(time)

    def expected(self, time: float) -> People:
        """How they look, moved to where they are expected to be at a time."""
        return self.shape.moved(self.motion.expected(time)[:2])

    def _step(self, time: float) -> Floats:
        return self.shape.step(self.motion.expected(time)[:2])
