"""The stage that reads a picture with care: plain and in a mirror, each person at two places.

A picture cannot be put right by the next one, so here time goes into being sure. A candidate is
read in its own region and in the one that its landmarks ask for. A place where the readings
disagree, or where the mirrored picture gives another body, is no person or is read the wrong
way round. ``python -m benchmarks.accuracy --only lspet`` says what it is worth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.geometry import regions
from vitruvian.geometry.likeness import likeness
from vitruvian.geometry.outline import body_boxes
from vitruvian.landmark.behind import apart, behind, overlapped
from vitruvian.landmark.blazepose import INPUT_SIZE, Reading
from vitruvian.landmark.opinion import Inquiry, SecondOpinion
from vitruvian.landmark.reader import BodyReader
from vitruvian.landmark.rows import distinct, gather, in_sight, joined, outlines
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Bools, Floats, Frame, Landmarks, People

__all__ = ["Study", "fused", "prominence", "unmirrored"]

_WORTH_A_SECOND_LOOK = 0.3
_BODY = slice(11, 33)
"""Shoulders to toes: the landmarks that tell how a body lies."""
_FUSE_REACH = 0.03
"""How near, in sides of the region, another reading of a landmark must be to count in."""
_CONFIRMED = 0.006
"""The gap between a reading and its mirror image, in sides of the region, that is no doubt."""
_WELL_READ = 0.3
"""The merit (see `_merit`) from which somebody is a person even if no other model sees one: an
athlete upside down."""
_MIRROR = [*BLAZEPOSE_33.mirror, *range(33, 39)]


class Study:
    """Turns the candidate regions of a picture into people, most prominent first.

    Needs ``regions``; adds ``body``, ``boxes``, ``scores``, ``ids`` (1, 2, … by prominence) and,
    when asked, ``masks``.

    Args:
        reader: The model.
        masks: Whether each person's mask is wanted.
        min_score: People below are left out.
        most: The most people wanted; the most prominent are kept.
        opinion: Asked about everybody whose reading its mirror image does not confirm.
    """

    needs = frozenset({"regions"})
    adds = frozenset({"body", "boxes", "scores", "ids"})

    def __init__(
        self,
        reader: BodyReader,
        *,
        masks: bool = False,
        min_score: float = 0.5,
        most: int | None = None,
        opinion: SecondOpinion | None = None,
    ) -> None:
        self._reader = reader
        self._masks = masks
        self._min_score = min_score
        self._most = most
        self._opinion = opinion

    def __call__(self, frame: Frame, people: People) -> People:
        """Read the candidates, compare the readings, and keep each person once."""
        if people.regions is None or not len(people):
            return People.none()
        places, readings = self._settled(frame, people.regions)
        if not readings:
            return People.none()
        mirror = [unmirrored(r) for r in self._reader.read(frame, places, mirrored=True)]
        plain = gather(frame, readings, places)
        mirrored = gather(frame, mirror, places)
        merit = _merit(plain, mirrored, places)
        scores = (plain.scores + mirrored.scores) / 2
        doubtful = ~_confirmed(plain, mirrored, places)
        body = fused(plain, mirrored, places)
        found = plain.having(scores=scores, body=body, boxes=body_boxes(body))
        order = np.argsort(-merit)
        order = order[(scores[order] > self._min_score) & in_sight(found[order])]
        likely, worth = found[order], merit[order]
        order = order[distinct(likely)]
        found, merit, doubtful = found[order], merit[order], doubtful[order]
        if self._masks:
            # Of those kept only: a mask is as large as the picture.
            kept = [readings[i] for i in order]
            found = found.having(masks=outlines(frame, kept, places[order]))
        hidden = apart(people.regions, found) & overlapped(people.regions, found)
        places, nobody = people.regions[hidden], np.full(hidden.sum(), -1, np.int64)
        more = behind(self._reader, frame, places, nobody, found, masks=self._masks)
        found = joined([found, more])
        merit = np.concatenate([merit, np.full(len(more), merit.min(initial=0), np.float32)])
        order = np.argsort(-prominence(found, frame.size, merit))
        found = found[order]
        if self._opinion is not None:
            # The joints of whoever stands behind somebody stay: the other model sees both.
            known = order < len(doubtful)
            asked = np.concatenate([doubtful, np.ones(len(more), np.bool_)])[order]
            real = merit[order] > _WELL_READ
            inquiry = Inquiry(asked, known, real, likely, worth, _sketches(people))
            found = self._opinion(frame, found, inquiry, self._most)
        found = found[: self._most]
        return found.having(ids=np.arange(1, len(found) + 1, dtype=np.int64))

    def reset(self) -> None:
        """Nothing is remembered from picture to picture."""

    def _settled(self, frame: Frame, places: Floats) -> tuple[Floats, list[Reading]]:
        """The regions that their landmarks ask for, those worth a second look, and readings."""
        first = self._reader.read(frame, places)
        kept = [i for i, reading in enumerate(first) if reading.score > _WORTH_A_SECOND_LOOK]
        if not kept:
            return places[:0], []
        readings = [first[i] for i in kept]
        follow = gather(frame, readings, places[kept]).regions
        if follow is None:
            return places[:0], []
        usable = regions.usable(follow)
        more = self._reader.read(frame, follow[usable])
        return np.concatenate([follow[usable], places[kept]]), [*more, *readings]


def unmirrored(reading: Reading) -> Reading:
    """A reading of a mirrored crop as a reading of the crop: left and right change places."""
    points = reading.points[_MIRROR].copy()
    points[:, 0] = (INPUT_SIZE - 1) / INPUT_SIZE - points[:, 0]
    world = reading.world[_MIRROR[:33]].copy()
    world[:, 0] *= -1
    return replace(
        reading,
        points=points,
        visibility=reading.visibility[_MIRROR],
        presence=reading.presence[_MIRROR],
        world=world,
        mask=None if reading.mask is None else reading.mask[:, ::-1],
    )


def _sketches(people: People) -> Floats:
    """(C, 17, 2) the keypoints of the candidates, where a detector saw them."""
    if people.body is None:
        return np.zeros((0, 17, 2), np.float32)
    return people.body.xy[:, list(blazepose_to_coco)]


def _bodies(people: People) -> Landmarks:
    if people.body is None:  # pragma: no cover - gather always fills it
        raise ValueError("people without landmarks")
    return people.body


def _merit(plain: People, mirrored: People, places: Floats) -> Floats:
    """How well each place has been read: a log-likelihood of sorts, larger is better."""
    ours, theirs = _bodies(plain), _bodies(mirrored)
    sides = places[:, 2]
    gap = _mirror_gap(ours, theirs, sides)
    support = likeness(ours.xy, ours.xy, sides).sum(1)
    flag = np.minimum(plain.scores, mirrored.scores)
    seen = ours.visibility[:, _BODY].mean(1)
    return np.asarray(
        0.5 * np.log(support) - 20 * gap + np.log(flag + 1e-6) + np.log(seen + 1e-6), np.float32
    )


def fused(plain: People, mirrored: People, places: Floats) -> Landmarks:
    """Each landmark as the mean of those readings that put it in about the same place.

    Readings that disagree are not averaged: half-way between two answers is no answer. A
    reading that its mirror image confirms is left as it is.
    """
    ours, theirs = _bodies(plain), _bodies(mirrored)
    every = np.concatenate([ours.xy, theirs.xy])
    reach = (_FUSE_REACH * places[:, 2])[:, None, None]
    gap = np.linalg.norm(ours.xy[:, None] - every[None], axis=-1) / reach
    weight = np.exp(-gap * gap)
    mean = (weight[..., None] * every[None]).sum(1) / weight.sum(1)[..., None]
    sure = _confirmed(plain, mirrored, places)[:, None, None]
    return replace(ours, xy=np.where(sure, ours.xy, mean).astype(np.float32))


def _confirmed(plain: People, mirrored: People, places: Floats) -> Bools:
    """(N,) whose reading its mirror image confirms."""
    gap = _mirror_gap(_bodies(plain), _bodies(mirrored), places[:, 2])
    return np.asarray(gap < _CONFIRMED, np.bool_)


def _mirror_gap(ours: Landmarks, theirs: Landmarks, sides: Floats) -> Floats:
    """(N,) how far apart a body and its mirrored reading are, in sides of the region."""
    gap = np.linalg.norm(ours.xy - theirs.xy, axis=-1)[:, _BODY].mean(1)
    return np.asarray(gap / sides, np.float32)


def prominence(people: People, size: tuple[int, int], merit: Floats) -> Floats:
    """How much a picture is about each person: large, in the middle, and well read."""
    extent = people.boxes[:, 2:] - people.boxes[:, :2]
    diagonal = float(np.hypot(*size))
    middle = (people.boxes[:, :2] + people.boxes[:, 2:]) / 2 - np.array(size) / 2
    away = np.linalg.norm(middle, axis=1) / diagonal
    share = np.sqrt(np.maximum(extent[:, 0] * extent[:, 1], 1) / (size[0] * size[1]))
    return np.asarray(merit + 0.5 * np.log(share) - 2 * away, np.float32)
