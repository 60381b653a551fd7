"""The stage that follows a film: regions come from the landmarks, detectors look when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from vitruvian.detect import views
from vitruvian.detect.finder import Candidates, Finder
from vitruvian.detect.lost import Lost
from vitruvian.detect.schedule import WIDER, Schedule
from vitruvian.detect.survey import as_people
from vitruvian.geometry import regions
from vitruvian.geometry.boxes import meeting
from vitruvian.geometry.cuts import Cuts
from vitruvian.geometry.edges import Edges
from vitruvian.skeletons import blazepose_to_coco
from vitruvian.types import Bools, Floats, Frame, Landmarks, People

__all__ = ["Watch", "unknown"]

_BEHIND = 0.1
"""Seconds between two looks at where somebody is hidden."""
_LARGE, _CLOSER = 0.75, 0.75
"""A newcomer's region of so much of the picture's shorter side is looked at again, and so much of
it. With regions of any size, films of one person got a second."""
_NEAR = 0.1
"""How near, in sides of the region, two finds of one body are."""


class Watch:
    """Says where to look for people in this frame of a film.

    Those who were there in the last frame are looked for where their landmarks say. A detector
    runs when there is a reason. Somebody has just been lost: it looks closely at that place, a
    few times. Somebody is hidden: it looks closely behind whom. Or a newcomer may have come: the
    `Schedule` says at which views it looks now, so that small people, people upside down and
    people beside others are found in time, and no frame takes long.

    Needs nothing; adds ``boxes``, ``scores``, ``regions`` and ``ids`` (-1 for newcomers).

    Args:
        finders: Make the detectors, when they are first needed. The first is the one that all
            views are shown to; the others see the whole frame at the start, after a cut, and when
            the first finds nobody.
        most: The most people wanted; while so many are followed nobody else is looked for.
        twice: Whether the first looks again, closely, at large newcomers: BlazePose's detector
            makes the region of somebody small up to twice too large, and then no model reads it.
    """

    needs: frozenset[str] = frozenset()
    adds = frozenset({"boxes", "scores", "regions", "ids"})

    def __init__(
        self,
        finders: Sequence[Callable[[], Finder]],
        *,
        most: int | None = None,
        twice: bool = False,
    ) -> None:
        self._makers = finders
        self._finders = [cache(finder) for finder in finders]
        self._most = most
        self._twice = twice
        self.reset()

    def reset(self) -> None:
        """Forget the film so far."""
        self._schedule = Schedule()
        self._lost = Lost()
        self._looked_behind_at = -np.inf
        self._turn = 0
        self._cuts = Cuts()
        self._edges = Edges()
        self._at_start = True

    def __call__(self, frame: Frame, people: People) -> People:
        """Where to look: the people of the last frame, then newcomers."""
        if self._cuts(frame):
            people = self._after_a_cut()
        moving = self._edges(frame, people.boxes)
        # Who is overlooked in the open is left to the detector: the landmark model, shown a
        # place where nobody is, may make a body out of what lies there.
        if not people.seen.all():
            people = people[people.seen | _behind_somebody(people)]
        seen = people[people.seen]
        self._schedule.note(seen, frame.time)
        self._lost.note(seen, frame.time)
        if self._most is not None and len(seen) >= self._most:
            return people
        behind = self._looks_behind(frame, people[~people.seen])
        looks = [*self._looks(frame, seen, moving), *behind]
        if not looks and len(people):
            return people
        new = unknown(Candidates.joined(looks), seen)
        if self._twice:
            new = unknown(Candidates.joined([*self._closer(frame, new), new]), seen)
        return joined(people, as_people(new))

    def _after_a_cut(self) -> People:
        """Nobody is where they were, and everybody must be found afresh."""
        self._lost.forget()
        self._schedule.cut()
        self._at_start = True
        return People.none()

    def _looks(self, frame: Frame, people: People, moving: bool) -> Iterator[Candidates]:
        for place, quarters in self._lost.due(frame.time):
            yield self._closely(frame, place, quarters)
        at_start, self._at_start = self._at_start, False
        first = self._finders[0]()
        due = self._schedule.due(frame, people, first.input_size, moving=moving)
        anybody = len(people) > 0
        for view in due:
            found = first.find(frame, view)
            yield found
            anybody |= len(found) > 0
            if anybody and self._most == 1:
                return
        # At the start they are not kept: more is in memory later, when several are followed.
        searching = due and not anybody and self._schedule.searching(frame.time)
        others = self._makers[1:] if at_start else self._finders[1:] if searching else ()
        for other in (make() for make in others):
            yield other.find(frame, views.whole(frame.size, other.input_size))

    def _looks_behind(self, frame: Frame, hidden: People) -> Iterator[Candidates]:
        """One close look at a place where somebody is hidden, in turns."""
        if not len(hidden) or hidden.regions is None:
            return
        if frame.time - self._looked_behind_at < _BEHIND:
            return
        self._looked_behind_at = frame.time
        self._turn += 1
        yield self._closely(frame, hidden.regions[self._turn % len(hidden)], 0)

    def _closer(self, frame: Frame, new: Candidates) -> Iterator[Candidates]:
        """What is in the middle of the large regions, upright."""
        finder = self._finders[0]()
        for place in new.regions[new.regions[:, 2] > _LARGE * min(frame.size)]:
            middle = place * np.array([1, 1, _CLOSER, 0], np.float32)
            yield finder.find(frame, regions.affine(middle, finder.input_size))

    def _closely(self, frame: Frame, place: Floats, quarters: int) -> Candidates:
        """What is now where somebody was, the way up they were or turned by quarters from it."""
        finder = self._finders[0]()
        wider = place * np.array([1, 1, WIDER, 1], np.float32)
        view = regions.affine(wider, finder.input_size)
        return finder.find(frame, views.turned(view, finder.input_size, quarters))


def _behind_somebody(people: People) -> Bools:
    """(N,) whose box meets that of somebody who is seen."""
    return np.asarray((meeting(people.boxes) & people.seen[None]).any(1), np.bool_)


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


def joined(people: People, newcomers: People) -> People:
    """Those who are followed and, after them, those who are to be looked at."""
    if not len(people):
        return newcomers
    if people.regions is None or newcomers.regions is None or people.ids is None:
        return newcomers
    if not len(newcomers):
        return people
    body = people.body
    if body is not None and newcomers.body is not None:
        body = Landmarks.joined([body, newcomers.body])
    return People(
        np.concatenate([people.boxes, newcomers.boxes]),
        np.concatenate([people.scores, newcomers.scores]),
        ids=np.concatenate([people.ids, np.full(len(newcomers), -1, np.int64)]),
        regions=np.concatenate([people.regions, newcomers.regions]),
        body=body,
    )
