"""How likely a reading is to be somebody: every cue as a logarithm of odds, so that they add up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitruvian.associate.motion import centres
from vitruvian.associate.person import Person
from vitruvian.geometry.boxes import meeting
from vitruvian.measure.appearance import similarity
from vitruvian.measure.keypoints import COCO_SIGMAS
from vitruvian.skeletons import blazepose_to_coco
from vitruvian.types import Bools, Floats, People

__all__ = ["CUES", "looks", "odds", "weakness"]

CUES = ("motion", "pose", "appearance", "region")
_AREA = 16.0
"""In squares of a side: where else a body could be, if it was not them."""
_WORST = 12.0
_SURPRISE, _PACE, _NEAR = 1.0, 1.0, 0.05
"""How often in a second somebody moves as nobody could foresee, who leaps, falls or turns a
somersault; and how far they are then from where they were last seen, as standard deviations: in
sides for each second, and in sides at once."""
_ANYWHERE, _LONG = 0.3, 5.0
"""How likely somebody who has been gone for long, in seconds, may be anywhere in the picture."""
_LATELY = 0.4
"""Seconds for which a pose says something about the next."""
_POSE, _POSE_OF_STRANGERS = 3.0, 0.35
"""What a full likeness of the pose is worth, and the likeness from which on it speaks for them."""
_LOOK, _MOST_LOOK = 0.5, 3.0
"""How far the odds by looks are believed, and the most that they are worth."""
_REGION, _REGION_ALONE = 1.0, 5.0
"""What it is worth that the reading was made in their region; and where nobody else is near and the
place is not far off: who leaps or lands as nobody could foresee is still the same."""
_NOT_FAR = -4.0
"""Log odds by motion."""
_WEAK = 6.0
"""How much better a reading must fit for every 1 that its score lacks: half of it may be of
somebody else."""
_GROWTH = 0.2
"""How much the logarithm of a person's measured size varies."""
_COCO = np.array(blazepose_to_coco)
_SPREAD = 8 * np.array(COCO_SIGMAS, np.float32) ** 2
"""Of `oks`, which allows for what is missing and so takes longer."""


def odds(known: Sequence[Person], people: People, time: float, cues: Sequence[str]) -> Floats:
    """(N, M) the log odds that each of N persons is each of M readings, not a stranger.

    Args:
        known: Persons, here or gone.
        people: Readings of one frame, with body, regions and ids (whose region it was).
        time: Of the frame, in seconds.
        cues: Which of `CUES` to use.
    """
    body, places, ids = people.body, people.regions, people.ids
    if body is None or places is None or ids is None or not known:
        return np.zeros((len(known), len(people)), np.float32)
    total = np.zeros((len(known), len(people)), np.float32)
    total -= weakness(people)
    near = np.zeros(total.shape, np.bool_)
    look = np.zeros(total.shape, np.float32)
    if "appearance" in cues and people.vectors is not None:
        look = looks(known, people.vectors)
        total += look
    if "motion" in cues:
        motion = _by_motion(known, centres(body.xy), places[:, 2], time)
        near = (motion > _NOT_FAR) & (look >= 0)
        total += motion
    if "pose" in cues:
        total += _by_pose(known, body.xy, time)
    if "region" in cues:
        theirs = np.array([person.id if person.here else -2 for person in known])
        worth = np.where(near & _alone(known, people, time), _REGION_ALONE, _REGION)
        total += worth * (theirs[:, None] == ids[None])
    return total


def weakness(people: People) -> Floats:
    """(M,) how much better each reading must fit for its low score, in log odds."""
    return np.asarray(_WEAK * (1 - people.scores), np.float32)


def _alone(known: Sequence[Person], people: People, time: float) -> Bools:
    """(M,) which readings' boxes meet no other, nor where anybody is expected who was not read.

    Where two people were and one body is read, it may be either's, whosever region it was.
    """
    alone = meeting(people.boxes).sum(1) <= 1
    read = set() if people.ids is None else set(people.ids.tolist())
    missing = [person.box(time) for person in known if person.here and person.id not in read]
    if missing:
        met = meeting(np.concatenate([np.stack(missing), people.boxes]))
        alone &= ~met[: len(missing), len(missing) :].any(0)
    return np.asarray(alone, np.bool_)


def looks(known: Sequence[Person], vectors: Floats) -> Floats:
    """(N, M) the log odds by appearance alone; 0 where nothing can be compared."""
    worth = np.zeros((len(known), len(vectors)), np.float32)
    remembered = [(n, p.identity.look) for n, p in enumerate(known) if p.identity.look is not None]
    shown = np.flatnonzero(np.isfinite(vectors).any(1))
    if not remembered or not len(shown):
        return worth
    rows, theirs = zip(*remembered, strict=True)
    alike = np.clip(similarity(np.stack(theirs), vectors[shown]), 1e-3, 1 - 1e-3)
    by_looks = _LOOK * np.log(alike / (1 - alike))
    worth[np.ix_(rows, shown)] = np.clip(np.nan_to_num(by_looks), -_MOST_LOOK, _MOST_LOOK)
    return worth


def _by_motion(known: Sequence[Person], places: Floats, sides: Floats, time: float) -> Floats:
    gone = max(1, sum(not person.here for person in known))
    x, y, variance, size, since = np.array(
        [(*p.motion.expected(time), p.motion.side, time - p.time) for p in known]
    ).T[..., None]
    growth = np.minimum((np.log(sides / size) / (_GROWTH * (1 + since))) ** 2 / 2, 4)
    away = (places[:, 0] - x) ** 2 + (places[:, 1] - y) ** 2
    near = np.log(_AREA * size**2 / (2 * np.pi * variance)) - away / (2 * variance)
    leapt = _leapt(known, places, size, since)
    long = np.minimum(1.0, since / _LONG)
    lost = np.isnan(x)
    if lost.any():
        # Of whose place nothing is known: they may be anywhere as if they had been gone for long.
        near, leapt = np.where(lost, -np.inf, near), np.where(lost, -np.inf, leapt)
        long = np.where(lost, 1.0, long)
    near = np.logaddexp(near, leapt)
    anywhere = np.log(_ANYWHERE * long**2 / gone + 1e-6)
    return np.asarray(np.fmax(np.maximum(near - growth, -_WORST), anywhere), np.float32)


def _leapt(known: Sequence[Person], places: Floats, size: Floats, since: Floats) -> Floats:
    """(N, M) the same if they went as nobody foresaw, from where they were last seen."""
    x, y = np.array([person.sight.place for person in known]).T[..., None]
    spread = (_NEAR + _PACE * since) ** 2
    away = ((places[:, 0] - x) ** 2 + (places[:, 1] - y) ** 2) / size**2
    near = np.log(_AREA / (2 * np.pi * spread)) - away / (2 * spread)
    return np.asarray(near + np.log(-np.expm1(-_SURPRISE * since) + 1e-6), np.float32)


def _by_pose(known: Sequence[Person], xy: Floats, time: float) -> Floats:
    total = np.zeros((len(known), len(xy)), np.float32)
    lately = [(n, p.xy(time)) for n, p in enumerate(known) if time - p.time <= _LATELY]
    poses = [(n, body) for n, body in lately if body is not None and np.isfinite(body).all()]
    if not poses:
        return total
    rows, bodies = [n for n, _ in poses], np.stack([body for _, body in poses])
    areas = np.array([(0.4 * known[n].motion.side) ** 2 for n in rows], np.float32)
    gaps = ((bodies[:, None, _COCO] - xy[:, _COCO]) ** 2).sum(-1)
    alike = np.exp(-gaps / (_SPREAD * areas[:, None, None])).mean(-1)
    total[rows] = _POSE * (alike - _POSE_OF_STRANGERS)
    return total
