"""The stage that takes the jitter out of every track, by time and not by frame count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.geometry import hand_regions
from vitruvian.geometry.knuckles import centred
from vitruvian.geometry.outline import body_boxes
from vitruvian.smooth.one_euro import OneEuro, low_pass
from vitruvian.types import Floats, Frame, Landmarks, People

__all__ = ["Smooth"]

_VISIBILITY_ALPHA = 0.1
"""MediaPipe's low-pass for visibility, at 30 frames a second."""
_HANDS = ("left_hand", "right_hand")
_FORGET = 0.5
"""Seconds out of sight after which a track starts afresh."""


class Smooth:
    """Smooths landmarks, world landmarks and visibility of each person.

    MediaPipe's filters and figures (``pose_landmarker_graph.cc``), which there serve one person
    only; here every id has its own, and each of its hands. Needs ``body``, ``ids`` and
    ``regions``; adds nothing new.
    """

    needs = frozenset({"body", "ids", "regions"})
    adds: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._tracks: dict[tuple[int, str], _Track] = {}

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people with steady landmarks; the regions stay as they were read."""
        body, ids, places = people.body, people.ids, people.regions
        if body is None or ids is None or places is None or not len(people):
            return people
        self._tracks = {
            i: track for i, track in self._tracks.items() if frame.time - track.time <= _FORGET
        }
        rows = [
            self._track(i, "body").step(body[n], side, frame.time)
            for n, (i, side) in enumerate(zip(ids.tolist(), places[:, 2].tolist(), strict=True))
        ]
        steady = Landmarks.stacked(rows)
        # What is hidden is hidden at once.
        shown = np.where(people.seen[:, None], steady.visibility, body.visibility)
        steady = replace(steady, visibility=shown, presence=body.presence)
        hands = {side: self._hands(people, side, frame.time) for side in _HANDS}
        return people.having(body=steady, boxes=body_boxes(steady), **hands)

    def _track(self, person: int, part: str) -> _Track:
        track = self._tracks.get((person, part))
        if track is None:
            track = self._tracks[person, part] = _Track()
        return track

    def _hands(self, people: People, part: str, time: float) -> Landmarks | None:
        """The left or right hands, steady; one that was not seen starts afresh."""
        raw: Landmarks | None = getattr(people, part)
        if raw is None or people.ids is None:
            return raw
        steady = replace(
            raw,
            xy=raw.xy.copy(),
            z=raw.z.copy(),
            visibility=raw.visibility.copy(),
            world=None if raw.world is None else raw.world.copy(),
        )
        sides = hand_regions.from_hand(raw.xy)[:, 2]
        for row, person in enumerate(people.ids.tolist()):
            if not np.isfinite(sides[row]):
                self._tracks.pop((person, part), None)
                continue
            hand = self._track(person, part).step(raw[row], float(sides[row]), time)
            steady.xy[row], steady.z[row], steady.visibility[row] = hand.xy, hand.z, hand.visibility
            if steady.world is not None and hand.world is not None:
                steady.world[row] = centred(hand.world)
        return steady

    def reset(self) -> None:
        """Forget every track."""
        self._tracks = {}


class _Track:
    def __init__(self) -> None:
        self.time = -np.inf
        self._image = OneEuro(0.05, 80.0)
        self._world = OneEuro(0.1, 40.0)
        self._visibility: Floats | None = None

    def step(self, body: Landmarks, side: float, time: float) -> Landmarks:
        xyz = np.concatenate([body.xy, body.z[:, None]], 1)
        xyz = self._image(xyz, time, 1 / side if side > 1e-6 else 1.0)
        world = None if body.world is None else self._world(body.world, time)
        if self._visibility is None:
            self._visibility = body.visibility
        else:
            alpha = 1 - (1 - _VISIBILITY_ALPHA) ** (30 * max(0.0, time - self.time))
            self._visibility = low_pass(self._visibility, body.visibility, alpha)
        self.time = time
        return replace(body, xy=xyz[:, :2], z=xyz[:, 2], visibility=self._visibility, world=world)
