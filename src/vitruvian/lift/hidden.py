"""What was read of people beside others: not to be believed where it may be of the other body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.clip import Clip
from vitruvian.lift.features import Array
from vitruvian.lift.sides import PACE
from vitruvian.skeletons import Skeleton

__all__ = ["doubted"]

_NEAR = 0.5
"""Sizes of a person: whose landmarks are nearer in the mean may hide each other."""
_STAY = 0.2
"""Seconds before and after in which they are taken to be near: a wrong reading may lie apart."""
_WHILE = 0.133
"""Seconds before somebody is hidden, and after, in which landmarks stray to the other body."""
_LAG = 0.1
"""Seconds over which the change is taken."""
_SHORT = 0.5
"""Seconds: what is read for less between leaps or absences is as doubtful as they are."""


def doubted(clip: Clip) -> Clip:
    """The clip with visibility 0 where somebody near another may have been read wrongly.

    That is just before and after they were hidden, where the body's shape leaps, and what is read
    for less than half a second between such moments, or those in which they are not there.

    Args:
        clip: A film; whoever is hidden but known to be there has visibility 0.
    """
    frame = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 0.0
    if frame <= 0:
        return clip
    lag = max(round(_LAG / frame), 1)
    visibility = clip.body.visibility.copy()
    for p in range(len(clip.ids)):
        beside = _widened(_beside(clip, p), _STAY / frame)
        xy = clip.body.xy[:, p].astype(np.float64)
        read = np.isfinite(xy).all((-1, -2)) & ~(visibility[:, p] == 0).all(-1)
        if not (beside & read).any():
            continue
        hidden = clip.present[:, p] & (visibility[:, p] == 0).all(-1)
        shape, most = _shape(xy, clip.body.skeleton), PACE * lag * frame * _size(xy[read])
        wrong = beside & (_widened(hidden, _WHILE / frame) | _leaping(shape, read, lag, most))
        for first, last in _runs(read & ~wrong):
            between = first > 0 and last < len(wrong) and beside[first:last].all()
            if between and (last - first) * frame < _SHORT:
                wrong[first:last] = True
        kept = np.where(wrong[:, None], 0, visibility[:, p])
        # Somebody of whom nothing else was read has to be believed.
        if (kept > 0).any():
            visibility[:, p] = kept
    return replace(clip, body=replace(clip.body, visibility=visibility))


def _beside(clip: Clip, p: int) -> Array:
    """(T,) when somebody else's body is near a person's."""
    xy = clip.body.xy.astype(np.float64)
    there = xy[np.isfinite(xy[:, p]).all((-1, -2)), p]
    far = np.linalg.norm(xy - xy[:, p : p + 1], axis=-1).mean(-1)
    far[:, p] = np.inf
    return np.asarray((np.nan_to_num(far, nan=np.inf) < _NEAR * _size(there)).any(1))


def _size(bodies: Array) -> float:
    """Pixels across a body (T, K, 2), in the middle of all frames."""
    return float(np.median(np.linalg.norm(np.ptp(bodies, axis=1), axis=-1))) if len(bodies) else 0.0


def _shape(xy: Array, skeleton: Skeleton) -> Array:
    """(T, K, 2) a body round its hips, without the face."""
    hips = [skeleton.index("left_hip"), skeleton.index("right_hip")]
    return np.asarray(
        (xy - xy[:, hips].mean(1, keepdims=True))[:, skeleton.index("left_shoulder") :]
    )


def _leaping(shape: Array, read: Array, lag: int, most: float) -> Array:
    """(T,) from where to where a body's shape changes by more pixels in so many frames."""
    result = np.zeros(len(shape), bool)
    far = np.linalg.norm(shape[lag:] - shape[:-lag], axis=-1).mean(-1)
    for start in np.flatnonzero(read[lag:] & read[:-lag] & (far > most)):
        result[start : start + lag + 1] = True
    return result


def _widened(moments: Array, frames: float) -> Array:
    """(T,) moments, and so many frames before and after each."""
    reach = round(frames)
    found = np.convolve(moments, np.ones(2 * reach + 1))[reach : reach + len(moments)] > 0.5
    return np.asarray(found)


def _runs(moments: Array) -> Array:
    """(R, 2) the first frame of each stretch, and the one after its last."""
    return np.flatnonzero(np.diff(np.r_[0, moments.astype(int), 0])).reshape(-1, 2)
