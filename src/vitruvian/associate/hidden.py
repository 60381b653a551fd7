"""Those who cannot be seen for a moment and have not gone: where they are believed to be."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from vitruvian.associate.motion import Motion, Pair
from vitruvian.associate.person import Person
from vitruvian.geometry.boxes import area, clip, overlap_of
from vitruvian.types import HIDDEN, Floats, People

__all__ = ["hidden"]

_COVERED, _HELD = 0.5, 0.25
"""The share of a box in front of which somebody else must be, to hide who is in it; and of either
box in the other, for two who were in contact to be so still."""
_LONGEST, _LONGEST_TOGETHER, _LONGEST_IN_THE_OPEN = 1.0, 10.0, 0.1
"""Seconds for which somebody is believed to be behind another who passes, behind one with whom
they are together, or there although they have been overlooked."""
_VIEWS = 5
"""Frames in which somebody must have been seen to be believed in unseen."""
_INSIDE = 0.5
"""The share of their box that is still in the picture."""
_TOGETHER = 0.25
"""Sides a second: people whose velocities differ by less go on together."""


def hidden(
    person: Person,
    seen: Sequence[Person],
    size: tuple[int, int],
    time: float,
    *,
    held: Collection[int] = (),
    wanted: bool = False,
) -> People | None:
    """The row of somebody who has not been seen in this frame, or None if they have gone.

    Args:
        person: Who is looked for; their motion is taken on to this time.
        seen: Those who are seen.
        size: Of the picture.
        time: Of the frame, in seconds.
        held: The ids of those with whom they were in contact.
        wanted: Whether it is known how many there are: then they are there for as long as
            somebody is in front of them, and for longer if nobody is.
    """
    if person.views < _VIEWS and not wanted:
        return None
    place = person.box(time)[None]
    if not _inside(place, size):
        return None
    front = _front(place, seen, held)
    longest = _LONGEST if wanted else _LONGEST_IN_THE_OPEN
    velocity = person.motion.velocity
    if front is None:
        # Who should have come out by now, and has not, has stopped behind somebody.
        front = _front(person.box(person.motion.time)[None], seen, held)
        velocity = velocity if front is None else (0.0, 0.0)
    if front is not None:
        together = _together(person.motion, front.motion)
        longest = _LONGEST_TOGETHER if together else _LONGEST
        if together:
            # They may stop with whoever is in front, but need not go along when these go on.
            velocity = min(velocity, front.motion.velocity, key=_speed)
    gone = time - person.time
    if gone > longest and not (wanted and front is not None):
        return None
    person.motion.unseen(time, velocity)
    return _row(person, time, HIDDEN * (1 - gone / longest))


def _inside(box: Floats, size: tuple[int, int]) -> bool:
    """Whether most of a box (1, 4) is in the picture."""
    return float(area(clip(box, size))[0]) > _INSIDE * float(area(box)[0])


def _front(place: Floats, seen: Sequence[Person], held: Collection[int]) -> Person | None:
    """Who stands in front of where a person should be, or still holds them."""
    if not seen:
        return None
    boxes = np.stack([other.sight.box for other in seen])
    share, theirs = overlap_of(place, boxes)[0], overlap_of(boxes, place)[:, 0]
    holds = np.array([other.id in held for other in seen]) & (np.maximum(share, theirs) > _HELD)
    front = np.where(holds | (share > _COVERED), share, -1)
    return seen[int(front.argmax())] if front.max() >= 0 else None


def _together(behind: Motion, front: Motion) -> bool:
    """Whether two people go on together, or stay together."""
    return math.dist(behind.velocity, front.velocity) < _TOGETHER * behind.side


def _speed(velocity: Pair) -> float:
    return math.hypot(*velocity)


def _row(person: Person, time: float, score: float) -> People:
    row = person.expected(time)
    body = row.body
    if body is None:
        return row
    unseen = np.zeros_like(body.visibility)
    low = np.array([max(score, 0.01)], np.float32)
    return row.having(
        scores=low,
        ids=np.array([person.id], np.int64),
        id_scores=low,
        body=replace(body, visibility=unseen),
        vectors=None if row.vectors is None else np.full_like(row.vectors, np.nan),
    )
