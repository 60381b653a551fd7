"""Films of the same moment: one clock for all of them, and who is who across them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.geometry.cameras import Camera
from vitruvian.lift.points import triangulate_points
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools

__all__ = ["Track", "View", "matched", "offset_between", "view_of"]

Doubles = NDArray[np.float64]
Track = tuple[int, int]
"""Which view, and which of its people."""

_LONGEST_BRIDGE = 0.25
"""Seconds between two frames across which a person is still taken to move evenly."""
_OUTSIDE = 0.05
"""What a landmark beyond the picture's rim is worth: the model has guessed it."""
_MOMENTS = 20
_MISFIT = 0.15
"""Of a person's size in the picture: two views that differ by more show different people. One
person differs by 0.02 to 0.05, with a calibration that is some pixels off as well."""
_TRUNK = (0.25, 0.8)
"""Metres from shoulders to hips, from a child's to a giant's."""
_PEAKS = 12
_SHARED = 0.1
"""Two tracks of one view may be one person if they share less of their moments than this."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one camera saw, at the moments of all.

    Args:
        camera: The camera.
        xy: (T, P, 33, 2) pixels.
        weights: (T, P, 33) 0..1, how sure each is; 0 where it is not seen.
        scores: (T, P) how sure it is that there is a person; NaN where nobody is.
    """

    camera: Camera
    xy: Doubles
    weights: Doubles
    scores: Doubles

    @property
    def there(self) -> Bools:
        """(T, P) who is seen when."""
        return np.asarray((self.weights > 0).sum(-1) >= 8)


def view_of(clip: Clip, camera: Camera, times: Doubles) -> View:
    """A clip at other moments, on straight lines between its frames.

    Args:
        clip: A film of `BLAZEPOSE_33`.
        camera: The camera that made it.
        times: (T,) seconds on the clip's own clock.

    Raises:
        InputError: The clip has another skeleton, is of pictures, or of another size than the
            camera's.
    """
    if clip.body.skeleton.landmarks != BLAZEPOSE_33.landmarks or clip.size is None:
        raise InputError(f"{clip.source} must be a film with {BLAZEPOSE_33.name} landmarks")
    camera = camera.fitted(clip.size)
    if not len(clip.times):
        empty = np.zeros((len(times), 0, len(BLAZEPOSE_33)))
        return View(camera, np.zeros((*empty.shape, 2)), empty, empty[..., 0])
    after = np.searchsorted(clip.times, times - 1e-6).clip(0, len(clip.times) - 1)
    before = np.where(np.abs(clip.times[after] - times) < 1e-6, after, np.maximum(after - 1, 0))
    span = clip.times[after] - clip.times[before]
    share = np.where(span > 0, (times - clip.times[before]) / np.where(span > 0, span, 1), 0.0)
    usable = (share > -1e-6) & (share < 1 + 1e-6) & (span <= _LONGEST_BRIDGE)
    usable &= np.abs(clip.times[after] - times) <= _LONGEST_BRIDGE
    pixels = clip.body.xy.astype(np.float64)
    sure = _sure(clip)
    part = share[:, None, None]
    xy = pixels[before] * (1 - part[..., None]) + pixels[after] * part[..., None]
    weights = np.minimum(sure[before], sure[after]) * usable[:, None, None]
    known = np.isfinite(xy).all(-1) & (weights > 0)
    scores = np.minimum(clip.scores[before], clip.scores[after]).astype(np.float64)
    scores[~usable] = np.nan
    return View(
        camera, np.where(known[..., None], xy, np.nan), np.where(known, weights, 0.0), scores
    )


def _sure(clip: Clip) -> Doubles:
    """(T, P, 33) visibility, almost nothing outside the picture, 0 for nobody."""
    xy = clip.body.xy
    inside = ((xy >= 0) & (xy <= np.array(clip.size))).all(-1)
    weight = np.maximum(np.nan_to_num(clip.body.visibility), _OUTSIDE)
    return np.where(clip.present[..., None], np.where(inside, weight, _OUTSIDE), 0.0)


def offset_between(
    first: Clip, second: Clip, cameras: tuple[Camera, Camera], most: float = 10.0
) -> float:
    """Seconds by which the second clip's clock is ahead.

    How much moves is cross-correlated; of the offsets at which that is most alike, the one is
    taken at which people's rays meet best, to a tenth of a frame.

    Args:
        first: A film.
        second: Another of the same moment.
        cameras: Their cameras.
        most: The largest offset that is tried, seconds.

    Raises:
        InputError: The films are too short, or do not fit at any offset.
    """
    step = min(_step(first), _step(second))
    a, b = _liveliness(first, step), _liveliness(second, step)
    if min(len(a), len(b)) * step < 0.5:
        raise InputError("clips of half a second and more are needed to find their offset")
    least = max(0.4, 0.5 / (step * min(len(a), len(b))))
    lags = np.arange(-int(most / step), int(most / step) + 1)
    alike = np.array([_likeness(a, b, lag, least) for lag in lags.tolist()])
    begin = float(second.times[0] - first.times[0])
    peaks = [i for i in range(len(lags)) if alike[i] == alike[max(0, i - 2) : i + 3].max() > -1]
    tried = [begin + lags[i] * step for i in sorted(peaks, key=lambda i: -alike[i])[:_PEAKS]]
    best = _best_offset(first, second, cameras, tried)
    for width in (1.0, 0.3, 0.1):
        around = [best + width * step * i for i in (-2, -1, 0, 1, 2)]
        best = _best_offset(first, second, cameras, around)
    if not np.isfinite(_misfit_at(first, second, cameras, best)):
        raise InputError(f"{first.source} and {second.source} do not fit at any offset; give it")
    return best


def _best_offset(
    first: Clip, second: Clip, cameras: tuple[Camera, Camera], tried: Sequence[float]
) -> float:
    return min(tried, key=lambda offset: _misfit_at(first, second, cameras, offset), default=0.0)


def _misfit_at(first: Clip, second: Clip, cameras: tuple[Camera, Camera], offset: float) -> float:
    """How badly the two people meet who meet best, in sizes of a person."""
    views = (
        view_of(first, cameras[0], first.times), view_of(second, cameras[1], first.times + offset)
    )  # fmt: skip
    pairs = [(i, j) for i in range(len(first.ids)) for j in range(len(second.ids))]
    return min((_evidence(views, (0, i), (1, j))[1] for i, j in pairs), default=np.inf)


def _step(clip: Clip) -> float:
    return float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 1 / 30


def _liveliness(clip: Clip, step: float) -> Doubles:
    """How fast people's landmarks move at even moments, in body sizes a second."""
    xy = clip.body.xy.astype(np.float64)
    if len(xy) < 3 or not clip.present.any():
        return np.zeros(0)
    size = np.sqrt(xy.var(2).sum(-1, keepdims=True))[..., None]
    pace = np.linalg.norm(np.gradient(xy, clip.times, axis=0) / size, axis=-1)
    # The middle of the landmarks: one that jumps says nothing of the person.
    middle = np.median(pace, axis=-1)
    seen = np.isfinite(middle)
    mean = np.where(seen, middle, 0).sum(1) / np.maximum(seen.sum(1), 1)
    even = np.arange(clip.times[0], clip.times[-1] + 1e-9, step)
    return np.asarray(np.interp(even, clip.times, mean))


def _likeness(a: Doubles, b: Doubles, lag: int, least: float) -> float:
    """Correlation of a[i] with b[i + lag] where both are; -1 if that is less than ``least``."""
    start, stop = max(0, -lag), min(len(a), len(b) - lag)
    if stop - start < max(5, least * min(len(a), len(b))):
        return -1.0
    x, y = a[start:stop], b[start + lag : stop + lag]
    x, y = x - x.mean(), y - y.mean()
    spread = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / spread if spread > 0 else -1.0


def matched(views: Sequence[View]) -> tuple[list[list[Track]], float]:
    """Which tracks of several views are the same person.

    Two tracks of different views speak for being one as far as they meet in points that lie where
    both see them, and that are as large as a person. Groups grow by the join that most speaks
    for; then tracks move, or change places, as long as the whole gains by it. Tracks of one view
    share a group only if they follow each other.

    Args:
        views: V of them, at the same moments.

    Returns:
        Groups of tracks, those seen by most cameras first, and the smallest misfit of two
        tracks of different views, in sizes of a person (infinite where none can be compared).
    """
    tracks = [(v, p) for v, view in enumerate(views) for p in range(view.xy.shape[1])]
    worth = np.zeros((len(tracks), len(tracks)))
    nearest = np.inf
    for i, j in combinations(range(len(tracks)), 2):
        a, b = tracks[i], tracks[j]
        if a[0] == b[0]:
            mine, other = (views[v].there[:, p] for v, p in (a, b))
            apart = (mine & other).sum() <= _SHARED * min(mine.sum(), other.sum())
            value = 0.0 if apart else -np.inf
        else:
            value, misfit = _evidence(views, a, b)
            nearest = min(nearest, misfit)
        worth[i, j] = worth[j, i] = value
    labels = _grouped(worth)
    groups = [[tracks[i] for i in np.flatnonzero(labels == g)] for g in np.unique(labels)]
    groups.sort(key=lambda group: (-len({v for v, _ in group}), group))
    return groups, nearest


def _evidence(views: Sequence[View], a: Track, b: Track) -> tuple[float, float]:
    """How much speaks for two tracks being one person, -2 to 1, and their misfit."""
    both = np.flatnonzero(views[a[0]].there[:, a[1]] & views[b[0]].there[:, b[1]])
    if not len(both):
        return 0.0, np.inf
    both = both[np.linspace(0, len(both) - 1, min(_MOMENTS, len(both))).round().astype(int)]
    xy = np.stack([views[v].xy[both, p] for v, p in (a, b)])
    weights = np.stack([views[v].weights[both, p] for v, p in (a, b)])
    cameras = [views[v].camera for v, _ in (a, b)]
    points, error = triangulate_points(
        cameras, xy.reshape(2, -1, 2), weights.reshape(2, -1), rounds=2
    )  # fmt: skip
    points = points.reshape(len(both), -1, 3)
    size = np.sqrt(np.nanvar(xy, axis=2).sum(-1))[..., None]
    # Behind a camera nothing is drawn, and the error is not a number: as bad as can be.
    relative = np.nan_to_num(error.reshape(xy.shape[:-1]) / size, nan=10.0).max(0)
    sure = weights.min(0) > 0
    each = [float(np.median(row[known])) for row, known in zip(relative, sure, strict=True)
            if known.any()]  # fmt: skip
    misfit = float(np.median(each)) if each else np.inf
    trunk = points[:, (11, 12)].mean(1) - points[:, (23, 24)].mean(1)
    lengths = np.linalg.norm(trunk, axis=-1)
    lengths = lengths[np.isfinite(lengths)]
    value = max(1 - misfit / _MISFIT, -2.0)
    if lengths.size and not _TRUNK[0] <= np.median(lengths) <= _TRUNK[1]:
        value = min(value, -1.0)
    return value * min(1.0, len(both) / 10), misfit


def _grouped(worth: Doubles) -> NDArray[np.intp]:
    """A label per node, so that the worth inside all groups is as large as joins can make it."""
    labels = np.arange(len(worth))
    while len(worth):
        names = np.unique(labels)
        member = (labels == names[:, None]).astype(np.float64)
        inner = np.where(np.isfinite(worth), worth, -1e9)
        between = member @ inner @ member.T
        np.fill_diagonal(between, -np.inf)
        one, other = np.unravel_index(int(between.argmax()), between.shape)
        if between[one, other] <= 0:
            break
        labels[labels == names[other]] = names[one]
    return _improved(labels, np.where(np.isfinite(worth), worth, -1e9))


def _improved(labels: NDArray[np.intp], worth: Doubles) -> NDArray[np.intp]:
    """Nodes move to another group, or change places with one there, while the whole gains."""
    nodes = range(len(labels))
    for _ in range(10 * len(labels)):
        now = _total(labels, worth)
        tries = [(n, g, None) for n in nodes for g in (*np.unique(labels), labels.max() + 1)]
        swaps = [(n, labels[m], m) for n, m in combinations(nodes, 2) if labels[n] != labels[m]]
        best, gain = labels, 1e-9
        for node, group, partner in (*tries, *swaps):
            changed = labels.copy()
            changed[node] = group
            if partner is not None:
                changed[partner] = labels[node]
            better = _total(changed, worth) - now
            if better > gain:
                best, gain = changed, better
        if best is labels:
            return labels
        labels = best
    return labels


def _total(labels: NDArray[np.intp], worth: Doubles) -> float:
    return float(worth[labels[:, None] == labels].sum()) / 2
