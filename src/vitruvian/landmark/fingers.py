"""The stage that reads both hands of everybody, each of them where their own arm ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from vitruvian.geometry import hand_regions, regions
from vitruvian.geometry.knuckles import centred
from vitruvian.landmark.arms import MIN_SCORE, REACH, SIDES, Arm, PalmSearch, arms_of
from vitruvian.landmark.hand import HandReading, similar
from vitruvian.landmark.hand_reader import HandReader
from vitruvian.skeletons import HAND_21
from vitruvian.types import Floats, Frame, Landmarks, People

__all__ = ["Fingers", "PalmSearch"]

_WORTH_A_SECOND_LOOK = 0.1
_SEARCH = 1.5
"""How much wider than the region of a hand palms are searched for."""
_PATIENCE = 0.4
"""Seconds between two searches for a palm at the same wrist."""


class Fingers:
    """Fills ``left_hand`` and ``right_hand``: 21 landmarks each, NaN where no hand is seen.

    A hand is looked for where the wrist and knuckles of its own body are, and in a film where it
    was in the last frame. What is read there must be a hand whose wrist is near the body's; where
    two arms end in the same hand, it is given to the one whose wrist is nearer and whose side it
    looks like. Where nothing is found, palms are searched for round the wrist.

    Needs ``body`` and ``ids``. World landmarks are in metres from the mean of the four knuckles.

    Args:
        reader: The hand model.
        palms: Gives a palm detector when one is needed; None to do without.
        stills: Whether every frame stands alone, so that an id of the last says nothing.
    """

    needs = frozenset({"body", "ids"})
    adds = frozenset({"left_hand", "right_hand"})

    def __init__(
        self,
        reader: HandReader,
        *,
        palms: Callable[[], PalmSearch] | None = None,
        stills: bool = False,
    ) -> None:
        self._reader = reader
        self._open = palms
        self._stills = stills
        self._palms: PalmSearch | None = None
        self._last: dict[tuple[int, str], Floats] = {}
        self._searched: dict[tuple[int, str], float] = {}

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people with their hands."""
        if self._stills:
            self.reset()
        arms = arms_of(people, self._last)
        self._read(frame, arms, [arm.region for arm in arms])
        fresh = [arm for arm in arms if not arm.known]
        self._look_again(frame, fresh)
        _settle(arms)
        self._search(frame, [arm for arm in arms if arm.hand is None], arms)
        self._last = {
            arm.key: hand_regions.from_hand(arm.hand.xy[None])[0]
            for arm in arms
            if arm.hand is not None
        }
        left, right = (_column(arms, side, len(people)) for side in SIDES)
        return people.having(left_hand=left, right_hand=right)

    def reset(self) -> None:
        """Forget every hand."""
        self._last = {}
        self._searched = {}

    def _read(self, frame: Frame, arms: Sequence[Arm], places: Sequence[Floats]) -> None:
        if arms:
            readings = self._reader.read(frame, np.stack(places))
            for arm, reading, place in zip(arms, readings, places, strict=True):
                arm.take(reading, place, MIN_SCORE if arm.known else _WORTH_A_SECOND_LOOK)

    def _look_again(self, frame: Frame, arms: Sequence[Arm]) -> None:
        """A region made from an arm is rough: read once more where the first reading points."""
        arms = [arm for arm in arms if arm.hand is not None]
        places = [hand_regions.from_hand(arm.hand.xy[None])[0] for arm in arms if arm.hand]
        if arms:
            readings = self._reader.read(frame, np.stack(places))
            for arm, reading, place in zip(arms, readings, places, strict=True):
                arm.take(reading, place)

    def _search(self, frame: Frame, arms: Sequence[Arm], everyone: Sequence[Arm]) -> None:
        """Look for palms round the wrists of arms that have no hand yet."""
        self._searched = {
            key: time for key, time in self._searched.items() if 0 <= frame.time - time < _PATIENCE
        }
        due = [arm for arm in arms if arm.key not in self._searched]
        if not due or self._open is None:
            return
        self._palms = self._palms or self._open()
        found: list[tuple[Arm, Floats]] = []
        for arm in due:
            self._searched[arm.key] = frame.time
            place = _nearest_palm(self._palms, frame, arm)
            if place is not None:
                found.append((arm, place))
        for arm, reading, place in self._readings(frame, found):
            arm.take(reading, place)
        _settle(everyone)

    def _readings(
        self, frame: Frame, found: Sequence[tuple[Arm, Floats]]
    ) -> list[tuple[Arm, HandReading, Floats]]:
        if not found:
            return []
        readings = self._reader.read(frame, np.stack([place for _, place in found]))
        return [
            (arm, reading, place) for (arm, place), reading in zip(found, readings, strict=True)
        ]


def _settle(arms: Sequence[Arm]) -> None:
    """Where two arms end in the same hand, leave it to the one it belongs to."""
    held = sorted((arm for arm in arms if arm.hand is not None), key=Arm.cost)
    if len(held) < 2:
        return
    same = similar(np.stack([arm.hand.xy for arm in held if arm.hand is not None]))
    kept: list[int] = []
    for i, arm in enumerate(held):
        if same[i, kept].any():
            arm.reading = arm.hand = None
        else:
            kept.append(i)


def _nearest_palm(palms: PalmSearch, frame: Frame, arm: Arm) -> Floats | None:
    """The region of the palm whose wrist is nearest to an arm's, if it is near enough."""
    side = max(_SEARCH * float(arm.region[2]), 3 * REACH * arm.length)
    view = np.array([*arm.wrist, side, 0], np.float32)
    found = palms.find(frame, regions.affine(view, palms.input_size))
    away = [arm.away(wrist) for wrist in found.keypoints[:, 0]]
    if not away or min(away) >= REACH:
        return None
    return np.asarray(found.regions()[int(np.argmin(away))], np.float32)


def _column(arms: Sequence[Arm], side: str, count: int) -> Landmarks:
    """The hands of one side, a row for each person."""
    column = Landmarks.missing(HAND_21, (count,))
    for arm in arms:
        if arm.side != side or arm.hand is None or arm.reading is None:
            continue
        hand = arm.hand
        column.xy[arm.row], column.z[arm.row] = hand.xy, hand.z
        column.visibility[arm.row] = column.presence[arm.row] = arm.reading.score
        if column.world is not None and hand.world is not None:
            column.world[arm.row] = centred(hand.world)
    return column
