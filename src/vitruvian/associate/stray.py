"""Readings beside a gap that were on somebody else's body: a gap is longer than it seems."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from vitruvian.associate.lay import Gap
from vitruvian.associate.tracklets import Tracks, read_tracks
from vitruvian.clip import Clip
from vitruvian.types import Floats

__all__ = ["widened"]

Doubles = NDArray[np.float64]

_EDGE = 0.2
"""For so many seconds before and after a gap a reading may be astray, …"""
_KNOWN = 0.5
"""… which is told from where somebody was for so long before that."""
_ASTRAY = 0.12
"""It is, if it is so many body sizes off, both from where they went and from the way across."""
_LEAST = 4
"""Readings that it takes to know where somebody went."""


def widened(clip: Clip, gaps: Iterable[Gap]) -> list[Gap]:
    """The gaps without the readings beside them that lie off the way of the person.

    Whoever vanishes behind another is read as the other for some frames. Gaps of one column that
    overlap then become one.

    Args:
        clip: The film, with its people in their columns.
        gaps: A column, and the moments before and after somebody was out of sight.
    """
    tracks = read_tracks(clip)
    wide: list[Gap] = []
    for q, first, last in sorted(gaps):
        begin, end = _edge(tracks, q, first, last, -1), _edge(tracks, q, last, first, 1)
        while wide and wide[-1][0] == q and begin < wide[-1][2]:
            _, before, after = wide.pop()
            begin, end = min(begin, before), max(end, after)
        wide.append((q, begin, end))
    return wide


def _edge(tracks: Tracks, q: int, at: int, other: int, side: int) -> int:
    """The moment nearest to a gap that is not astray, before it (side -1) or after it."""
    away = (tracks.times - tracks.times[at]) * side
    known = tracks.present[:, q] & (away > _EDGE) & (away <= _EDGE + _KNOWN)
    beside = np.flatnonzero(tracks.present[:, q] & (away >= 0) & (away <= _EDGE))
    if known.sum() < _LEAST:
        return at
    path = tracks.places[known, q]
    ahead = _line(tracks.times[known], path, tracks.times[beside])
    anchor = int(np.flatnonzero(known)[np.abs(tracks.times[known] - tracks.times[at]).argmin()])
    ends = tracks.times[[anchor, other]]
    share = ((tracks.times[beside] - ends[0]) / (ends[1] - ends[0]))[:, None]
    across = tracks.places[anchor, q] * (1 - share) + tracks.places[other, q] * share
    here, most = tracks.places[beside, q], _ASTRAY * tracks.sizes[beside, q]
    astray = (np.linalg.norm(here - ahead, axis=1) > most) & (
        np.linalg.norm(here - across, axis=1) > most
    )
    if not astray.any():
        return at
    # Also what lies between a stray reading and the gap is not believed.
    worst = beside[astray]
    beyond = int(worst.min() if side < 0 else worst.max()) + side
    held = np.flatnonzero(tracks.present[:, q])
    held = held[held <= beyond] if side < 0 else held[held >= beyond]
    return int(held.max() if side < 0 else held.min())


def _line(when: Doubles, path: Floats, then: Doubles) -> Doubles:
    """(M, 2) where the straight line through a path leads."""
    middle, centre = when.mean(), path.mean(0)
    spread = ((when - middle) ** 2).sum()
    speed = ((when - middle)[:, None] * (path - centre)).sum(0) / (spread + 1e-6)
    return np.asarray(centre + (then - middle)[:, None] * speed, np.float64)
