"""The stage that follows a film: regions come from the landmarks, detectors look when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from vitruvian.detect import views
from vitruvian.detect.finder import Candidates, Finder
from vitruvian.detect.survey import TILE_SCALE, as_people, room_for_small_people
from vitruvian.geometry import regions
from vitruvian.skeletons import blazepose_to_coco
from vitruvian.types import Bools, Floats, Frame, People

__all__ = ["Watch", "unknown"]

_INTERVAL = 0.4
"""Seconds between two looks while everybody is in sight: how late a newcomer may be seen."""
_INTERVAL_IN_A_CROWD = 0.2
"""The same where people hide each other all the time, or where nobody is."""
_CROWD = 3
_SEARCH = 1.0
"""Seconds of looking at every frame after the last person went out of sight."""
_SMALL_SIDE = 45
"""A region of fewer pixels in the detector's input holds somebody whom it may overlook."""
_AFTER_A_LOSS = (0, 1, 2, 4, 8, 16)
"""Frames after a loss at which to look there again: who was hidden for a moment comes back."""
_LOST_SCALE = 1.6
"""How much larger than their last region is the place where somebody lost is looked for."""
_FEW_TILES = 4


class Watch:
    """Says where to look for people in this frame of a film.

    Those who were there in the last frame are looked for where their landmarks say. A detector
    runs when there is a reason. Somebody has just been lost: it looks closely at that place, a
    few times. Nobody is there, or `_INTERVAL` has passed and a newcomer may have come: it looks
    at the whole frame and at one more view in turn (a tile, or the frame turned), so that small
    people and people upside down are found in time, and no frame takes long.

    Needs nothing; adds ``boxes``, ``scores``, ``regions`` and ``ids`` (-1 for newcomers).

    Args:
        finders: Make the detectors, when they are first needed. The first is the one that all
            views are shown to; the others see the whole frame when the first finds nobody.
        most: The most people wanted; while so many are followed nobody else is looked for.
    """

    needs: frozenset[str] = frozenset()
    adds = frozenset({"boxes", "scores", "regions", "ids"})

    def __init__(self, finders: Sequence[Callable[[], Finder]], *, most: int | None = None) -> None:
        self._finders = [cache(finder) for finder in finders]
        self._most = most
        self.reset()

    def reset(self) -> None:
        """Forget the film so far."""
        self._tiles: list[Floats] | None = None
        self._turned: list[Floats] = []
        self._round = 0
        self._places: dict[int, Floats] = {}
        self._lost: list[tuple[int, Floats]] = []
        self._seen_at = self._looked_at = -np.inf

    def __call__(self, frame: Frame, people: People) -> People:
        """Where to look: the people of the last frame, then newcomers."""
        if len(people):
            self._seen_at = frame.time
        self._note_losses(frame, people)
        if self._most is not None and len(people) >= self._most:
            return people
        looks = list(self._looks(frame, people))
        return joined(people, as_people(unknown(Candidates.joined(looks), people)))

    def _note_losses(self, frame: Frame, people: People) -> None:
        here: dict[int, Floats] = {}
        if people.ids is not None and people.regions is not None:
            here = dict(zip(people.ids.tolist(), people.regions, strict=True))
        gone = [place for i, place in self._places.items() if i not in here]
        self._lost += [(frame.index, place) for place in gone]
        self._lost = [
            (since, place)
            for since, place in self._lost
            if frame.index - since <= _AFTER_A_LOSS[-1]
        ]
        self._places = here

    def _looks(self, frame: Frame, people: People) -> Iterator[Candidates]:
        first = self._finders[0]
        for since, place in self._lost:
            if frame.index - since in _AFTER_A_LOSS:
                finder = first()
                side = place * np.array([1, 1, _LOST_SCALE, 1], np.float32)
                yield finder.find(frame, regions.affine(side, finder.input_size))
        if not self._due(frame, len(people)):
            return
        self._looked_at = frame.time
        size, input_size = frame.size, first().input_size
        whole = first().find(frame, views.whole(size, input_size))
        yield whole
        if not len(whole) and not len(people) and self._is_empty(frame):
            for other in self._finders[1:]:
                yield other().find(frame, views.whole(size, other().input_size))
        if self._most is None or len(whole) + len(people) < self._most:
            for view in self._further_views(size, people):
                yield first().find(frame, view)

    def _due(self, frame: Frame, followed: int) -> bool:
        if not followed and frame.time - self._seen_at <= _SEARCH:
            return True
        wait = _INTERVAL if 0 < followed < _CROWD else _INTERVAL_IN_A_CROWD
        return frame.time - self._looked_at >= wait

    def _further_views(self, size: tuple[int, int], people: People) -> list[Floats]:
        """What to look at beyond the whole frame, this time."""
        input_size = self._finders[0]().input_size
        if self._tiles is None:
            upright = views.whole(size, input_size)
            self._turned = [views.turned(upright, input_size, quarters) for quarters in (1, 2, 3)]
            self._tiles = (
                list(views.tiles(size, input_size, input_size * TILE_SCALE))
                if room_for_small_people(size)
                else []
            )
        self._round += 1
        every = [*self._tiles, *self._turned]
        crowd = len(people) >= _CROWD or self._is_small(people, size)
        count = max(1, min(_FEW_TILES, len(self._tiles))) if crowd else 1
        return [every[(self._round * count + i) % len(every)] for i in range(count)]

    def _is_empty(self, frame: Frame) -> bool:
        """Whether nobody has been here for a while, or ever."""
        return frame.time - self._seen_at > _SEARCH / 2

    def _is_small(self, people: People, size: tuple[int, int]) -> bool:
        """Whether somebody here is too small to be found again in the whole view."""
        if people.regions is None or not len(people):
            return False
        side = float(people.regions[:, 2].min())
        return side / max(size) * self._finders[0]().input_size < _SMALL_SIDE


def unknown(candidates: Candidates, people: People) -> Candidates:
    """The candidates who are nobody among the people, each once.

    Args:
        candidates: What the detectors found; later ones that repeat earlier ones are left out.
        people: Those who are followed, with landmarks and regions.
    """
    new = np.ones(len(candidates), np.bool_)
    if people.body is not None and people.regions is not None and len(people):
        theirs = people.body.xy[:, list(blazepose_to_coco)]
        new &= ~_same(candidates, people.regions, theirs).any(1)
    for row in range(1, len(candidates)):
        earlier = np.flatnonzero(new[:row])
        if new[row] and len(earlier):
            one = candidates[row : row + 1]
            new[row] = not _same(
                one, candidates.regions[earlier], candidates.keypoints[earlier]
            ).any()
    return candidates[new]


def _same(candidates: Candidates, places: Floats, keypoints: Floats) -> Bools:
    """(N, M) whether a candidate is a body that is known: by keypoints if both have them."""
    side = np.minimum(candidates.regions[:, None, 2], places[None, :, 2])
    gap = np.linalg.norm(candidates.keypoints[:, None] - keypoints[None], axis=-1) / side[..., None]
    gap = np.nan_to_num(gap, nan=np.inf)
    by_points = np.median(gap, -1) < _NEAR
    compared = np.isfinite(gap).any(-1)
    away = np.linalg.norm(candidates.regions[:, None, :2] - places[None, :, :2], axis=-1) / side
    ratio = np.abs(np.log(candidates.regions[:, None, 2] / places[None, :, 2]))
    by_place = (away < _NEAR) & (ratio < np.log(1.5))
    return np.asarray(np.where(compared, by_points, by_place), np.bool_)


_NEAR = 0.1
"""How near, in sides of the region, two finds of one body are."""


def joined(people: People, newcomers: People) -> People:
    """Those who are followed and, after them, those who are to be looked at."""
    if not len(people):
        return newcomers
    if people.regions is None or newcomers.regions is None or people.ids is None:
        return newcomers
    return People(
        np.concatenate([people.boxes, newcomers.boxes]),
        np.concatenate([people.scores, newcomers.scores]),
        ids=np.concatenate([people.ids, np.full(len(newcomers), -1, np.int64)]),
        regions=np.concatenate([people.regions, newcomers.regions]),
    )
