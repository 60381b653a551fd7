"""What speaks for two pieces of tracks being of one person: costs, as log odds against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitruvian.associate.looks import averages, unlikeness
from vitruvian.associate.tracklets import TOUCH, Piece, Tracks
from vitruvian.clip import Clip
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["CUES", "Evidence", "weigh"]

Doubles = NDArray[np.float64]

CUES = frozenset({"looks", "place", "build", "track"})
"""Colours of the body; time, place and motion; bone lengths; what the first pass thought."""

_ERROR = 0.08
"""Standard error of a place that is predicted for the next frame, in body sizes, …"""
_DRIFT = 0.45
"""… and what a second of not being seen adds to it."""
_HIDING = 0.7
"""Cost of every second for which somebody is hidden in the middle of the picture."""
_STRIDE = 1.5
"""Seconds for which somebody unseen goes on as they went."""
_RETURN = 2.0
"""Cost of somebody coming back from anywhere, where only looks can tell who it is, …"""
_FAR, _TOO_FAR, _LIKE_OTHERS = 160.0, 80.0, 6.0
"""… and what it costs more the smaller they are, between these heights in pixels: of so few
pixels the clothes of two people are easily alike."""
_MIDDLE, _BORDER = 4.0, 1.0
"""Cost of somebody appearing or vanishing in the middle of the picture, and at its border."""
_LOOKS = 1.0
"""How much the log odds of looks weigh, for pieces of one film are not independent."""
_ALIKE, _UNLIKE = 3.0, 6.0
"""The most that looks alone count for one person, and against."""
_ANOTHER = 2.0
"""Who is so unlike whoever was there a moment ago is another."""
_BUILD = 1.0
_STEADY, _TURN = 0.35, 4.0
"""Standard change of velocity in a contact, in body sizes a second, and the most a turn costs."""
_CLINCH = 2.0
"""After a contact of so many seconds nobody goes on as they went."""
_LONG = 5
"""Moments that it takes to know a velocity."""
_TRACK, _TRACK_ALONE = 0.5, 2.5
"""What it counts that the first pass took two pieces for one person: with looks, and without."""
_SOLID = 1.5
"""A piece of so many free moments weighs half."""
_MIXED = 0.1
"""What a piece weighs in which others are in front all the time, for it shows their colours too."""
_SWITCHED = 8.0
"""Cost of going on in a column where clicks say that two people have been exchanged."""
_BONES = tuple(
    (BLAZEPOSE_33.index(f"{s}_{a}"), BLAZEPOSE_33.index(f"{s}_{b}"))
    for a, b in (
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("shoulder", "hip"),
        ("hip", "knee"),
        ("knee", "ankle"),
    )
    for s in ("left", "right")
)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Costs between K pieces; low is likely, and all of them are natural log odds.

    Args:
        spans: (K, 2) first and last moment of each piece.
        links: (K, K) cost of the second coming right after the first; inf if it does not.
        likeness: (K, K) cost of being one person, by looks and build, whatever lies between.
        weights: (K,) 0..1, how much of a person each piece shows.
        momentum: (K, K) cost of going into a contact and coming out of it as these two do.
        births: (K,) cost of a person beginning with this piece.
        deaths: (K,) cost of a person ending with it.
    """

    spans: NDArray[np.int64]
    links: Doubles
    likeness: Doubles
    weights: Doubles
    momentum: Doubles
    births: Doubles
    deaths: Doubles


def weigh(
    clip: Clip,
    tracks: Tracks,
    parts: list[Piece],
    cues: frozenset[str] = CUES,
    switched: frozenset[tuple[int, int]] = frozenset(),
) -> Evidence:
    """Compare every piece with every other.

    Args:
        clip: The film after the first pass.
        tracks: `read_tracks` of it.
        parts: The pieces.
        cues: Which of `CUES` count.
        switched: Moments and columns in which clicks say that somebody else comes.
    """
    columns = np.array([part.column for part in parts])
    spans = np.array([[part.moments[0], part.moments[-1]] for part in parts], np.int64)
    free = [_free(tracks, part) for part in parts]
    ends = _Ends.of(tracks, parts)
    weights = np.array([len(moments) / (len(moments) + _SOLID) for moments in free])
    weights *= np.where([_is_free(tracks, part) for part in parts], 1.0, _MIXED)
    likeness = np.zeros((len(parts), len(parts)))
    with_looks = "looks" in cues and clip.vectors is not None
    if with_looks:
        likeness += _by_looks(clip, parts, free)
    if "build" in cues:
        likeness += _by_build(clip, parts, free)
    if "track" in cues:
        same = columns[:, None] == columns[None]
        likeness -= np.where(same, _TRACK if with_looks else _TRACK_ALONE, 0)
    births, deaths = _edges(clip, ends)
    links = _links(clip, ends, spans, births, deaths) if "place" in cues else _order(spans)
    counts = np.array([len(part.moments) for part in parts])
    solid = counts / (counts + _SOLID)
    for moment, column in switched:
        # Two people have been exchanged here, so neither goes on in the same column.
        ours = columns == column
        before, after = ours & (spans[:, 1] < moment), ours & (spans[:, 0] >= moment)
        links = links + np.where(before[:, None] & after[None], _SWITCHED, 0.0)
    if with_looks:
        for cut in _camera_cuts(parts, spans, likeness):
            across = (spans[:, 1] < cut)[:, None] & (spans[:, 0] >= cut)[None]
            links = np.where(across, _RETURN, links)
            births = np.where(spans[:, 0] == cut, _BORDER, births)
            deaths = np.where(spans[:, 1] == cut - 1, _BORDER, deaths)
    momentum = _momentum(tracks, parts, ends) if "place" in cues else np.zeros_like(likeness)
    return Evidence(spans, links, likeness, weights, momentum, births * solid, deaths * solid)


def _free(tracks: Tracks, part: Piece) -> NDArray[np.int64]:
    """The moments at which the person can be seen apart from others, if there are any."""
    alone = tracks.touching[part.moments, part.column] <= TOUCH
    return part.moments[alone] if alone.any() else part.moments


def _camera_cuts(parts: list[Piece], spans: NDArray[np.int64], likeness: Doubles) -> list[int]:
    """Moments at which nobody goes on, and whoever is where somebody was is another."""
    cuts = []
    for cut in sorted({int(first) for first in spans[:, 0]} - {0}):
        before, after = np.flatnonzero(spans[:, 1] == cut - 1), np.flatnonzero(spans[:, 0] == cut)
        through = ((spans[:, 0] < cut) & (spans[:, 1] >= cut)).any()
        pairs = [(a, b) for a in before for b in after if parts[a].column == parts[b].column]
        if pairs and not through and all(likeness[a, b] > _ANOTHER for a, b in pairs):
            cuts.append(cut)
    return cuts


def _is_free(tracks: Tracks, part: Piece) -> bool:
    return bool((tracks.touching[part.moments, part.column] <= TOUCH).any())


def _by_looks(clip: Clip, parts: list[Piece], free: list[NDArray[np.int64]]) -> Doubles:
    if clip.vectors is None:
        return np.zeros((len(parts), len(parts)))
    rows = [clip.vectors[moments, part.column] for part, moments in zip(parts, free, strict=True)]
    known = np.stack([np.isfinite(row).sum(0) for row in rows]).astype(np.float64)
    means = averages(np.stack([np.nansum(row, axis=0, dtype=np.float64) for row in rows]), known)
    return np.clip(_LOOKS * unlikeness(means, means), -_ALIKE, _UNLIKE)


def _by_build(clip: Clip, parts: list[Piece], free: list[NDArray[np.int64]]) -> Doubles:
    """Cost by lengths of bones in metres, as shares of their sum."""
    none = np.zeros((len(parts), len(parts)))
    world = clip.body.world
    if world is None or clip.body.skeleton.landmarks != BLAZEPOSE_33.landmarks:
        return none
    first, second = (list(side) for side in zip(*_BONES, strict=True))
    shapes = []
    for part, moments in zip(parts, free, strict=True):
        body = world[moments, part.column]
        bones = np.linalg.norm(body[:, first] - body[:, second], axis=-1)
        bones = bones.reshape(len(bones), -1, 2).mean(-1)
        shapes.append(np.mean(bones / np.maximum(bones.sum(1, keepdims=True), 1e-6), axis=0))
    table = np.stack(shapes)
    gap = np.abs(table[:, None] - table[None]).sum(-1)
    return np.asarray(np.nan_to_num(_BUILD * np.clip(gap / 0.08 - 1, -0.3, 1)))


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Where each piece begins and ends, (2, K, …), and how it moves there."""

    times: Doubles
    places: Doubles
    speeds: Doubles
    sizes: Doubles

    @classmethod
    def of(cls, tracks: Tracks, parts: list[Piece]) -> _Ends:
        count = len(parts)
        times, sizes = np.zeros((2, count)), np.zeros((2, count))
        places, speeds = np.zeros((2, count, 2)), np.zeros((2, count, 2))
        for k, part in enumerate(parts):
            for side, at in enumerate((part.moments[0], part.moments[-1])):
                near = part.moments[np.abs(tracks.times[part.moments] - tracks.times[at]) <= 0.5]
                when = tracks.times[near] - tracks.times[at]
                path = tracks.places[near, part.column].astype(np.float64)
                times[side, k] = tracks.times[at]
                sizes[side, k] = np.median(tracks.sizes[near, part.column])
                places[side, k], speeds[side, k] = _line(when, path)
        return cls(times, places, speeds, sizes)


def _line(when: Doubles, path: Doubles) -> tuple[Doubles, Doubles]:
    """Place and speed at time 0 of the straight line that fits best; a short one hardly moves."""
    middle, centre = when.mean(), path.mean(0)
    spread = ((when - middle) ** 2).sum()
    speed = ((when - middle)[:, None] * (path - centre)).sum(0) / (spread + 0.01)
    end = path[np.argmin(np.abs(when))]
    return (end + centre - middle * speed) / 2, speed


def _order(spans: NDArray[np.int64]) -> Doubles:
    """(K, K) 0 where the second begins after the first has ended, else inf."""
    return np.where(spans[None, :, 0] > spans[:, None, 1], 0.0, np.inf)


def _links(
    clip: Clip, ends: _Ends, spans: NDArray[np.int64], births: Doubles, deaths: Doubles
) -> Doubles:
    wait = ends.times[0][None] - ends.times[1][:, None]
    frame = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 0.0
    unseen = np.maximum(wait - frame, 0)
    way = _STRIDE * (1 - np.exp(-np.maximum(wait, 0) / _STRIDE))[..., None]
    ahead = ends.places[1][:, None] + ends.speeds[1][:, None] * way - ends.places[0][None]
    back = ends.places[1][:, None] + ends.speeds[0][None] * way - ends.places[0][None]
    size = np.sqrt(ends.sizes[1][:, None] * ends.sizes[0][None])
    miss = (np.linalg.norm(ahead, axis=-1) + np.linalg.norm(back, axis=-1)) / 2 / size
    grown = np.abs(np.log(ends.sizes[0][None] / ends.sizes[1][:, None]))
    error = _ERROR + _DRIFT * unseen
    room = max(1.0, float(np.prod(_size(clip))) / float(np.median(size)) ** 2)
    near = 0.5 * (miss / error) ** 2 + np.log(2 * np.pi * error**2) - np.log(room)
    near = near + 0.5 * (grown / (0.15 + 0.2 * unseen)) ** 2
    # Whoever went out of the picture is not hidden in it.
    left = (_MIDDLE - deaths)[:, None] + (_MIDDLE - births)[None]
    near = near + _HIDING * unseen + left * np.clip(unseen / 0.5, 0, 1)
    few = np.clip((_FAR - size) / (_FAR - _TOO_FAR), 0, 1)
    back_again = _RETURN + _LIKE_OTHERS * few + _cost_of_haste(miss, wait)
    # Whoever went out over the border comes in over it.
    inner = _MIDDLE - _BORDER
    back_again = back_again + (_MIDDLE - deaths)[:, None] * (births - _BORDER)[None] / inner
    return np.asarray(np.minimum(near, back_again) + _order(spans))


def _momentum(tracks: Tracks, parts: list[Piece], ends: _Ends) -> Doubles:
    """Cost of a change of velocity from before a contact to after it, for pieces that flow in it.

    Within a contact places and looks say little; people mostly go on as they went.
    """
    long = np.array([len(part.moments) >= _LONG for part in parts])
    # Only who is not touched by others shows which way they go.
    long &= np.array([_is_free(tracks, part) for part in parts])
    into = long & np.array([_goes_on(tracks, part, 1) for part in parts])
    out = long & np.array([_goes_on(tracks, part, -1) for part in parts])
    wait = ends.times[0][None] - ends.times[1][:, None]
    size = np.sqrt(ends.sizes[1][:, None] * ends.sizes[0][None])
    change = np.linalg.norm(ends.speeds[1][:, None] - ends.speeds[0][None], axis=-1) / size
    cost = np.minimum(0.5 * (change / _STEADY) ** 2, _TURN) * np.exp(-np.maximum(wait, 0) / _CLINCH)
    counts = into[:, None] & out[None] & (wait > 0) & (wait < _CLINCH)
    cost = np.where(counts, cost, 0.0)
    return np.asarray(cost + cost.T)


def _goes_on(tracks: Tracks, part: Piece, side: int) -> bool:
    """Whether the column goes on in contact after a piece (side 1), or before it (-1)."""
    beside = int(part.moments[-1 if side > 0 else 0]) + side
    return bool(
        0 <= beside < len(tracks.times)
        and tracks.present[beside, part.column]
        and tracks.touching[beside, part.column] > TOUCH
    )


def _cost_of_haste(miss: Doubles, wait: Doubles) -> Doubles:
    """Nobody goes more than a few body sizes in a second."""
    return np.asarray(np.maximum(0, miss - 0.5 - 2 * np.maximum(wait, 0)) * 2)


def _size(clip: Clip) -> tuple[float, float]:
    if clip.size is not None:
        return clip.size
    x1, y1 = np.nanmax(clip.boxes[..., 2:].reshape(-1, 2), axis=0).tolist()
    return max(x1, 1.0), max(y1, 1.0)


def _edges(clip: Clip, ends: _Ends) -> tuple[Doubles, Doubles]:
    width, height = _size(clip)
    costs = []
    for side, extreme in enumerate((clip.times[0], clip.times[-1])):
        place, size = ends.places[side], ends.sizes[side]
        ahead = place + ends.speeds[side] * (0.3 if side else -0.3)
        margin = np.minimum(
            np.minimum(ahead[:, 0], width - ahead[:, 0]) / size * 2,
            np.minimum(ahead[:, 1], height - ahead[:, 1]) / size,
        )
        cost = _BORDER + (_MIDDLE - _BORDER) * np.clip(2 * margin - 1, 0, 1)
        costs.append(np.where(np.abs(ends.times[side] - extreme) < 0.3, _BORDER, cost))
    return costs[0], costs[1]
