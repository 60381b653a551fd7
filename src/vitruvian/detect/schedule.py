"""When a detector looks at a frame of a film, and at which views of it."""

from __future__ import annotations

from functools import lru_cache
from itertools import cycle

import numpy as np

from vitruvian.detect import views
from vitruvian.detect.survey import TILE_SCALE, room_for_small_people
from vitruvian.geometry import regions
from vitruvian.types import Floats, Frame, People

__all__ = ["WIDER", "Schedule"]

WIDER = 1.6
"""How much larger than somebody's region is the place round them that is looked at."""
_INTERVAL = 0.25
"""Seconds between two looks while everybody is in sight: at the whole frame, and at another view,
in turns. A newcomer is seen within half a second."""
_INTERVAL_IN_A_CROWD = 0.2
"""The same where so many are that they hide each other all the time; each look is longer."""
_INTERVAL_OF_SEARCH = 0.1
"""The same where nobody has been for a while, or somebody may be coming in."""
_CROWD = 3
_AT_ONCE = 3
"""Further views that a look takes in where people are many or small."""
_SEARCH = 0.5
"""Seconds of nobody in which every frame is looked at."""
_SMALL_SIDE = 45
"""A region of fewer pixels in the detector's input holds somebody whom it may overlook."""


class Schedule:
    """Which views of a frame are due.

    While everybody is in sight the whole frame and a further view take turns: a tile, the frame
    turned, or, every other time, the place round somebody near the camera, who may have company
    that the whole frame is too coarse for. Where something moves at the picture's edge the whole
    frame comes at most of the looks, and soon: a newcomer is met before they meet others.
    """

    def __init__(self) -> None:
        self._turns_taken = self._people_taken = 0
        self._whole_next = False
        self._beside_next = cycle((False, True))
        self._seen_at = self._looked_at = self._elsewhere_at = -np.inf

    def cut(self) -> None:
        """Everything is new: the whole frame is due at once."""
        self._looked_at, self._whole_next = -np.inf, False

    def note(self, people: People, time: float) -> None:
        """Take in whether anybody is in sight."""
        if len(people):
            self._seen_at = time

    def searching(self, time: float) -> bool:
        """Whether nobody has been in sight for so long that all there is should be tried."""
        return time - self._seen_at > _SEARCH

    def due(self, frame: Frame, people: People, input_size: int, *, moving: bool) -> list[Floats]:
        """The views to look at now, often none.

        Args:
            frame: The picture.
            people: Those in sight, with regions.
            input_size: Width and height of the detector's input.
            moving: Whether somebody may be coming in over the picture's edge.
        """
        if frame.time - self._looked_at < self._wait(frame.time, len(people), moving):
            return []
        self._looked_at = frame.time
        whole = views.whole(frame.size, input_size)
        if len(people) and moving:
            if frame.time - self._elsewhere_at < _INTERVAL:
                return [whole]
            return self._elsewhere(frame, people, input_size, 1)
        self._whole_next = not self._whole_next
        if len(people) >= _CROWD or _is_small(people, input_size / max(frame.size)):
            return [whole, *self._elsewhere(frame, people, input_size, _AT_ONCE)]
        return [whole] if self._whole_next else self._elsewhere(frame, people, input_size, 1)

    def _wait(self, time: float, followed: int, moving: bool) -> float:
        if not followed:
            return _INTERVAL_OF_SEARCH if self.searching(time) else 0.0
        if moving:
            return _INTERVAL_OF_SEARCH
        return _INTERVAL_IN_A_CROWD if followed >= _CROWD else _INTERVAL

    def _elsewhere(self, frame: Frame, people: People, input_size: int, count: int) -> list[Floats]:
        """So many of the further views, one of them round somebody every other time."""
        self._elsewhere_at = frame.time
        beside = self._beside(people, input_size) if next(self._beside_next) else []
        return [*beside, *self._turns(frame.size, input_size, count - len(beside))]

    def _beside(self, people: People, input_size: int) -> list[Floats]:
        """The view round the next person of those whom tiles would cut in pieces."""
        if people.regions is None or not len(people):
            return []
        wide = people.regions * np.array([1, 1, WIDER, 0], np.float32)
        large = wide[wide[:, 2] > input_size * TILE_SCALE]
        if not len(large):
            return []
        self._people_taken += 1
        return [regions.affine(large[self._people_taken % len(large)], input_size)]

    def _turns(self, size: tuple[int, int], input_size: int, count: int) -> list[Floats]:
        """The next tiles and turned frames."""
        every = _tiles_and_turned(size, input_size)
        start, self._turns_taken = self._turns_taken, self._turns_taken + count
        return [every[(start + i) % len(every)] for i in range(min(count, len(every)))]


@lru_cache(maxsize=8)
def _tiles_and_turned(size: tuple[int, int], input_size: int) -> list[Floats]:
    """All further views of a frame of this size that do not depend on who is there."""
    whole, side = views.whole(size, input_size), input_size * TILE_SCALE
    tiles = views.tiles(size, input_size, side) if room_for_small_people(size) else ()
    turned = (views.turned(whole, input_size, quarters) for quarters in (1, 2, 3))
    return [*tiles, *turned]


def _is_small(people: People, scale: float) -> bool:
    """Whether somebody here is too small, at this scale, to be found again in the whole view."""
    if people.regions is None or not len(people):
        return False
    return float(people.regions[:, 2].min()) * scale < _SMALL_SIDE
