"""Pieces of tracks that are surely of one person: the second pass puts these together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitruvian.associate.looks import averages, unlikeness_in_pairs
from vitruvian.clip import Clip
from vitruvian.geometry.boxes import iou
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools, Floats, Ints

__all__ = ["TOUCH", "Piece", "Tracks", "pieces", "read_tracks"]

_TORSO = [BLAZEPOSE_33.index(f"{s}_{j}") for j in ("shoulder", "hip") for s in ("left", "right")]
TOUCH = 0.2
"""From what IoU on two boxes are in contact, so that ids may have been exchanged."""
_LOOSE = 0.15
"""Half of the seconds for which two people in contact may come apart."""
_PAUSE = 0.3
"""Seconds out of sight that end a piece."""
_JUMP = 0.25
"""How far from where they were going, in body sizes, a person may be in the next frame, …"""
_PACE = 2.0
"""… and how much further for every second between."""
_WINDOW = 0.6
"""Seconds on either side of a moment that are compared."""
_DOUBT = 0.35
"""An id that is no surer ends a piece."""
_LEAST = 5
"""Moments on either side that it takes to tell a change of looks."""
_CHANGE = 0.3
"""A change of looks with greater log odds ends a piece."""


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """What the second pass looks at, for every moment and column of a clip.

    Args:
        times: (T,) seconds.
        present: (T, P) whether somebody is there.
        places: (T, P, 2) the middle of the torso in pixels, or of the box without landmarks.
        sizes: (T, P) the longer side of the box in pixels, steadied over time.
        touching: (T, P) the most that the box overlaps another's, as IoU.
    """

    times: NDArray[np.float64]
    present: Bools
    places: Floats
    sizes: Floats
    touching: Floats


def read_tracks(clip: Clip) -> Tracks:
    """Where everybody of a clip is, how large, and who touches whom."""
    present = clip.present & np.isfinite(clip.boxes).all(-1)
    boxes = np.where(present[..., None], clip.boxes, np.nan)
    places = (boxes[..., :2] + boxes[..., 2:]) / 2
    if clip.body.skeleton.landmarks == BLAZEPOSE_33.landmarks:
        torso = clip.body.xy[..., _TORSO, :].mean(-2)
        places = np.where(np.isfinite(torso), torso, places)
    sides = np.maximum(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])
    sizes = _steady(clip.times, sides)
    touching = _lasting(clip.times, _touching(boxes))
    return Tracks(clip.times, present, places.astype(np.float32), sizes, touching)


def _steady(times: NDArray[np.float64], values: Floats) -> Floats:
    """The median of what is known within the window round each moment, per column."""
    steady = values.copy()
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    half = int(min(max(round(_WINDOW / max(step, 1e-3)), 0), 15))
    shifted = [np.roll(values, k, axis=0) for k in range(-half, half + 1)]
    for k, column in zip(range(-half, half + 1), shifted, strict=True):
        if k > 0:
            column[:k] = np.nan
        elif k < 0:
            column[k:] = np.nan
    known = np.isfinite(values)
    if known.any():
        steady[known] = np.nanmedian(np.stack([c[known] for c in shifted]), axis=0)
    return np.maximum(steady, 1.0)


def _touching(boxes: Floats) -> Floats:
    touching = np.zeros(boxes.shape[:2], np.float32)
    for t, row in enumerate(boxes):
        here = np.flatnonzero(np.isfinite(row[:, 0]))
        if len(here) > 1:
            overlap = iou(row[here], row[here]) - 2 * np.eye(len(here), dtype=np.float32)
            touching[t, here] = overlap.max(1)
    return touching


def _lasting(times: NDArray[np.float64], touching: Floats) -> Floats:
    """The same without the short moments in which a contact seems to be over."""
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    width = 2 * min(round(_LOOSE / max(step, 1e-3)), 15) + 1
    slide = np.lib.stride_tricks.sliding_window_view
    edge = ((width - 1, width - 1), (0, 0))
    wide = slide(np.pad(touching, edge), width, axis=0).max(-1)
    return np.asarray(slide(wide, width, axis=0).min(-1), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One column of a clip at some moments, all of one person.

    Args:
        column: Which column.
        moments: (M,) int64, which moments, rising.
    """

    column: int
    moments: Ints


def pieces(
    clip: Clip, tracks: Tracks, extra: frozenset[tuple[int, int]] = frozenset()
) -> list[Piece]:
    """Cut every column wherever it may have passed from one person to another.

    That is: after a pause, at a jump in place or size, at a change of looks, where two people
    come into contact, are nearest to each other and part again, and where the id is in doubt.

    Args:
        clip: The film after the first pass.
        tracks: `read_tracks` of it.
        extra: Further (moment, column) at which a piece must begin.
    """
    found = []
    for p in range(len(clip.ids)):
        moments = np.flatnonzero(tracks.present[:, p])
        if not len(moments):
            continue
        begins = _jumps(tracks, moments, p) | _contacts(tracks, moments, p)
        begins |= np.isin(moments, [t for t, column in extra if column == p])
        if clip.id_scores is not None:
            begins |= _dips(clip.id_scores[moments, p])
        if clip.vectors is not None:
            begins |= _changes(clip.vectors[moments, p], clip.times[moments])
        begins[0] = True
        found += [Piece(p, part) for part in np.split(moments, np.flatnonzero(begins)[1:])]
    # By what is seen and not by column: what the first pass called people must not matter.
    return sorted(found, key=lambda piece: (int(piece.moments[0]), *_corners(clip, piece)))


def _corners(clip: Clip, piece: Piece) -> list[float]:
    corners: list[float] = clip.boxes[piece.moments[0], piece.column].tolist()
    return corners


def _jumps(tracks: Tracks, moments: Ints, p: int) -> Bools:
    """After a pause, or where place or size is not where the moment before leads."""
    begins = np.zeros(len(moments), np.bool_)
    if len(moments) < 2:
        return begins
    times, places, sizes = (
        tracks.times[moments],
        tracks.places[moments, p],
        tracks.sizes[moments, p],
    )
    wait = np.diff(times)
    frame = float(np.median(np.diff(tracks.times)))
    move = np.diff(places, axis=0)
    speed = move / np.maximum(wait, 1e-6)[:, None]
    before = np.concatenate([np.zeros((1, 2), np.float32), speed[:-1]])
    ahead = np.linalg.norm(move - before * wait[:, None], axis=1)
    gap = np.minimum(np.linalg.norm(move, axis=1), ahead) / np.minimum(sizes[1:], sizes[:-1])
    grown = np.abs(np.log(sizes[1:] / sizes[:-1]))
    begins[1:] = (wait > max(_PAUSE, 2.5 * frame)) | (gap > _JUMP + _PACE * wait) | (grown > 0.5)
    return begins


def _contacts(tracks: Tracks, moments: Ints, p: int) -> Bools:
    """Where a contact begins, is closest and ends."""
    touching = tracks.touching[moments, p] > TOUCH
    begins = np.zeros(len(moments), np.bool_)
    begins[1:] = touching[1:] != touching[:-1]
    edges = np.flatnonzero(begins)
    for first, last in zip([0, *edges], [*edges, len(moments)], strict=True):
        if touching[first]:
            begins[first + int(np.argmax(tracks.touching[moments[first:last], p]))] = True
    return begins


def _dips(id_scores: Floats) -> Bools:
    """Where the first pass was least sure who it was, of every while in which it doubted."""
    begins = np.zeros(len(id_scores), np.bool_)
    low = np.flatnonzero(id_scores < _DOUBT)
    for run in np.split(low, np.flatnonzero(np.diff(low) > 1) + 1):
        if len(run):
            begins[run[np.argmin(id_scores[run])]] = True
    return begins


def _changes(vectors: Floats, times: NDArray[np.float64]) -> Bools:
    """Where the looks before a moment and after it differ most, and by much."""
    count = len(vectors)
    begins = np.zeros(count, np.bool_)
    if count < 2 * _LEAST:
        return begins
    before, after = _means_beside(vectors, times)
    gap = unlikeness_in_pairs(before, after)
    gap[:_LEAST] = gap[count - _LEAST + 1 :] = 0
    while gap.max() > _CHANGE:
        at = int(gap.argmax())
        begins[at] = True
        gap[np.abs(times - times[at]) <= _WINDOW] = 0
    return begins


def _means_beside(vectors: Floats, times: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """(M, D) the mean of the vectors within the window before each moment, and after it."""
    known = np.isfinite(vectors)
    zero = np.zeros((1, vectors.shape[1]))
    sums = np.concatenate([zero, np.cumsum(np.where(known, vectors, 0), axis=0, dtype=np.float64)])
    counts = np.concatenate([zero, np.cumsum(known, axis=0)])
    here = np.arange(len(times))
    low = np.searchsorted(times, times - _WINDOW)
    high = np.searchsorted(times, times + _WINDOW, side="right")

    return (
        averages(sums[here] - sums[low], counts[here] - counts[low]),
        averages(sums[high] - sums[here], counts[high] - counts[here]),
    )
