"""A second opinion on a picture: another model's keypoints, which learned from other pictures.

It tells who is nobody, and where the joints of the others are: two readings by one model err alike;
two models that agree are seldom both wrong. ``python -m benchmarks.accuracy --only lspet`` says
what it is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np

from vitruvian.geometry.likeness import same_person
from vitruvian.geometry.outline import body_boxes
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, blazepose_to_coco
from vitruvian.types import Bools, Floats, Frame, Landmarks, People

__all__ = ["Inquiry", "KeypointModel", "SecondOpinion", "somebody", "voted"]

_COCO = list(range(COCO_17.index("left_shoulder"), len(COCO_17)))
_JOINTS = [blazepose_to_coco[i] for i in _COCO]
"""Shoulders to ankles, left and right in turn: the joints of both models, as rows of either."""
_CARRIED = {"wrist": ("pinky", "index", "thumb"), "ankle": ("heel", "foot_index")}
_LEADERS = np.arange(len(BLAZEPOSE_33))
for _joint, _parts in _CARRIED.items():
    for _side in ("left", "right"):
        for _part in _parts:
            _LEADERS[BLAZEPOSE_33.index(f"{_side}_{_part}")] = BLAZEPOSE_33.index(
                f"{_side}_{_joint}"
            )
_ROOM, _PART = 1.25, 0.85
"""How large the two views are, in longer sides of the landmarks' box and in sides of its region. Of
ten sizes and turns tried on half of the 400 pictures these two gave most together."""
_WEIGHT, _REACH = 1.2, 0.06
"""What MoveNet's score is worth beside BlazePose's visibility, and how near, in sides of the
region, two readings of a joint support each other. On either half of the pictures anything from
0.9 to 1.3 and from 0.05 to 0.08 is within half a per cent."""
_APART, _TOGETHER = 0.08, 0.03
"""Sides of the region between a left joint and its right one. Of joints so far apart that a vote
laid so near together, one in twenty were truly there."""

_NEAR = 0.05
"""As in `vitruvian.geometry.likeness`."""
_SURE, _AGREED = 0.17, 0.25
"""MoveNet's mean score of the keypoints in the picture, and the share of joints in the same places,
of which a body that is nobody has less. In 225 pictures without people, with which these were
chosen, 73 of 91 bodies had less, in 125 others 52 of 65; of 1,279 people in sport pictures and in
frames of films 2 had, who stood behind others."""
_WORTH = 4.0
"""The merit that agreement on every joint is worth when a reading is chosen. From 3 to 6, on either
half of the 400 pictures and with each model, the result is within half a per cent."""


class KeypointModel(Protocol):
    """A model that reads 17 keypoints of one person."""

    def read(self, frame: Frame, box: Floats | None = None, *, room: float = ...) -> Floats:
        """(17, 3) x, y in pixels and score, of the person in a box, seen upright."""
        ...

    def look(self, frame: Frame, region: Floats) -> Floats:
        """(17, 3) the same, of the person in a region."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Inquiry:
    """What is asked about the people of a picture.

    Args:
        asked: (N,) who is asked about.
        moved: (N,) whose joints may be moved.
        real: (N,) who is a person, whatever the other model says.
        readings: Every likely reading of the picture, several of one person among them.
        merit: (R,) how well each was read.
        sketches: (C, 17, 2) keypoints that a detector saw anywhere, NaN where it saw none.
    """

    asked: Bools
    moved: Bools
    real: Bools
    readings: People
    merit: Floats
    sketches: Floats


class SecondOpinion:
    """Asks another model where the joints of people are, and lets all readings vote.

    The other model looks twice at each person: upright, and turned as the body is. Of several
    readings of a person that one is taken which is well read and agrees with it; score and mask
    stay. Joint by joint the place that most readings support is taken, as the mean of these; but
    the other model knows neither who is meant nor what lies outside the picture, so beside somebody
    else and out there it only counts where it agrees. Hands and feet move with their wrists and
    ankles, and so do the world landmarks. The vote leaves faces, z and visibility as they are.
    Whoever it does not see either is nobody (`somebody`).

    Args:
        model: Makes the model when it is first needed.
    """

    def __init__(self, model: Callable[[], KeypointModel]) -> None:
        self._model = cache(model)

    def __call__(
        self, frame: Frame, people: People, inquiry: Inquiry, most: int | None = None
    ) -> People:
        """The people without those who are nobody, some of them after a vote.

        Args:
            frame: The picture.
            people: Everybody found in it, with ``body`` and ``regions``.
            inquiry: What is asked about them.
            most: The most people wanted; nobody after the first so many is asked about.
        """
        body, places = people.body, people.regions
        if body is None or places is None or not inquiry.asked.any():
            return people
        keep = np.ones(len(people), np.bool_)
        opinions: dict[int, Floats] = {}
        for row in np.flatnonzero(inquiry.asked).tolist():
            if most is not None and keep[:row].sum() >= most:
                break
            opinions[row] = self._looks(frame, body.xy[row], places[row])
            keep[row] = inquiry.real[row] or somebody(
                body.xy[row], places[row, 2], frame.size, opinions[row], inquiry.sketches
            )
        rows = [row for row in opinions if keep[row] and inquiry.moved[row]]
        body, places = _chosen(body, places, inquiry, {row: opinions[row] for row in rows})
        xy = body.xy.copy()
        for row in rows:
            others = keep & (np.arange(len(keep)) != row)
            free = _free(body.xy[row], body.xy[others], frame.size)
            xy[row] = _moved(body[row], opinions[row][:, _COCO], free, places[row, 2])
        moved = replace(body, xy=xy, world=_world(body, xy))
        return people.having(body=moved, boxes=body_boxes(moved), regions=places)[keep]

    def _looks(self, frame: Frame, xy: Floats, place: Floats) -> Floats:
        """(2, 17, 3) the keypoints in both views."""
        box = np.concatenate([xy.min(0), xy.max(0)])
        model = self._model()
        near = place * np.array([1, 1, _PART, 1], np.float32)
        return np.stack([model.read(frame, box, room=_ROOM), model.look(frame, near)])


def somebody(
    xy: Floats, side: float, size: tuple[int, int], opinion: Floats, sketches: Floats
) -> bool:
    """Whether other models see a person where a body was read, and that body.

    An animal or a thing is read as a body by one model, seldom by two. Beside a person the other
    model is sure, but sees the person's joints and not those that were read.

    Args:
        xy: (33, 2) the body that was read, in pixels.
        side: The size of its region.
        size: Width and height of the picture.
        opinion: (V, 17, 3) the other model's keypoints in each of its views: x, y, score.
        sketches: (C, 17, 2) keypoints that a detector saw anywhere, NaN where it saw none.
    """
    joints = xy[list(blazepose_to_coco)]
    inside = np.asarray(((joints >= 0) & (joints < size)).all(1), np.bool_)
    sure = opinion[..., 2].mean(0) @ inside / max(inside.sum(), 1)
    seen = np.concatenate([opinion[..., :2], sketches])
    return bool(sure >= _SURE and _agreement(joints, seen, inside, side).max() >= _AGREED)


def _agreement(ours: Floats, theirs: Floats, inside: Bools, side: float) -> Floats:
    """(V,) how much of a body each reading has in the same places, left and right as they fit."""
    counts = inside[_COCO]
    if not counts.any():  # a face: there is nothing to compare
        return np.ones(len(theirs), np.float32)
    shares = [
        _alike(ours[_COCO], theirs[:, columns], side) @ counts / counts.sum()
        for columns in (_COCO, [COCO_17.mirror[i] for i in _COCO])
    ]
    return np.asarray(np.maximum(*shares), np.float32)


def _alike(ours: Floats, theirs: Floats, side: float) -> Floats:
    """(…, J) 0..1, how near joints are to each other; 0 where one is NaN."""
    gap = np.linalg.norm(ours - theirs, axis=-1) / (_NEAR * side)
    return np.asarray(np.nan_to_num(np.exp(-0.5 * gap * gap)), np.float32)


def _chosen(
    body: Landmarks, places: Floats, inquiry: Inquiry, opinions: dict[int, Floats]
) -> tuple[Landmarks, Floats]:
    """The bodies and their regions, some of them as another reading of that person has them.

    Here left and right count: a reading the other way round agrees with nobody.
    """
    readings, regions = inquiry.readings.body, inquiry.readings.regions
    if readings is None or regions is None:
        return body, places
    taken = np.arange(len(places))
    for row, opinion in opinions.items():
        side = places[row, 2]
        same = same_person(body.xy[row, None], readings.xy, side[None])[0]
        joints = readings.xy[:, None, _JOINTS]
        agreed = _alike(joints, opinion[:, _COCO, :2], side).mean(-1).max(-1)
        worth = np.where(same, inquiry.merit + _WORTH * agreed, -np.inf)
        taken[row] = len(places) + worth.argmax() if same.any() else row
    return Landmarks.joined([body, readings])[taken], np.concatenate([places, regions])[taken]


def voted(places: Floats, weights: Floats, reach: float, free: Bools) -> Floats:
    """(J, 2) the place of each joint that most readings support, as their mean.

    Args:
        places: (V, J, 2) where each reading puts each joint.
        weights: (V, J) how sure it is.
        reach: How near, in pixels, readings support each other: a Gaussian's width.
        free: (J,) which joints need not stay near the first reading.
    """
    gap = np.linalg.norm(places[:, None] - places[None], axis=-1) / reach
    share = weights[None] * np.exp(-gap * gap)
    best = np.where(free, share.sum(1).argmax(0), 0)
    chosen = share[best, :, np.arange(places.shape[1])].T
    mean = (chosen[..., None] * places).sum(0) / chosen.sum(0)[:, None]
    return np.asarray(mean, np.float32)


def _free(ours: Floats, others: Floats, size: tuple[int, int]) -> Bools:
    """(12,) which joints of a person lie in the picture, if nobody else is near."""
    near = (others >= ours.min(0)) & (others <= ours.max(0))
    joints = ours[_JOINTS]
    inside = ((joints >= 0) & (joints < size)).all(1)
    return np.asarray(inside & ~near.all(-1).any(), np.bool_)


def _moved(body: Landmarks, opinions: Floats, free: Bools, side: float) -> Floats:
    """(33, 2) a person's landmarks after the vote."""
    joints = body.xy[_JOINTS]
    places = np.concatenate([joints[None], opinions[..., :2]])
    sure = np.maximum(body.visibility[_JOINTS], 0.05)
    weights = np.concatenate([sure[None], _WEIGHT * opinions[..., 2]])
    step = np.zeros_like(body.xy)
    step[_JOINTS] = _apart(joints, voted(places, weights, _REACH * side, free), side) - joints
    return np.asarray(body.xy + step[_LEADERS], np.float32)


def _apart(ours: Floats, theirs: Floats, side: float) -> Floats:
    """(12, 2) theirs, but where that lays a left joint on the right one and ours does not."""
    before, after = (
        np.linalg.norm(joints[::2] - joints[1::2], axis=-1) / side for joints in (ours, theirs)
    )
    fallen = np.repeat((before > _APART) & (after < _TOGETHER), 2)
    return np.where(fallen[:, None], ours, theirs)


def _world(body: Landmarks, xy: Floats) -> Floats | None:
    """World landmarks, moved as far as those on the picture, by each person's own scale."""
    if body.world is None:
        return None
    metres, pixels = (
        np.linalg.norm(points.std(1), axis=-1) for points in (body.world[..., :2], body.xy)
    )
    world = body.world.copy()
    world[..., :2] += (xy - body.xy) * (metres / np.maximum(pixels, 1e-6))[:, None, None]
    return world
