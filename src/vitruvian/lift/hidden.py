"""What was read of people who go behind others: not to be believed just before and after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.clip import Clip
from vitruvian.lift.features import Array

__all__ = ["doubted"]

_NEAR = 0.4
"""Sizes of a person: whose landmarks are nearer in the mean may hide each other."""
_WHILE = 0.133
"""Seconds before somebody is hidden, and after, in which landmarks stray to the other body."""


def doubted(clip: Clip) -> Clip:
    """The clip with visibility 0 also just before and after somebody was hidden behind another.

    Args:
        clip: A film; whoever is hidden but known to be there has visibility 0.
    """
    visibility = clip.body.visibility.copy()
    hidden = (visibility == 0).all(-1) & clip.present
    frame = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 0.0
    reach = round(_WHILE / frame) if frame > 0 else 0
    if not hidden.any() or reach == 0:
        return clip
    window = np.ones(2 * reach + 1)
    for p in np.flatnonzero(hidden.any(0)):
        soon = np.convolve(hidden[:, p], window)[reach : reach + len(hidden)] > 0.5
        kept = np.where((soon & _beside(clip, int(p)))[:, None], 0, visibility[:, p])
        # Somebody of whom nothing else was read has to be believed.
        if (kept > 0).any():
            visibility[:, p] = kept
    return replace(clip, body=replace(clip.body, visibility=visibility))


def _beside(clip: Clip, p: int) -> Array:
    """(T,) when somebody else's body is near a person's."""
    xy = clip.body.xy.astype(np.float64)
    there = xy[np.isfinite(xy[:, p]).all((-1, -2)), p]
    size = float(np.median(np.linalg.norm(np.ptp(there, axis=1), axis=-1))) if len(there) else 0.0
    far = np.linalg.norm(xy - xy[:, p : p + 1], axis=-1).mean(-1)
    far[:, p] = np.inf
    return np.asarray((np.nan_to_num(far, nan=np.inf) < _NEAR * size).any(1))
