"""The stage that reads each person's landmarks, and keeps each person once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitruvian.geometry import regions, warps
from vitruvian.geometry.outline import body_boxes
from vitruvian.landmark.blazepose import INPUT_SIZE, Reading, project
from vitruvian.landmark.likeness import same_person
from vitruvian.landmark.reader import BodyReader
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools, Floats, Frame, Landmarks, People

__all__ = ["Landmark", "gather"]


class Landmark:
    """Turns regions into people with 33 landmarks.

    Needs ``regions``; adds ``body``, ``boxes``, ``scores`` and, when asked, ``masks``; the
    regions it returns are those to look at in the next frame.

    Args:
        reader: The model.
        masks: Whether each person's mask is wanted; the model must have its mask head.
        min_score: A region whose reading scores no more holds nobody.
    """

    needs = frozenset({"regions"})
    adds = frozenset({"body", "boxes", "scores"})

    def __init__(self, reader: BodyReader, *, masks: bool = False, min_score: float = 0.5) -> None:
        self._reader = reader
        self._masks = masks
        self._min_score = min_score

    def __call__(self, frame: Frame, people: People) -> People:
        """Read every region; of two readings of one person keep the one known for longer."""
        if people.regions is None or not len(people):
            return People.none()
        readings = self._reader.read(frame, people.regions)
        scores = np.array([reading.score for reading in readings], np.float32)
        kept = np.flatnonzero(scores > self._min_score)
        if not len(kept):
            return People.none()
        found = gather(frame, [readings[i] for i in kept], people.regions[kept], masks=self._masks)
        nobody = np.full(len(people), -1, np.int64)
        ids = (nobody if people.ids is None else people.ids)[kept]
        found = found.having(ids=ids)
        # Somebody who was there before stays; among newcomers the surest does.
        order = np.lexsort((-found.scores, ids < 0))
        return found[order][distinct(found[order])]

    def reset(self) -> None:
        """Nothing is remembered from frame to frame."""


def gather(
    frame: Frame, readings: Sequence[Reading], places: Floats, *, masks: bool = False
) -> People:
    """Lay readings on the picture: one row a reading, with the regions to look at next.

    Args:
        frame: The picture.
        readings: N readings.
        places: (N, 4) the regions that were read.
        masks: Whether the masks are wanted.
    """
    bodies, following = zip(
        *(project(reading, place) for reading, place in zip(readings, places, strict=True)),
        strict=True,
    )
    body = stacked(bodies)
    outlines = None
    if masks:
        outlines = np.stack(
            [
                warps.unwarp(reading.mask, regions.affine(place, INPUT_SIZE), frame.size)
                if reading.mask is not None
                else np.zeros(frame.size[::-1], np.float32)
                for reading, place in zip(readings, places, strict=True)
            ]
        )
    return People(
        body_boxes(body),
        np.array([reading.score for reading in readings], np.float32),
        ids=np.full(len(readings), -1, np.int64),
        regions=np.stack(following),
        body=body,
        masks=outlines,
    )


def stacked(bodies: Sequence[Landmarks]) -> Landmarks:
    """Single landmarks as one with lead (N,)."""
    worlds = [body.world for body in bodies if body.world is not None]
    return Landmarks(
        BLAZEPOSE_33,
        np.stack([body.xy for body in bodies]),
        np.stack([body.z for body in bodies]),
        np.stack([body.visibility for body in bodies]),
        np.stack([body.presence for body in bodies]),
        np.stack(worlds) if len(worlds) == len(bodies) else None,
    )


def distinct(people: People) -> Bools:
    """(N,) which rows are not another reading of somebody who stands before them."""
    keep = np.ones(len(people), np.bool_)
    if people.body is None or people.regions is None or len(people) < 2:
        return keep
    same = same_person(people.body.xy, people.body.xy, people.regions[:, 2])
    for row in range(1, len(people)):
        keep[row] = not (same[row, :row] & keep[:row]).any()
    return keep
