"""A second chance for whoever stands behind somebody: those in front are painted out."""

from __future__ import annotations

import numpy as np

from vitruvian.geometry import regions
from vitruvian.landmark.hiding import Cover
from vitruvian.landmark.reader import BodyReader
from vitruvian.landmark.rows import distinct, gather, in_sight, joined
from vitruvian.types import Bools, Floats, Frame, Ints, People

__all__ = ["apart", "behind", "overlapped"]

_MIN_SCORE = 0.3
"""Half a body scores less than a whole one; a detector has said already that it is there."""
_APART = 0.1
"""How far, in sides of the region, hips are from those of everybody known to be another's."""


def apart(places: Floats, people: People) -> Bools:
    """(N,) which regions are centred on nobody of these people."""
    if people.regions is None or not len(people):
        return np.ones(len(places), np.bool_)
    away = np.linalg.norm(places[:, None, :2] - people.regions[None, :, :2], axis=-1)
    reach = _APART * np.minimum(places[:, None, 2], people.regions[None, :, 2])
    return np.asarray((away > reach).all(1), np.bool_)


def overlapped(places: Floats, people: People) -> Bools:
    """(N,) which regions have somebody's hips in them, who may hide another."""
    if people.regions is None or not len(people):
        return np.zeros(len(places), np.bool_)
    away = np.linalg.norm(places[:, None, :2] - people.regions[None, :, :2], axis=-1)
    return np.asarray((away < places[:, None, 2] / 2).any(1), np.bool_)


def behind(
    reader: BodyReader,
    frame: Frame,
    places: Floats,
    ids: Ints,
    people: People,
    *,
    masks: bool = False,
) -> People:
    """Whom the model sees in these regions when the people known are painted out.

    Each region is read twice, the second time where the first reading points to.

    Args:
        reader: The model.
        frame: The picture.
        places: (N, 4) where somebody may be, although the model read somebody else there.
        ids: (N,) who was followed there, -1 for nobody yet.
        people: Those who are known, with landmarks.
        masks: Whether the masks are wanted.

    Returns:
        The people found, none of them one of those known.
    """
    if not len(places) or people.body is None:
        return People.none()
    covers = [Cover(people.body.xy)] * len(places)
    first = gather(frame, reader.read(frame, places, without=covers), places)
    follow = first.regions
    if follow is None:
        return People.none()
    usable = np.flatnonzero((first.scores > _MIN_SCORE / 2) & regions.usable(follow))
    if not len(usable):
        return People.none()
    places = follow[usable]
    readings = reader.read(frame, places, without=covers[: len(usable)])
    found = gather(frame, readings, places, masks=masks)
    if found.body is None or people.regions is None:
        return People.none()
    found = found.having(ids=ids[usable])
    good = np.flatnonzero((found.scores > _MIN_SCORE) & in_sight(found))
    found = found[good[np.argsort(-found.scores[good])]]
    return found[distinct(joined([people, found]))[len(people) :]]
