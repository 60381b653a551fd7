"""Left and right that a landmark model exchanged for a while, as the picture shows them."""

from __future__ import annotations

import numpy as np

from vitruvian.lift.features import HIPS, Array
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["MIRROR", "exchanged", "leapt"]

MIRROR = np.array(BLAZEPOSE_33.mirror)
"""Each landmark's other side."""
_BODY = slice(11, None)
"""Without the face, whose points are as good as one."""
_PACE = 1.2
"""A body's shape in the picture changes by no more of its size in a second, the mean of its
landmarks round the hips."""
_OMITTED = 1.5
"""What it costs to omit a second, in sizes of the body: more than the change that it allows."""
_EXCHANGE, _EXCHANGED = 0.05, 0.1
"""What speaks against an exchange, and against each second of one."""
_REACH = 0.5
"""Seconds that can be omitted at once."""


def exchanged(xy: Array, weights: Array, rate: float) -> tuple[Array, Array]:
    """Find the frames in which left is right, and those between, which are neither.

    A body that becomes its own mirror image within a few frames was read wrongly before or
    after. Of all ways through the film, each frame taken as it is, mirrored or omitted, the
    cheapest is found (Viterbi, 1967): the one that leaps little and leaves most as it is.

    Args:
        xy: (T, 33, 2) pixels; NaN where they are missing.
        weights: (T, 33), how sure each is, 0..1.
        rate: Frames a second.

    Returns:
        (T,) which frames are exchanged, and (T,) which are to be omitted.
    """
    wrong, omitted = np.zeros((2, len(xy)), bool)
    sure = np.where(np.isfinite(xy).all(-1), weights, 0.0)
    known = np.flatnonzero((sure[:, HIPS] > 0).all(-1))
    if len(known) < 3:
        return wrong, omitted
    shapes, sure = _shapes(xy[known], sure[known])
    times = known / rate
    if not _leaps(shapes, sure, times, 1)[:, 0].any():
        return wrong, omitted
    chosen, sides = _cheapest(shapes, sure, times, rate)
    if not sides.any():
        return wrong, omitted
    omitted[known] = True
    omitted[known[chosen]] = False
    wrong[known[chosen]] = sides
    return wrong, omitted


def leapt(xy: Array, read: Array, rate: float, part: slice | list[int] = _BODY) -> Array:
    """The frames that the cheapest way through a film leaves out, sides as they are.

    Args:
        xy: (T, 33, 2) pixels; NaN where they are missing.
        read: (T,) which frames are of any use.
        rate: Frames a second.
        part: Landmarks that are looked at.

    Returns:
        (T,), only of those that are of use.
    """
    sure = np.isfinite(xy).all(-1) & read[:, None]
    known = np.flatnonzero(sure[:, HIPS].all(-1))
    left = np.zeros(len(xy), bool)
    if len(known) < 3:
        return left
    shapes, weights = _shapes(xy[known], sure[known].astype(np.float64), part)
    chosen, _ = _cheapest(shapes, weights, known / rate, rate, exchange=np.inf)
    left[known] = True
    left[known[chosen]] = False
    return left


def _shapes(xy: Array, sure: Array, part: slice | list[int] = _BODY) -> tuple[Array, Array]:
    """(T, 2, K, 2) landmarks round the hips, as they are and mirrored, and (T, 2, K) how sure."""
    there = np.where(sure[..., None] > 0, xy, np.nan)
    extent = np.nanmax(there, axis=1) - np.nanmin(there, axis=1)
    size = max(float(np.median(np.linalg.norm(extent, axis=-1))), 1e-9)
    bodies = np.nan_to_num(there - xy[:, HIPS].mean(1, keepdims=True)) / size
    return _both_ways(bodies)[:, :, part], _both_ways(sure)[:, :, part]


def _both_ways(column: Array) -> Array:
    return np.stack([column, column[:, MIRROR]], axis=1)


def _leaps(shapes: Array, sure: Array, times: Array, lag: int) -> Array:
    """(T - lag, 2) by how much a body changes too fast, if its sides stay or are exchanged."""
    weight = sure[lag:] * sure[:-lag, :1]
    far = np.linalg.norm(shapes[lag:] - shapes[:-lag, :1], axis=-1)
    mean = (far * weight).sum(-1) / np.maximum(weight.sum(-1), 1e-6)
    return np.asarray(np.maximum(mean - _PACE * (times[lag:] - times[:-lag])[:, None], 0.0))


def _cheapest(
    shapes: Array, sure: Array, times: Array, rate: float, exchange: float = _EXCHANGE
) -> tuple[Array, Array]:
    """The frames through which the cheapest way goes, and whether each is exchanged."""
    count = len(shapes)
    reach = min(max(round(_REACH * rate), 1), count - 1)
    # What a step costs: (count, reach) back, and from the same or the other sides.
    steps = np.full((count, reach, 2), np.inf)
    for lag in range(1, reach + 1):
        leaps = _leaps(shapes, sure, times, lag)
        steps[lag:, lag - 1] = leaps + (0, exchange) + _OMITTED / rate * (lag - 1)
    cost, came = np.zeros((count, 2)), np.full((count, 2), -1)
    for t in range(count):
        back = np.arange(t - 1, max(t - 1 - reach, -1), -1)
        for side in range(2):
            # Everything before this frame may have been omitted, too.
            cost[t, side] = _OMITTED / rate * t
            ways = cost[back] + steps[t, : len(back), :: 1 - 2 * side]
            if ways.size and ways.min() < cost[t, side]:
                lag, other = divmod(int(ways.argmin()), 2)
                cost[t, side], came[t, side] = ways.min(), 2 * back[lag] + other
        cost[t] += (0, _EXCHANGED / rate)
    rest = _OMITTED / rate * np.arange(count)[::-1]
    state = int((cost + rest[:, None]).argmin())
    states = []
    while state >= 0:
        states.append(state)
        state = int(came.reshape(-1)[state])
    return np.array(states) // 2, np.array(states) % 2 == 1
