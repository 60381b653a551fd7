"""The stage that follows a film: regions come from the landmarks, detectors look when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from vitruvian.detect import views
from vitruvian.detect.finder import Candidates, Finder
from vitruvian.detect.survey import TILE_SCALE, as_people, room_for_small_people
from vitruvian.skeletons import blazepose_to_coco
from vitruvian.types import Bools, Floats, Frame, People

__all__ = ["Watch", "unknown"]

_INTERVAL = 0.4
"""Seconds between two looks while everybody is in sight: how late a newcomer may be seen."""
_INTERVAL_IN_A_CROWD = 0.2
"""The same where people come and go, or where nobody is."""
_CROWD = 3
"""People; so many hide each other all the time."""
_SEARCH = 1.0
"""Seconds of looking at every frame after the last person went out of sight."""
_SMALL_SIDE = 90
"""A region of fewer pixels in the detector's input holds somebody whom it may overlook."""
_AFTER_A_LOSS = (0, 1, 2, 4, 8)
"""Frames after a loss at which to look again: somebody hidden for a moment comes back."""


class Watch:
    """Says where to look for people in this frame of a film.

    Those who were there in the last frame are looked for where their landmarks say. The
    detectors run when there is a reason: nobody is there, somebody has just been lost, or
    `_INTERVAL` has passed and a newcomer may have come. Each such look is at the whole frame
    and at one more view in turn (a tile, or the frame turned), so that small people and people
    upside down are found within a few seconds without a frame that takes long.

    Needs nothing; adds ``boxes``, ``scores``, ``regions`` and ``ids`` (-1 for newcomers).

    Args:
        finders: The detectors that see the whole frame.
        close: Makes the detector for tiles when it is first needed; None for no tiles.
        most: The most people wanted; while so many are followed nobody else is looked for.
    """

    needs: frozenset[str] = frozenset()
    adds = frozenset({"boxes", "scores", "regions", "ids"})

    def __init__(
        self,
        finders: Sequence[Finder],
        close: Callable[[], Finder] | None = None,
        *,
        most: int | None = None,
    ) -> None:
        self._finders = finders
        self._close = close
        self._most = most
        self._tiler: Finder | None = None
        self.reset()

    def reset(self) -> None:
        """Forget the film so far."""
        self._tiles: list[tuple[Finder, Floats]] | None = None
        self._turned: list[tuple[Finder, Floats]] = []
        self._first_round = self._round = 0
        self._followed: set[int] = set()
        self._look_again: set[int] = set()
        self._seen_at = -np.inf
        self._looked_at = -np.inf

    def __call__(self, frame: Frame, people: People) -> People:
        """Where to look: the people of the last frame, then newcomers."""
        if len(people):
            self._seen_at = frame.time
        here = set() if people.ids is None else set(people.ids.tolist())
        if self._followed - here:
            self._look_again = {frame.index + wait for wait in _AFTER_A_LOSS}
        self._followed = here
        if not self._due(frame, len(people)):
            return people
        self._looked_at = frame.time
        newcomers = unknown(Candidates.joined(self._looks(frame, people)), people)
        return joined(people, as_people(newcomers))

    def _due(self, frame: Frame, followed: int) -> bool:
        if self._most is not None and followed >= self._most:
            return False
        if not followed and frame.time - self._seen_at <= _SEARCH:
            return True
        if frame.index in self._look_again or self._first_round > 0:
            return True
        wait = _INTERVAL if 0 < followed < _CROWD else _INTERVAL_IN_A_CROWD
        return frame.time - self._looked_at >= wait

    def _looks(self, frame: Frame, people: People) -> Iterator[Candidates]:
        if self._tiles is None:
            self._prepare(frame.size)
        # The last detector is the one that needs no face; the others help while nobody is there.
        for finder in self._finders[-1:] if len(people) else self._finders:
            yield finder.find(frame, views.whole(frame.size, finder.input_size))
        tiles, turned = self._tiles or [], self._turned
        if tiles and (len(people) >= _CROWD or self._is_small(people, frame.size)):
            extra = [*tiles, turned[self._round % len(turned)]]
        else:
            every = [*tiles, *turned]
            extra = [every[self._round % len(every)]]
        self._round += 1
        self._first_round = max(0, self._first_round - len(extra))
        for finder, view in extra:
            yield finder.find(frame, view)

    def _is_small(self, people: People, size: tuple[int, int]) -> bool:
        """Whether somebody here is too small to be found again in the whole view."""
        if people.regions is None or not len(people):
            return False
        side = float(people.regions[:, 2].min())
        return side / max(size) * self._finders[-1].input_size < _SMALL_SIDE

    def _prepare(self, size: tuple[int, int]) -> None:
        """The views beyond the whole frame: tiles, and the frame turned."""
        self._tiles = []
        if self._close is not None and room_for_small_people(size):
            self._tiler = self._tiler or self._close()
            tile = self._tiler.input_size
            looks = views.tiles(size, tile, tile * TILE_SCALE)
            self._tiles = [(self._tiler, view) for view in looks]
        finder = self._finders[-1]
        upright = views.whole(size, finder.input_size)
        self._turned = [
            (finder, views.turned(upright, finder.input_size, quarters)) for quarters in (1, 2, 3)
        ]
        self._first_round = len(self._tiles) + len(self._turned)


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
