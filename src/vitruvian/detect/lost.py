"""Those who have just been lost: where to look for them again, when, and which way up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.types import Floats, People

__all__ = ["Lost"]

_LOOKS = ((0.0, 0), (0.03, 1), (0.06, 3), (0.12, 0), (0.25, 2), (0.5, 0), (1.0, 0))
"""Seconds after a loss at which to look there again, and turned by how many quarters."""
_BEHIND, _LONGEST = 0.2, 5.0
"""Seconds between further looks while somebody stands where another was lost, for whoever comes out
from behind them comes out there; and seconds after which a loss is forgotten, looked at or not."""


class Lost:
    """Remembers where people were lost, and says when to look there."""

    def __init__(self) -> None:
        self._here: dict[int, Floats] = {}
        self._losses: list[_Loss] = []

    def forget(self) -> None:
        """Nobody is where they were."""
        self._here, self._losses = {}, []

    def note(self, people: People, time: float) -> None:
        """Take in who is still here.

        Args:
            people: Those who are seen, with ids and regions.
            time: Of the frame, in seconds.
        """
        here: dict[int, Floats] = {}
        if people.ids is not None and people.regions is not None:
            here = dict(zip(people.ids.tolist(), people.regions, strict=True))
        gone = [place for number, place in self._here.items() if number not in here]
        self._losses += [_Loss(place, time) for place in gone]
        self._losses = [loss for loss in self._losses if loss.open(people, time)]
        self._here = here

    def due(self, time: float) -> list[tuple[Floats, int]]:
        """The regions to look at in this frame, and by how many quarters to turn them."""
        looks = [(loss.place, loss.due(time)) for loss in self._losses]
        return [(place, quarters) for place, quarters in looks if quarters is not None]


@dataclass(slots=True)
class _Loss:
    place: Floats
    time: float
    looks: int = 0
    looked_at: float = -np.inf

    def open(self, people: People, time: float) -> bool:
        """Whether it is worth looking for them any longer."""
        if time - self.time > _LONGEST:
            return False
        if self.looks < len(_LOOKS):
            return True
        if people.regions is None:
            return False
        away = np.linalg.norm(people.regions[:, :2] - self.place[:2], axis=1)
        return bool((away < (people.regions[:, 2] + self.place[2]) / 4).any())

    def due(self, time: float) -> int | None:
        """The quarters to turn by if this is a time to look."""
        if self.looks < len(_LOOKS):
            wait, quarters = _LOOKS[self.looks]
            now = time - self.time >= wait
        else:
            now, quarters = time - self.looked_at >= _BEHIND, 0
        if not now:
            return None
        self.looks, self.looked_at = self.looks + 1, time
        return quarters
