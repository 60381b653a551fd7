"""Arms of bodies, and whether a hand is at the end of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vitruvian.geometry import hand_regions
from vitruvian.geometry.knuckles import KNUCKLES
from vitruvian.landmark.hand import HandReading, project
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Frame, Landmarks, People

__all__ = ["MIN_SCORE", "REACH", "SIDES", "Arm", "PalmSearch", "arms_of"]

SIDES = ("left", "right")
MIN_SCORE = 0.5
REACH = 0.4
"""How far a hand's wrist may be from the body's, in lengths of the arm's longer part."""
_LARGEST = 0.8
"""How large a palm may be, in the same lengths; a palm has about 0.4 of a forearm."""
_MIN_VISIBILITY = 0.3
_MIN_SIDE = 24
"""Pixels of a region; in less fingers cannot be told apart."""
_OTHER_SIDE, _KNOWN = 0.5, 0.3
"""What the wrong handedness costs, and what having been there before is worth, in arm lengths."""
_PALM = [0, KNUCKLES[0], KNUCKLES[3]]


class _Palms(Protocol):
    """Palms that were found: `vitruvian.detect.palm.Palms`."""

    @property
    def keypoints(self) -> Floats: ...

    def regions(self) -> Floats: ...


class PalmSearch(Protocol):
    """A palm detector: `vitruvian.detect.palm.PalmFinder`."""

    @property
    def input_size(self) -> int:
        """Width and height of its square input."""
        ...

    def find(self, frame: Frame, view: Floats) -> _Palms:
        """The palms in one view."""
        ...


@dataclass(slots=True, eq=False)
class Arm:
    """One arm of one person, and the hand at its end once it is found."""

    row: int
    side: str
    key: tuple[int, str]
    wrist: Floats
    length: float
    region: Floats
    known: bool = False
    reading: HandReading | None = None
    hand: Landmarks | None = None

    def away(self, wrist: Floats) -> float:
        """How far a place is from this arm's wrist, in arm lengths."""
        return float(np.linalg.norm(wrist - self.wrist)) / self.length

    def take(self, reading: HandReading, place: Floats, min_score: float = MIN_SCORE) -> None:
        """Keep a reading if it is a hand, of a fit size, at the end of this arm."""
        hand = project(reading, place)
        corners = hand.xy[_PALM]
        palm = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).max())
        fits = self.away(hand.xy[0]) < REACH and palm < _LARGEST * self.length
        there = reading.score > min_score and fits
        self.reading, self.hand = (reading, hand) if there else (None, None)

    def cost(self) -> float:
        """How little the hand seems to be this arm's."""
        if self.reading is None or self.hand is None:
            return np.inf
        wrong = 1 - self.reading.right if self.side == "right" else self.reading.right
        return self.away(self.hand.xy[0]) + _OTHER_SIDE * wrong - _KNOWN * self.known


def arms_of(people: People, last: dict[tuple[int, str], Floats]) -> list[Arm]:
    """The arms whose wrists are in sight, with the regions to look at first."""
    body, ids = people.body, people.ids
    if body is None or ids is None:
        return []
    arms = []
    for side in SIDES:
        shoulder, elbow, wrist, pinky, index = (
            body.xy[:, BLAZEPOSE_33.index(f"{side}_{joint}")]
            for joint in ("shoulder", "elbow", "wrist", "pinky", "index")
        )
        seen = body.visibility[:, BLAZEPOSE_33.index(f"{side}_wrist")] >= _MIN_VISIBILITY
        length = np.fmax(
            np.linalg.norm(elbow - wrist, axis=1), np.linalg.norm(shoulder - elbow, axis=1)
        )
        rough = hand_regions.from_arm(wrist, pinky, index)
        # A hand that points at the camera has its knuckles on its wrist, and is no smaller.
        rough[:, 2] = np.fmax(rough[:, 2], length)
        large = (rough[:, 2] >= _MIN_SIDE) & (length >= 1)
        for row in np.flatnonzero(seen & large):
            key = (int(ids[row]), side)
            known = ids[row] >= 0 and key in last
            place = last[key] if known else rough[row]
            arms.append(Arm(int(row), side, key, wrist[row], float(length[row]), place, known))
    return arms
