"""Readings as rows of `People`, and which rows to believe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitruvian.geometry import regions, warps
from vitruvian.geometry.likeness import all_apart, along, same_person
from vitruvian.geometry.outline import body_boxes
from vitruvian.landmark.blazepose import INPUT_SIZE, Reading, project
from vitruvian.measure.keypoints import oks
from vitruvian.skeletons import blazepose_to_coco
from vitruvian.types import Bools, Floats, Frame, Ints, Landmarks, People

__all__ = ["distinct", "gather", "imagined", "in_sight", "joined", "outlines"]


def gather(
    frame: Frame,
    readings: Sequence[Reading],
    places: Floats,
    *,
    ids: Ints | None = None,
    masks: bool = False,
) -> People:
    """Lay readings on the picture: one row a reading, with the regions to look at next.

    Args:
        frame: The picture.
        readings: N readings.
        places: (N, 4) the regions that were read.
        ids: (N,) who was followed there; by default nobody was.
        masks: Whether the masks are wanted.
    """
    bodies, following = zip(
        *(project(reading, place) for reading, place in zip(readings, places, strict=True)),
        strict=True,
    )
    body = Landmarks.stacked(bodies)
    return People(
        body_boxes(body),
        np.array([reading.score for reading in readings], np.float32),
        ids=np.full(len(readings), -1, np.int64) if ids is None else ids,
        regions=np.stack(following),
        body=body,
        masks=outlines(frame, readings, places) if masks else None,
    )


def outlines(frame: Frame, readings: Sequence[Reading], places: Floats) -> Floats:
    """(N, H, W) the masks of readings, laid on the picture."""
    width, height = frame.size
    masks = np.zeros((len(readings), height, width), np.float32)
    for mask, reading, place in zip(masks, readings, places, strict=True):
        if reading.mask is not None:
            mask[:] = warps.unwarp(reading.mask, regions.affine(place, INPUT_SIZE), frame.size)
    return masks


_ALONG, _ALONG_WHEN_IN_DOUBT = 0.75, 0.5
"""The share of a body along somebody's limbs from which it is theirs. In 20 frames of the sample
film, a portrait and a picture of animals, it leaves 5 of 26 bodies that are nobody."""
_DOUBTFUL = 0.7
_ALONG_OF_THE_KNOWN, _SURE = 0.65, 0.9
"""The same for somebody who is followed, unless they score this much: of 14 such bodies in films
of people who cross and touch, 2 were on whom they should be."""
_MIN_SIGHT = 0.55
"""Of a head and shoulders alone about 0.7 of all landmarks are in sight; of a shape in the
background that the model takes for a person, less than this."""


def in_sight(people: People) -> Bools:
    """(N,) whether enough of a newcomer is in sight to believe in them."""
    if people.body is None:
        return np.ones(len(people), np.bool_)
    return np.asarray(people.body.visibility.mean(1) >= _MIN_SIGHT, np.bool_)


_LARGE, _AGREED, _PLAIN = 0.4, 0.2, 0.8
"""A region of so much of the picture's shorter side is large enough for a detector to see joints;
in seven films of people near the camera bodies that were nobody had an OKS of less with what the
detector saw, and fewer landmarks in sight."""
_BROAD = 0.4
"""The root of the area that a body covers, in sides of its region."""


def imagined(people: People, sketches: Landmarks | None, size: tuple[int, int]) -> Bools:
    """(N,) who is large, and was read elsewhere than the detector saw them: an arm, a chair.

    Args:
        people: Readings.
        sketches: The joints that the detector saw, NaN where it saw none.
        size: Width and height of the picture.
    """
    if people.body is None or people.regions is None or sketches is None:
        return np.zeros(len(people), np.bool_)
    joints = list(blazepose_to_coco)
    side = people.regions[:, 2]
    likely = (side > _LARGE * min(size)) & (people.body.visibility.mean(1) < _PLAIN)
    likely &= np.isfinite(sketches.xy[:, joints]).all((1, 2))
    for row in np.flatnonzero(likely):
        read, seen = people.body.xy[row, joints], sketches.xy[row, joints]
        alike = oks(read[None], seen[None], [(_BROAD * side[row]) ** 2])
        likely[row] = alike[0, 0] < _AGREED
    return np.asarray(likely, np.bool_)


def distinct(people: People, new: Bools | None = None) -> Bools:
    """(N,) which rows are neither another reading of somebody before them nor made of several.

    Args:
        people: Readings, those to be believed first.
        new: (N,) who must not lie along the limbs of those before them either, of one or of all
            together; by default those who have no id.
    """
    keep = np.ones(len(people), np.bool_)
    if people.body is None or people.regions is None:
        return keep
    if all_apart(people.body.xy, people.regions[:, 2]):
        return keep
    same = same_person(people.body.xy, people.body.xy, people.regions[:, 2])
    same &= same.T  # seen at the scale of either
    joints = along(people.body.xy, people.body.xy, people.regions[:, 2])
    share = joints.mean(-1)
    most = np.where(people.scores < _DOUBTFUL, _ALONG_WHEN_IN_DOUBT, _ALONG)
    if new is None:
        new = np.ones(len(people), np.bool_) if people.ids is None else people.ids < 0
    shared = np.maximum(share, share.T)
    same |= (shared > most[:, None]) & new[:, None]
    same |= (shared > _ALONG_OF_THE_KNOWN) & (people.scores < _SURE)[:, None]
    for row in range(1, len(people)):
        before = keep[:row]
        # The gaps between two people may look like a third, made of the limbs of both.
        made_of_others = new[row] and joints[row, :row][before].any(0).mean() > most[row]
        keep[row] = not ((same[row, :row] & before).any() or made_of_others)
    return keep


def joined(parts: Sequence[People]) -> People:
    """The rows that `gather` made for several sets of regions, one after the other."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return People.none()
    if len(parts) == 1:
        return parts[0]
    masks = [part.masks for part in parts if part.masks is not None]
    return People(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        ids=np.concatenate([part.ids for part in parts if part.ids is not None]),
        regions=np.concatenate([part.regions for part in parts if part.regions is not None]),
        body=Landmarks.joined([part.body for part in parts if part.body is not None]),
        masks=np.concatenate(masks) if len(masks) == len(parts) else None,
    )
