"""A clip with other columns: who was taken for whom put right, and gaps of sight filled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vitruvian.clip import Clip
from vitruvian.geometry.boxes import overlap_of
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import HIDDEN, LANDMARK_COLUMNS, Floats, Ints, Landmarks

__all__ = ["HIDDEN_SCORE", "Gap", "fill", "laid_out", "seen"]

HIDDEN_SCORE = 0.1
"""The score of somebody who is not seen, but must be there."""
Gap = tuple[int, int, int]
"""A column, and the moments before and after somebody was out of sight."""
_NEAR_AN_END = 0.3
"""Seconds of what was seen before and after a gap that say where somebody is in it."""
_COVERED = 0.7
"""The share of a box in front of which somebody else must be to hide who is in it."""
_DRAWN = 0.2
"""Seconds in which it becomes likely that who is not seen is right behind who is in front."""
_PASSING = 0.25
"""Body sizes: who gets so much farther in a gap than who is in front goes past, on their way."""
_TRUNK = [BLAZEPOSE_33.index(f"{s}_{j}") for j in ("shoulder", "hip") for s in ("left", "right")]
_PARTS = ("xy", "z", "visibility", "presence", "world")
_COLUMNS = ("boxes", "scores", "id_scores", "labels", "label_scores", "vectors", "root")


def seen(clip: Clip) -> Clip:
    """The clip without those whom an earlier `fill` put where nobody was seen."""
    with np.errstate(invalid="ignore"):
        guessed = clip.scores <= HIDDEN
    if not guessed.any():
        return clip
    columns = np.where(guessed, -1, np.arange(len(clip.ids)))
    return laid_out(clip, columns, clip.ids)


def laid_out(clip: Clip, columns: Ints, ids: Ints) -> Clip:
    """The clip with its people in other columns.

    Args:
        clip: The film.
        columns: (T, Q) int64, which column of the clip each person has at each moment, -1 for
            none.
        ids: (Q,) int64, the ids of the people.
    """
    moments = np.arange(len(clip.times))[:, None]

    def moved(values: Any) -> Any:
        if values is None:
            return None
        if isinstance(values, Landmarks):
            parts = {name: moved(getattr(values, name)) for name in _PARTS}
            return Landmarks(values.skeleton, **parts)
        taken = values[moments, columns] if values.shape[1] else _nothing(values, columns)
        taken[columns < 0] = None if values.dtype == object else np.nan
        return taken

    changed = {name: moved(getattr(clip, name)) for name in (*_COLUMNS, *LANDMARK_COLUMNS)}
    return replace(clip, ids=ids, names=None, **changed)


def _nothing(values: Any, columns: Ints) -> Any:
    return np.empty((*columns.shape, *values.shape[2:]), values.dtype)


def fill(clip: Clip, gaps: list[Gap]) -> Clip:
    """Put people where they must have been while they were out of sight.

    Between what was seen before and after, places and landmarks change evenly, and the longer
    somebody is hidden by who does not pass, the nearer they are to them. Visibility and presence
    are 0, and the score is `HIDDEN_SCORE`. Nothing else is known of them: no hands, labels
    or looks.

    Args:
        clip: The film.
        gaps: Where to, of one column without overlap; whoever was read between the two moments is
            not believed.
    """
    clip = _emptied(clip, gaps)
    ends = [_box_ends(clip, *gap) for gap in gaps]
    body, ids = clip.body, clip.id_scores
    for (q, first, last), boxes in zip(gaps, ends, strict=True):
        between = np.arange(first + 1, last)
        share = np.interp(clip.times[between], clip.times[[first, last]], [0.0, 1.0])
        clip.boxes[between, q] = _even(*boxes, share)
        clip.scores[between, q] = HIDDEN_SCORE
        for values in (body.xy, body.z, body.world, clip.root):
            if values is not None:
                values[between, q] = _even(values[first, q], values[last, q], share)
        body.visibility[between, q] = body.presence[between, q] = 0
        if ids is not None:
            ids[between, q] = np.minimum(ids[first, q], ids[last, q]) / 2
    if body.skeleton.landmarks == BLAZEPOSE_33.landmarks:
        for gap in gaps:
            _draw_behind(clip, *gap)
    return clip


def _draw_behind(clip: Clip, q: int, first: int, last: int) -> None:
    """Move who is hidden towards who stays in front: farther off they would be seen."""
    for t in range(first + 1, last):
        with np.errstate(invalid="ignore"):
            read = np.flatnonzero(clip.scores[t] > HIDDEN_SCORE)
        if not len(read):
            continue
        share = overlap_of(clip.boxes[t, q][None], clip.boxes[t, read])[0]
        front = int(read[share.argmax()])
        if share.max() < _COVERED or _passes(clip, q, front, first, last):
            continue
        since = np.abs(clip.times[t] - clip.times[[first, last]])
        trunks = clip.body.xy[t][[q, front]][:, _TRUNK].mean(1)
        way = (trunks[1] - trunks[0]) * np.prod(-np.expm1(-since / _DRAWN))
        clip.boxes[t, q] += np.tile(way, 2)
        clip.body.xy[t, q] += way


def _passes(clip: Clip, q: int, front: int, first: int, last: int) -> bool:
    """Whether two people go past each other in a gap; not so if it is not known."""
    boxes = clip.boxes[[first, last]][:, [q, front]]
    middles = (boxes[..., :2] + boxes[..., 2:]) / 2
    gone = np.linalg.norm(np.diff(middles[:, 0] - middles[:, 1], axis=0))
    size = float((boxes[:, 0, 2:] - boxes[:, 0, :2]).max())
    return bool(gone > _PASSING * size)


def _emptied(clip: Clip, gaps: list[Gap]) -> Clip:
    """A copy in which nobody is in a gap."""
    columns = np.tile(np.arange(len(clip.ids)), (len(clip.times), 1))
    for q, first, last in gaps:
        columns[first + 1 : last, q] = -1
    return replace(laid_out(clip, columns, clip.ids), names=clip.names)


def _even(first: Floats, last: Floats, share: Any) -> Floats:
    part = share.reshape(-1, *([1] * first.ndim))
    return np.asarray(first + (last - first) * part, np.float32)


def _box_ends(clip: Clip, q: int, first: int, last: int) -> tuple[Floats, Floats]:
    """The box before and after a gap, of the size that it had for a while."""
    ends = []
    for at, side in ((first, -1), (last, 1)):
        away = (clip.times - clip.times[at]) * side
        near = (away >= 0) & (away <= _NEAR_AN_END) & np.isfinite(clip.boxes[:, q, 0])
        boxes = clip.boxes[near, q]
        size = np.median(boxes[:, 2:] - boxes[:, :2], axis=0)
        box = clip.boxes[at, q]
        middle = (box[:2] + box[2:]) / 2
        ends.append(np.concatenate([middle - size / 2, middle + size / 2]))
    return ends[0], ends[1]
