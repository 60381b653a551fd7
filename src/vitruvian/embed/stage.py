"""The stage that notes what each person looks like."""

from __future__ import annotations

import numpy as np

from vitruvian.embed.colours import GROUPS, VALUES, brightness, sampled, shares
from vitruvian.embed.places import MEMBERS, covered, places, visibility
from vitruvian.geometry.boxes import meeting
from vitruvian.measure.appearance import PARTS
from vitruvian.types import Bools, Floats, Frame, Ints, People

__all__ = ["Describe"]

_VISIBLE = 0.5
_IN_MASK = 0.5
_ENOUGH = 0.25
"""The share of a part's places that must be seen for the part to count."""
_EVERY = 0.1
"""Seconds for which it is known what somebody looks like whom nobody touches."""
_LATELY = 1.0
"""Seconds since somebody touched another for which they are looked at in every frame: the other
may be hidden, and it may be the other who is seen."""


class Describe:
    """Describes everybody by the colours of the parts of their body.

    Needs ``body``; adds ``vectors``, which `vitruvian.measure.appearance.similarity` compares.
    Colours are taken where the landmarks lie and are visible, where the person's mask agrees if
    there is one, and not where somebody else's limbs lie.

    Nobody changes clothes from frame to frame: who is followed, and whose box has met no other
    lately, is looked at ten times a second, and their vector is NaN in between.

    Example:
        >>> from vitruvian.embed import Describe
        >>> sorted(Describe().needs), sorted(Describe().adds)
        (['body'], ['vectors'])
    """

    needs = frozenset({"body"})
    adds = frozenset({"vectors"})

    def __init__(self) -> None:
        self._looked: dict[int, float] = {}
        self._met: dict[int, float] = {}

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people with appearance vectors; the block of a part not seen is NaN."""
        due = self._due(frame.time, people)
        if len(due) == len(people):
            return people.having(vectors=described(frame, people))
        vectors = np.full((len(people), len(PARTS) * VALUES), np.nan, np.float32)
        if len(due):
            # Whoever is not due meets nobody, so covers nobody either.
            vectors[due] = described(frame, people[due])
        return people.having(vectors=vectors)

    def _due(self, time: float, people: People) -> Ints:
        """The rows of those who are to be looked at now."""
        if people.ids is None:
            return np.arange(len(people))
        alone = len(people) == 1
        meet = [False] if alone else (meeting(people.boxes).sum(1) > 1).tolist()
        looked, met = self._looked, self._met
        self._looked, self._met = {}, {}
        due = []
        for row, person in enumerate(people.ids.tolist()):
            self._met[person] = time if meet[row] else met.get(person, -np.inf)
            last = looked.get(person, -np.inf)
            lately = 0 <= time - self._met[person] < _LATELY
            if person < 0 or lately or not 0 <= time - last < _EVERY:
                due.append(row)
                last = time
            self._looked[person] = last
        return np.array(due, np.int64)

    def reset(self) -> None:
        """Forget when people were looked at."""
        self._looked, self._met = {}, {}


def described(frame: Frame, people: People) -> Floats:
    """(N, D) appearance vectors."""
    body = people.body
    if body is None or not len(people):
        return np.zeros((0, len(PARTS) * VALUES), np.float32)
    where = places(body.xy)
    rgb, seen = sampled(frame, where)
    seen &= visibility(body.visibility) > _VISIBLE
    if len(people) > 1:
        seen &= ~covered(where, body.xy, body.visibility, people.boxes)
    if people.masks is not None:
        seen &= _inside(people.masks, where)
    values = shares(rgb, seen, brightness(frame)) * seen[..., None]
    count = seen @ MEMBERS.T
    blocks = np.sqrt(MEMBERS @ values / (GROUPS * np.maximum(count, 1)[..., None]))
    blocks[count < _ENOUGH * MEMBERS.sum(1)] = np.nan
    return np.asarray(blocks.reshape(len(people), -1), np.float32)


def _inside(masks: Floats, where: Floats) -> Bools:
    """(N, places) whether the person's mask is there; outside the picture it is not asked."""
    height, width = masks.shape[1:]
    at = np.rint(np.nan_to_num(where)).astype(np.int64)
    x, y = at[..., 0].clip(0, width - 1), at[..., 1].clip(0, height - 1)
    return np.asarray(masks[np.arange(len(masks))[:, None], y, x] > _IN_MASK, np.bool_)
