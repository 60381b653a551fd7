"""Who is who after two people were in contact: decided by looks, when one or both are clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vitruvian.associate.cues import looks
from vitruvian.associate.person import Person
from vitruvian.geometry.boxes import overlap_of
from vitruvian.types import Bools, Floats

__all__ = ["Doubts"]

_CONTACT = 0.4
"""The share of somebody's box inside another's from which on they may be mixed up."""
_CLEAR = 0.2
"""The same, below which they look like themselves."""
_ENOUGH = 4.0
"""Log odds that settle it."""
_MOST_AT_ONCE = 1.0
"""What one frame may add: frames are much alike."""
_DIFFERENT = -1.0
"""Log odds that two people are not one, below which looks cannot tell them apart."""
_LONGEST = 3.0
"""Seconds after which a doubt that looks do not settle is let go."""


@dataclass(slots=True)
class _Doubt:
    time: float
    mixed_up: float = 0.0


class Doubts:
    """Pairs of people who were in contact, and the evidence since that they were mixed up."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], _Doubt] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._pairs)

    def about(self, person: int) -> bool:
        """Whether it is not settled who this is."""
        return any(person in pair for pair in self._pairs)

    def partners(self, person: int) -> set[int]:
        """With whom somebody has been in contact lately."""
        return {other for pair in self._pairs if person in pair for other in pair} - {person}

    def clear(self, boxes: Floats) -> Bools:
        """(N,) whose boxes are so free of others that their looks are their own."""
        if len(boxes) == 1:
            return np.ones(1, np.bool_)
        share = overlap_of(boxes, boxes)
        np.fill_diagonal(share, 0)
        return np.asarray(share.max(1, initial=0) < _CLEAR, np.bool_)

    def note(self, people: Sequence[Person], boxes: Floats, time: float) -> None:
        """Remember who is in contact in this frame.

        While two bodies touch and both are read, all that was found out before counts for nothing:
        they may be mixed up again.

        Args:
            people: Everybody who is here, seen or hidden.
            boxes: (N, 4) where they are.
            time: Seconds.
        """
        if len(people) > 1:
            share = overlap_of(boxes, boxes)
            touching = np.triu(np.maximum(share, share.T), 1) > _CONTACT
            for i, j in np.argwhere(touching).tolist():
                one, other = sorted((people[i].id, people[j].id))
                doubt = self._pairs.setdefault((one, other), _Doubt(time))
                doubt.time = time
                if people[i].time == people[j].time == time:
                    doubt.mixed_up = 0.0
        self._pairs = {
            pair: doubt for pair, doubt in self._pairs.items() if time - doubt.time < _LONGEST
        }

    def settle(self, known: dict[int, Person], seen: dict[int, Floats]) -> list[tuple[int, int]]:
        """Weigh this frame's clear views; the pairs that turn out to be mixed up.

        Nobody is in two of these pairs: once two are exchanged, what spoke for another exchange of
        one of them was about another body.

        Args:
            known: Everybody, by id.
            seen: The looks (D,) of those who are seen clearly in this frame, by id.
        """
        swapped: list[tuple[int, int]] = []
        for pair, doubt in list(self._pairs.items()):
            views = [person for person in pair if person in seen]
            if not views or any(person not in known for person in pair):
                continue
            two = [known[person] for person in pair]
            if not _differ(two):
                continue
            worth = looks(two, np.stack([seen[person] for person in views]))
            gain = 0.0
            for column, person in enumerate(views):
                own = pair.index(person)
                gain += float(worth[1 - own, column] - worth[own, column])
            doubt.mixed_up += float(np.clip(gain, -_MOST_AT_ONCE, _MOST_AT_ONCE))
            if abs(doubt.mixed_up) > _ENOUGH:
                if doubt.mixed_up > 0 and any({*pair} & {*other} for other in swapped):
                    doubt.mixed_up = 0.0
                    continue
                del self._pairs[pair]
                if doubt.mixed_up > 0:
                    swapped.append(pair)
        return swapped


def _differ(two: Sequence[Person]) -> bool:
    """Whether two people look so different that looks can tell them apart."""
    one, other = (person.identity.look for person in two)
    if one is None or other is None:
        return False
    return float(looks(two[:1], other[None])[0, 0]) < -_DIFFERENT
