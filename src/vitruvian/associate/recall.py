"""Late recognition: somebody who got a new id turns out to be somebody who is known."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from vitruvian.associate.cues import looks
from vitruvian.associate.person import Person
from vitruvian.types import Floats

__all__ = ["Recall"]

_YOUNG = 15
"""Clear views after which a new id is no longer given up."""
_ALIKE = 1.5
"""Log odds by looks that speak neither for nor against: strangers are somewhat alike too."""
_ENOUGH = 6.0
"""Log odds that settle it."""
_MOST_AT_ONCE = 1.0
"""What one frame may add: frames are much alike."""
_PACE = 2.0
"""Sides a second that nobody exceeds, …"""
_REACH = 0.5
"""… and how many sides further away they may be."""


class Recall:
    """Evidence that somebody new is somebody known: gone, or here and mistaken for another.

    Whoever comes into sight behind another is not recognized at once, and may be taken for the
    other, who then gets a new id. The first clear views tell.
    """

    def __init__(self) -> None:
        self._evidence: dict[tuple[int, int], float] = {}

    def settle(
        self, known: Mapping[int, Person], seen: Mapping[int, Floats]
    ) -> list[tuple[int, int]]:
        """Weigh this frame's clear views; pairs of somebody new and who they turn out to be.

        Args:
            known: Everybody, by id.
            seen: The looks (D,) of those who are seen clearly in this frame, by id.
        """
        young = [n for n in seen if known[n].identity.looks < _YOUNG]
        found: list[tuple[int, int]] = []
        evidence: dict[tuple[int, int], float] = {}
        for number in young:
            for other, person in known.items():
                if other == number or person.identity.looks < _YOUNG:
                    continue
                if person.here and other not in seen:
                    continue
                gain = self._gain(known[number], person, seen)
                total = self._evidence.get((number, other), 0.0) + gain
                evidence[number, other] = max(total, 0.0)
        self._evidence = {pair: e for pair, e in self._evidence.items() if pair[0] in known}
        self._evidence |= evidence
        for pair in sorted(evidence, key=lambda pair: -evidence[pair]):
            if evidence[pair] > _ENOUGH and not {*pair} & {n for two in found for n in two}:
                found.append(pair)
                self._evidence = {p: e for p, e in self._evidence.items() if not {*p} & {*pair}}
        return found

    def _gain(self, new: Person, old: Person, seen: Mapping[int, Floats]) -> float:
        if not old.here and not _within_reach(new, old):
            return -_MOST_AT_ONCE
        theirs = _ALIKE
        if old.here:
            theirs += max(0.0, _worth(old, seen[old.id]))
        return float(np.clip(_worth(old, seen[new.id]) - theirs, -_MOST_AT_ONCE, _MOST_AT_ONCE))


def _worth(person: Person, look: Floats) -> float:
    return float(looks([person], look[None])[0, 0])


def _within_reach(new: Person, old: Person) -> bool:
    """Whether somebody gone can have come here meanwhile."""
    if math.isnan(old.motion.place[0]):
        return True
    away = math.dist(new.motion.place, old.motion.place) / new.motion.side
    return away < _REACH + _PACE * (new.time - old.time)
