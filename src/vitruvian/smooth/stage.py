"""The stage that takes the jitter out of every track, by time and not by frame count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.geometry.outline import body_boxes
from vitruvian.smooth.one_euro import OneEuro, low_pass
from vitruvian.types import Floats, Frame, Landmarks, People

__all__ = ["Smooth"]

_VISIBILITY_ALPHA = 0.1
"""MediaPipe's low-pass for visibility, at 30 frames a second."""
_FORGET = 0.5
"""Seconds out of sight after which a track starts afresh."""


class Smooth:
    """Smooths landmarks, world landmarks and visibility of each person.

    MediaPipe's filters and figures (``pose_landmarker_graph.cc``), which there serve one person
    only; here every id has its own. Needs ``body``, ``ids`` and ``regions``; adds nothing new.
    """

    needs = frozenset({"body", "ids", "regions"})
    adds: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._tracks: dict[int, _Track] = {}

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people with steady landmarks; the regions stay as they were read."""
        body, ids, places = people.body, people.ids, people.regions
        if body is None or ids is None or places is None or not len(people):
            return people
        self._tracks = {
            i: track for i, track in self._tracks.items() if frame.time - track.time <= _FORGET
        }
        rows = [
            self._tracks.setdefault(int(i), _Track()).step(body[n], float(places[n, 2]), frame.time)
            for n, i in enumerate(ids)
        ]
        worlds = [row.world for row in rows if row.world is not None]
        steady = replace(
            body,
            xy=np.stack([row.xy for row in rows]),
            z=np.stack([row.z for row in rows]),
            # What is hidden is hidden at once.
            visibility=np.where(
                people.seen[:, None], [row.visibility for row in rows], body.visibility
            ).astype(np.float32),
            world=np.stack(worlds) if worlds else None,
        )
        return people.having(body=steady, boxes=body_boxes(steady))

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
