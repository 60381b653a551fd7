"""The stage that makes every hand a hand: bones of one length, joints within their limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.fit.hand import HandFit
from vitruvian.types import Frame, Landmarks, People

__all__ = ["Articulate"]

_HANDS = ("left_hand", "right_hand")
_FORGET = 1.0
"""Seconds out of sight after which a hand is measured afresh."""


class Articulate:
    """Fits a mechanism to the world landmarks of each hand; pixels stay as they are.

    Needs ``ids``, ``left_hand`` and ``right_hand``; adds nothing new.

    Args:
        stills: Whether every frame stands alone, so that an id of the last says nothing.
    """

    needs = frozenset({"ids", "left_hand", "right_hand"})
    adds: frozenset[str] = frozenset()

    def __init__(self, *, stills: bool = False) -> None:
        self._stills = stills
        self._fits: dict[tuple[int, str], tuple[HandFit, float]] = {}

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people with hands whose bones keep their lengths."""
        if self._stills:
            self.reset()
        self._fits = {
            key: (fit, seen)
            for key, (fit, seen) in self._fits.items()
            if 0 <= frame.time - seen <= _FORGET
        }
        return people.having(**{part: self._fitted(people, part, frame.time) for part in _HANDS})

    def reset(self) -> None:
        """Forget every hand."""
        self._fits = {}

    def _fitted(self, people: People, part: str, time: float) -> Landmarks | None:
        hands: Landmarks | None = getattr(people, part)
        if hands is None or hands.world is None or people.ids is None:
            return hands
        world = hands.world.copy()
        for row in np.flatnonzero(np.isfinite(world).all((1, 2))):
            key = (int(people.ids[row]), part)
            fit, _ = self._fits.get(key) or (HandFit(right=part == "right_hand"), time)
            world[row] = fit(world[row], hands.xy[row])
            self._fits[key] = (fit, time)
        return replace(hands, world=world)
