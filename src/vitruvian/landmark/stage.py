"""The stage that reads each person's landmarks, and keeps each person once."""

from __future__ import annotations

import numpy as np

from vitruvian.geometry.regions import usable
from vitruvian.landmark.behind import apart, behind, overlapped
from vitruvian.landmark.neighbours import covers
from vitruvian.landmark.reader import BodyReader
from vitruvian.landmark.rows import distinct, gather, imagined, in_sight, joined
from vitruvian.types import Floats, Frame, Ints, People

__all__ = ["Landmark"]


class Landmark:
    """Turns regions into people with 33 landmarks.

    Needs ``regions``; adds ``body``, ``boxes``, ``scores`` and, when asked, ``masks``; the
    regions it returns are those to look at in the next frame.

    Whoever is near is painted out of a region, as they were last seen. Where two regions still
    give readings of one person, the one known for longer is kept, and the other region is read
    again with that person painted out: two people who overlap stay two.

    Args:
        reader: The model.
        masks: Whether each person's mask is wanted; the model must have its mask head.
        min_score: A region whose reading scores no more holds nobody.
    """

    needs = frozenset({"regions"})
    adds = frozenset({"body", "boxes", "scores"})

    def __init__(self, reader: BodyReader, *, masks: bool = False, min_score: float = 0.5) -> None:
        self._reader = reader
        self._masks = masks
        self._min_score = min_score

    def __call__(self, frame: Frame, people: People) -> People:
        """Read every region; somebody who was there before stays, then the surest do."""
        if people.regions is None or not len(people):
            self._reader.rest()
            return People.none()
        places = people.regions
        ids = np.full(len(people), -1, np.int64) if people.ids is None else people.ids
        readings = self._reader.read(frame, places, without=covers(people))
        every = gather(frame, readings, places, ids=ids, masks=self._masks)
        unknown = ids < 0
        # Whoever was hidden must be seen as clearly as a newcomer, to be seen again.
        new = unknown | ~people.seen
        real = in_sight(every) & ~(unknown & imagined(every, people.body, frame.size))
        sure = (every.scores > self._min_score) & (~new | real)
        good = np.flatnonzero(sure & usable(every.regions))
        order = good[np.lexsort((-every.scores[good], new[good]))]
        kept = order[distinct(every[order], new[order])]
        found = every[kept]
        if not len(found):
            return People.none()
        if len(kept) == len(people):
            return found
        others = np.ones(len(people), np.bool_)
        others[kept] = False
        return self._separated(frame, found, places[others], ids[others])

    def _separated(self, frame: Frame, found: People, places: Floats, ids: Ints) -> People:
        """The people found, and those of the other regions who show when these are covered."""
        hidden = overlapped(places, found) & ((ids >= 0) | apart(places, found))
        more = behind(self._reader, frame, places[hidden], ids[hidden], found, masks=self._masks)
        return joined([found, more])

    def reset(self) -> None:
        """Nothing is remembered from frame to frame."""
