"""The stage that reads each person's landmarks, and keeps each person once."""

from __future__ import annotations

import numpy as np

from vitruvian.geometry.boxes import overlap_of
from vitruvian.geometry.outline import body_boxes
from vitruvian.geometry.regions import usable
from vitruvian.landmark.behind import apart, behind, overlapped
from vitruvian.landmark.reader import BodyReader
from vitruvian.landmark.rows import distinct, gather, in_sight, joined
from vitruvian.types import HIDDEN, Floats, Frame, Ints, People

__all__ = ["Landmark"]

_MIN_SKETCH = 0.3
"""The detector's own score, from which 60 of 65 of its people are where somebody is."""
_IN_CONTACT = 0.3
"""The share of a sketch's box inside that of somebody who hides them."""
_SKETCH = HIDDEN + 0.02, 0.5
"""The scores of sketches, whatever the detector's; readings score more."""


class Landmark:
    """Turns regions into people with 33 landmarks.

    Needs ``regions``; adds ``body``, ``boxes``, ``scores`` and, when asked, ``masks``; the
    regions it returns are those to look at in the next frame.

    Where two regions give readings of one person, the one known for longer is kept, and the
    other region is read again with that person covered: two people who overlap stay two.

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
        every = gather(frame, self._reader.read(frame, places), places, masks=self._masks).having(
            ids=ids
        )
        # Whoever was hidden must be seen as clearly as a newcomer, to be seen again.
        new = (ids < 0) | ~people.seen
        sure = (every.scores > self._min_score) & (~new | in_sight(every))
        good = np.flatnonzero(sure & usable(every.regions))
        order = good[np.lexsort((-every.scores[good], new[good]))]
        kept = order[distinct(every[order], new[order])]
        found = every[kept]
        others = np.setdiff1d(np.arange(len(people)), kept)
        if len(found):
            found = self._separated(frame, found, places[others], ids[others])
        return self._with_sketches(found, people[others])

    def _separated(self, frame: Frame, found: People, places: Floats, ids: Ints) -> People:
        """The people found, and those of the other regions who show when these are covered."""
        hidden = overlapped(places, found) & ((ids >= 0) | apart(places, found))
        more = behind(self._reader, frame, places[hidden], ids[hidden], found, masks=self._masks)
        return joined([found, more])

    def _with_sketches(self, found: People, others: People) -> People:
        """And the others whom a detector has sketched, if they are in contact with those found.

        A sketch is too little to believe in somebody new, but enough to say where somebody is
        who is known and cannot be read.
        """
        if others.ids is None or others.body is None or not len(others):
            return found
        drawn = np.isfinite(others.body.xy).all((1, 2)) & (others.scores > _MIN_SKETCH)
        good = np.flatnonzero((others.ids < 0) & drawn)
        if not len(good) or not len(found):
            return found
        sketches = _as_sketches(others[good[np.argsort(-others.scores[good])]], found.masks)
        sketches = sketches[overlap_of(sketches.boxes, found.boxes).max(1) > _IN_CONTACT]
        new = distinct(joined([found, sketches]))[len(found) :]
        return joined([found, sketches[new]])

    def reset(self) -> None:
        """Nothing is remembered from frame to frame."""


def _as_sketches(people: People, masks: Floats | None) -> People:
    low, high = _SKETCH
    return people.having(
        boxes=people.boxes if people.body is None else body_boxes(people.body),
        scores=np.asarray(low + (high - low) * people.scores, np.float32),
        masks=None if masks is None else np.zeros((len(people), *masks.shape[1:]), np.float32),
    )
