"""The stage that tells a hand close up from a body."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from vitruvian.geometry import regions
from vitruvian.landmark.arms import MIN_SCORE, PalmSearch, arms_of
from vitruvian.landmark.hand import HandReading, project
from vitruvian.landmark.hand_reader import HandReader
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Frame, People

__all__ = ["RejectHands"]

_SHOULDERS = [BLAZEPOSE_33.index("left_shoulder"), BLAZEPOSE_33.index("right_shoulder")]
_HIPS = [BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip")]
_WRIST, _KNUCKLE, _TIP = 0, 9, 12
_ON_IT = 0.25
"""The share of a body's landmarks on a hand from which on that may be all there is of it."""
_LONG = 0.5
"""The same for the hand's length, in torsos. A hand has 0.108 of the stature and a torso 0.288
(Drillis and Contini), which makes 0.375."""
_SKIN = 0.3
"""How far skin reaches beyond the outline of a hand's landmarks, in palms."""
_WIDER = 2.0
"""How much wider than the body the view is in which palms are searched for."""
_MOST = 4
_TRIAL, _AGAIN, _LATER = 2.0, 0.25, 1.0
"""Seconds for which a newcomer is on trial, and between two looks at them, then and later."""


class RejectHands:
    """Turns away bodies that are nothing but a hand.

    Shown a hand close up, the body's models make a body of it, and are sure. So palms are searched
    for in the picture and round the body. It is turned away if there is a hand with a quarter of
    its landmarks on it, which is too long for it and at the end of neither of its arms. In a film
    this is asked about newcomers, often in their first two seconds, and then once a second.

    Needs ``body`` and ``ids``.

    Args:
        reader: The hand model.
        palms: Gives a palm detector when one is needed.
        stills: Whether every frame stands alone.
    """

    needs = frozenset({"body", "ids"})
    adds: frozenset[str] = frozenset()

    def __init__(
        self, reader: HandReader, palms: Callable[[], PalmSearch], *, stills: bool = False
    ) -> None:
        self._reader = reader
        self._open = palms
        self._palms: PalmSearch | None = None
        self._stills = stills
        self.reset()

    def reset(self) -> None:
        """Forget who has been looked at."""
        self._since: dict[int, float] = {}
        self._looked = -np.inf

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people without those who are hands."""
        if people.body is None or people.ids is None:
            return people
        ids = people.ids.tolist()
        if not (self._stills or self._due(frame.time, ids)):
            return people
        everywhere = self._hands(frame, _all_of(frame)) if ids else []
        keep = np.ones(len(ids), np.bool_)
        for row, i in enumerate(ids):
            hands = everywhere
            if self._stills or i < 0:
                hands = hands + self._hands(frame, _round(frame, people.body.xy[row]))
            keep[row] = not any(_is_all_of(hand, people[row]) for hand in hands)
        return people[keep]

    def _due(self, time: float, ids: Sequence[int]) -> bool:
        """Whether it is time to look: somebody is new, or the last look is too long ago."""
        self._since = {i: self._since.get(i, time) for i in ids if i >= 0}
        young = any(time - since < _TRIAL for since in self._since.values())
        due = any(i < 0 for i in ids) or time - self._looked >= (_AGAIN if young else _LATER)
        if due:
            self._looked = time
        return due

    def _hands(self, frame: Frame, view: Floats) -> list[_Hand]:
        """The hands in a part of the picture: (4,) a region."""
        self._palms = self._palms or self._open()
        found = self._palms.find(frame, regions.affine(view, self._palms.input_size))
        places = found.regions()[:_MOST]
        return [
            _Hand(reading, place, project(reading, place).xy)
            for reading, place in zip(self._reader.read(frame, places), places, strict=True)
            if reading.score > MIN_SCORE
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Hand:
    """A hand and its (21, 2) pixels."""

    reading: HandReading
    place: Floats
    xy: Floats

    @property
    def length(self) -> float:
        """From the wrist to the tip of the middle finger; bent, it is twice the palm."""
        whole, palm = np.linalg.norm(self.xy[[_TIP, _KNUCKLE]] - self.xy[_WRIST], axis=1).tolist()
        return float(max(whole, 2 * palm))

    def share(self, xy: Floats) -> float:
        """The share of (K, 2) points that lie on it."""
        outline = cv2.convexHull(self.xy)
        skin = _SKIN * self.length / 2
        away = [cv2.pointPolygonTest(outline, (float(x), float(y)), True) for x, y in xy]
        return float(np.mean(np.array(away) > -skin))


def _all_of(frame: Frame) -> Floats:
    width, height = frame.size
    return np.array([width / 2, height / 2, max(width, height), 0], np.float32)


def _round(frame: Frame, xy: Floats) -> Floats:
    """The place of a body, as far as it is in the picture."""
    low, high = (np.clip(edge(xy, 0), 0, frame.size) for edge in (np.min, np.max))
    side = max(float((high - low).max()), 1.0)
    return np.array([*(low + high) / 2, _WIDER * side, 0], np.float32)


def _is_all_of(hand: _Hand, person: People) -> bool:
    """Whether a hand is all there is of somebody."""
    body = person.body
    if body is None:
        return False
    xy = body.xy[0]
    torso = float(np.linalg.norm(xy[_SHOULDERS].mean(0) - xy[_HIPS].mean(0)))
    if hand.length < _LONG * torso or hand.share(xy) < _ON_IT:
        return False
    arms = arms_of(person, {})
    for arm in arms:
        arm.take(hand.reading, hand.place)
    return all(arm.hand is None for arm in arms)
