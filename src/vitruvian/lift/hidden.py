"""What was read of people beside others: not to be believed where it may be of the other body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.clip import Clip
from vitruvian.lift.features import Array
from vitruvian.lift.sides import leapt
from vitruvian.skeletons import BLAZEPOSE_33, Skeleton, blazepose_to_coco
from vitruvian.types import Landmarks

__all__ = ["doubted", "strayed"]

_NEAR = 0.5
"""Sizes of a person: whose landmarks are nearer in the mean may hide each other."""
_STAY = 0.4
"""Seconds before and after in which they are taken to be near: a wrong reading may lie apart."""
_WHILE = 0.133
"""Seconds before somebody is hidden, and after, in which landmarks stray to the other body."""
_LIMBS = [13, 15, 17, 19, 21], [14, 16, 18, 20, 22], [25, 27, 29, 31], [26, 28, 30, 32]
"""What of an arm or leg moves: from elbow or knee on."""


def doubted(clip: Clip) -> tuple[Landmarks, Array]:
    """The clip's body with visibility 0 where somebody near another may have been read wrongly.

    That is just before and after they were hidden, and what does not fit between the readings
    before and after it, as far as a body can change in that time.

    Args:
        clip: A film; whoever is hidden but known to be there has visibility 0.

    Returns:
        The body, and (T, P) who is beside somebody else, and when.
    """
    near = np.zeros(clip.present.shape, bool)
    frame = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 0.0
    if frame <= 0:
        return clip.body, near
    visibility = clip.body.visibility.copy()
    for p in range(len(clip.ids)):
        near[:, p] = beside = _widened(_beside(clip, p), _STAY / frame)
        xy = clip.body.xy[:, p].astype(np.float64)
        read = np.isfinite(xy).all((-1, -2)) & ~(visibility[:, p] == 0).all(-1)
        if not (beside & read).any():
            continue
        hidden = clip.present[:, p] & (visibility[:, p] == 0).all(-1)
        leaps = leapt(_as_33(xy, clip.body.skeleton), read, 1 / frame)
        wrong = beside & (_widened(hidden, _WHILE / frame) | leaps)
        kept = np.where(wrong[:, None], 0, visibility[:, p])
        # Somebody of whom nothing else was read has to be believed.
        if (kept > 0).any():
            visibility[:, p] = kept
    return replace(clip.body, visibility=visibility), near


def strayed(xy: Array, read: Array, beside: Array, rate: float) -> Array:
    """(T, 33) arms and legs that were read on the body of somebody else.

    Each by itself is off the cheapest way through the film (`vitruvian.lift.sides.leapt`), by the
    same measure as a whole body.

    Args:
        xy: (T, 33, 2) pixels, left and right put right; NaN where they are missing.
        read: (T,) which frames are of any use.
        beside: (T,) when somebody else is near.
        rate: Frames a second.
    """
    lost = np.zeros(xy.shape[:2], bool)
    if (beside & read).any():
        for limb in _LIMBS:
            lost[:, limb] = (leapt(xy, read, rate, limb) & beside)[:, None]
    return lost


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


def _as_33(xy: Array, skeleton: Skeleton) -> Array:
    """(T, 33, 2) a body's landmarks, NaN where the skeleton has none."""
    points = np.full((len(xy), 33, 2), np.nan)
    points[:, slice(None) if skeleton == BLAZEPOSE_33 else list(blazepose_to_coco)] = xy
    return points


def _widened(moments: Array, frames: float) -> Array:
    """(T,) moments, and so many frames before and after each."""
    reach = round(frames)
    found = np.convolve(moments, np.ones(2 * reach + 1))[reach : reach + len(moments)] > 0.5
    return np.asarray(found)
