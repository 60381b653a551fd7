"""The stage that searches a picture: upright first, then turned, then in tiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from vitruvian.detect import views
from vitruvian.detect.finder import Candidates, Finder
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Bools, Floats, Frame, Landmarks, People

__all__ = ["TILE_SCALE", "Survey", "agreed", "as_people", "room_for_small_people"]

TILE_SCALE = 1.5
"""Pixels of the frame to a pixel of the tile's input: somebody of 60 px is 40 px there, about
the least that MoveNet finds."""
_SMALL = 400
"""A picture whose longer side is below has no room for people that the whole view misses."""
_SURE = 0.3
"""A score below is doubt, on either detector's scale."""


class Survey:
    """Finds candidates in a picture that stands alone.

    All detectors look at the whole picture. Where they agree on who is there, that is that;
    where they do not, they look again with the picture turned by quarters. In a picture that
    has room for small people, tiles are looked at as well.

    Needs nothing; adds ``boxes``, ``scores`` and ``regions``.

    Args:
        finders: Make the detectors, when they are first needed. All see the whole picture; the
            first sees the tiles too.
        tiles: Whether the first is good for tiles.
    """

    needs: frozenset[str] = frozenset()
    adds = frozenset({"boxes", "scores", "regions"})

    def __init__(self, finders: Sequence[Callable[[], Finder]], *, tiles: bool = True) -> None:
        self._finders = [cache(finder) for finder in finders]
        self._tiles = tiles

    def __call__(self, frame: Frame, people: People) -> People:
        """Candidates of this picture; whoever was in the last one does not matter."""
        looks = [
            (finder(), views.whole(frame.size, finder().input_size)) for finder in self._finders
        ]
        parts = [finder.find(frame, view) for finder, view in looks]
        if not agreed(parts):
            parts += [
                finder.find(frame, views.turned(view, finder.input_size, quarters))
                for finder, view in looks
                for quarters in (1, 2, 3)
            ]
        if self._tiles and room_for_small_people(frame.size):
            finder, _ = looks[0]
            side = finder.input_size * TILE_SCALE
            tiles = views.tiles(frame.size, finder.input_size, side)
            parts += [finder.find(frame, view) for view in tiles]
        return as_people(Candidates.joined(parts))

    def reset(self) -> None:
        """Nothing is remembered from picture to picture."""


def room_for_small_people(size: tuple[int, int]) -> bool:
    """Whether a picture is large enough that the whole view may miss somebody small."""
    return max(size) >= _SMALL


def as_people(candidates: Candidates) -> People:
    """Candidates as people of whom only the place is known, and the joints that a detector saw."""
    body = Landmarks.missing(BLAZEPOSE_33, (len(candidates),))
    body.xy[:, list(blazepose_to_coco)] = candidates.keypoints
    x, y, side, _ = candidates.regions.T
    half = side / 2
    return People(
        np.stack([x - half, y - half, x + half, y + half], 1).astype(np.float32),
        candidates.scores,
        ids=np.full(len(candidates), -1, np.int64),
        regions=candidates.regions,
        body=body,
    )


def agreed(parts: Sequence[Candidates]) -> bool:
    """Whether every detector found somebody, and all of them the same people, without doubt."""
    if any(not len(part) or part.scores.min() < _SURE for part in parts):
        return False
    return all(_near(a.regions, b.regions).any(1).all() for a in parts for b in parts)


def _near(a: Floats, b: Floats) -> Bools:
    """Which regions show the same body the same way up."""
    away = np.linalg.norm(a[:, None, :2] - b[None, :, :2], axis=-1) / a[:, None, 2]
    ratio = np.abs(np.log(a[:, None, 2] / b[None, :, 2]))
    turn = np.abs(np.angle(np.exp(1j * (a[:, None, 3] - b[None, :, 3]))))
    return np.asarray((away < 0.15) & (ratio < np.log(1.5)) & (turn < np.radians(30)), np.bool_)
