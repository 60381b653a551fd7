"""How often somebody did it: repetitions of any exercise, and of a pair of trained classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.errors import InputError

__all__ = ["Repetition", "count_by_class", "count_repetitions"]

Doubles = NDArray[np.float64]
_RATE = 30.0
_LONGEST_GAP = 1.0
"""Seconds of a landmark out of sight that are bridged."""
_SMOOTH = 0.3
_LEAST_DEGREES = 20.0
"""A movement whose joints go through less in all is a sway."""
_LEAST_SECONDS = 0.4
_PROMINENCE = 0.45
"""How much of the usual range a repetition goes through, at least."""
_RETURN = 0.5
"""How much of its height a repetition has to come back, at least."""
_LIKENESS = 0.6
"""How well a repetition follows the typical one (correlation over all joints)."""
_POINTS = 32


@dataclass(frozen=True, slots=True)
class Repetition:
    """One time there and back.

    Args:
        start: Seconds, where it leaves rest.
        peak: Seconds, where it is farthest from rest.
        end: Seconds, where it is back.
        degrees: How far the joints went together: the length of the way in the space of angles.
        score: 0..1, how much it is like the others.
    """

    start: float
    peak: float
    end: float
    degrees: float
    score: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


def count_repetitions(angles: ArrayLike, times: ArrayLike) -> list[Repetition]:
    """The repetitions of whatever movement a person repeats; nothing needs to be trained.

    The angles that move together are brought down to the one direction in which they vary most
    (their first principal component); a repetition is a way out from rest and back along it. Only
    those that resemble the typical one over all joints count.

    Args:
        angles: (T, A) degrees, as of `vitruvian.geometry.angles.body_angles`; NaN is missing.
        times: (T,) seconds, rising.

    Returns:
        In order of time; empty where nothing is repeated.

    Raises:
        InputError: The shapes do not fit, or times do not rise.

    Example:
        >>> t = np.arange(0, 8, 1 / 30)
        >>> knee = 45 - 45 * np.cos(2 * np.pi * t / 2)
        >>> len(count_repetitions(knee[:, None], t))
        4
    """
    values, moments = np.asarray(angles, np.float64), np.asarray(times, np.float64)
    if values.ndim != 2 or moments.shape != values.shape[:1]:
        raise InputError(
            f"angles must be (T, A) and times (T,), not {values.shape}, {moments.shape}"
        )
    if (np.diff(moments) <= 0).any():
        raise InputError("times must rise from moment to moment")
    grid, steady = _steady(values, moments)
    if len(grid) < _LEAST_SECONDS * _RATE or not steady.shape[1]:
        return []
    way = _main_direction(steady)
    found = [
        part for part in _there_and_back(way) if _range(steady[slice(*part[::2])]) > _LEAST_DEGREES
    ]
    likeness = _alike(steady, found)
    return [
        Repetition(
            float(grid[start]),
            float(grid[peak]),
            float(grid[end]),
            _range(steady[start : end + 1]),
            float(score),
        )
        for (start, peak, end), score in zip(found, likeness, strict=True)
        if score >= _LIKENESS
    ]


def count_by_class(
    scores: ArrayLike, times: ArrayLike, *, enter: float = 0.6, leave: float = 0.4
) -> list[Repetition]:
    """The repetitions of a class: it is entered above one score and left below a lower one.

    Two thresholds keep a score that trembles round one of them from counting (MediaPipe's
    RepetitionCounter).

    Args:
        scores: (T,) 0..1, how sure it is that the person is in the class; NaN changes nothing.
        times: (T,) seconds.
        enter: Score above which the class is entered.
        leave: Score below which it is left.

    Returns:
        In order of time; a class that is never left does not count.

    Raises:
        InputError: ``leave`` is not below ``enter``, or the shapes do not fit.

    Example:
        >>> len(count_by_class([0, 0.9, 0.5, 0.1, 0.8, 0.2], range(6)))
        2
    """
    values, moments = np.asarray(scores, np.float64), np.asarray(times, np.float64)
    if values.ndim != 1 or values.shape != moments.shape:
        raise InputError(f"scores and times must be (T,), not {values.shape} and {moments.shape}")
    if not 0 <= leave < enter <= 1:
        raise InputError(f"leave must be below enter, both in 0..1, not {leave} and {enter}")
    found: list[Repetition] = []
    start: int | None = None
    for t, score in enumerate(values):
        if start is None and score > enter:
            start = t
        elif start is not None and score < leave:
            inside = values[start:t]
            peak = start + int(np.nanargmax(inside))
            best = float(np.nanmax(inside))
            begin, top, end = moments[[start, peak, t]].tolist()
            found.append(Repetition(begin, top, end, np.nan, best))
            start = None
    return found


def _steady(values: Doubles, times: Doubles) -> tuple[Doubles, Doubles]:
    """The angles at an even rate, gaps bridged, jitter gone; without those mostly missing."""
    from scipy.signal import savgol_filter

    grid: Doubles = np.arange(times[0], times[-1] + 1e-9, 1 / _RATE) if len(times) else times
    columns = []
    for column in values.T:
        seen = np.isfinite(column)
        if seen.sum() < 3 or _worst_gap(times, seen) > _LONGEST_GAP:
            continue
        path = np.unwrap(column[seen], period=360)
        columns.append(np.interp(grid, times[seen], path))
    if not columns:
        return grid, np.zeros((len(grid), 0))
    window = min(int(_SMOOTH * _RATE) | 1, (len(grid) - 1) | 1)
    even: Doubles = np.stack(columns, axis=1)
    if window > 2 and len(grid) >= window:
        even = savgol_filter(even, window, 2, axis=0)
    return grid, even


def _worst_gap(times: Doubles, seen: Doubles) -> float:
    edges = np.concatenate([times[:1], times[seen], times[-1:]])
    return float(np.diff(edges).max())


def _main_direction(steady: Doubles) -> Doubles:
    """(T,) the first principal component, away from rest upwards."""
    centred = steady - steady.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    way = centred @ axes[0]
    low, middle, high = np.percentile(way, [2, 50, 98])
    # Rest is where people are longest, so the middle lies nearer to it than to the far end;
    # where both are as far, it is where they begin.
    below, above = middle - low, high - middle
    even = abs(below - above) < 0.2 * (high - low)
    if way[0] > (low + high) / 2 if even else below > above:
        way = -way
    return np.asarray(way)


def _there_and_back(way: Doubles) -> list[tuple[int, int, int]]:
    """Start, peak and end of every excursion."""
    from scipy.signal import find_peaks

    low, high = np.percentile(way, [5, 95])
    padded = np.concatenate([[way.min()], way, [way.min()]])
    peaks, _ = find_peaks(
        padded, prominence=_PROMINENCE * (high - low), distance=max(1, int(_LEAST_SECONDS * _RATE))
    )
    peaks = peaks - 1
    valleys = [
        start + int(np.argmin(way[start : end + 1]))
        for start, end in zip([0, *peaks], [*peaks, len(way) - 1], strict=True)
    ]
    found = []
    for peak, before, after in zip(peaks.tolist(), valleys, valleys[1:], strict=False):
        rise, fall = way[peak] - way[before], way[peak] - way[after]
        if min(rise, fall) > _RETURN * max(rise, fall, high - low):
            found.append((_leaves(way, before, peak), peak, _returns(way, peak, after)))
    return found


def _leaves(way: Doubles, before: int, peak: int) -> int:
    """The last moment near rest before the peak."""
    bar = way[before] + 0.1 * (way[peak] - way[before])
    return before + int(np.flatnonzero(way[before : peak + 1] <= bar)[-1])


def _returns(way: Doubles, peak: int, after: int) -> int:
    bar = way[after] + 0.1 * (way[peak] - way[after])
    return peak + int(np.flatnonzero(way[peak : after + 1] <= bar)[0])


def _alike(steady: Doubles, parts: list[tuple[int, int, int]]) -> Doubles:
    """How well each part's angles follow those of the typical part, 0..1."""
    if not parts:
        return np.zeros(0)
    phase = np.linspace(0, 1, _POINTS)
    curves = []
    for start, _, end in parts:
        own = np.linspace(0, 1, end - start + 1)
        part = steady[start : end + 1]
        curves.append(np.stack([np.interp(phase, own, column) for column in part.T], axis=1))
    shapes = np.stack(curves) - np.mean(curves, axis=1)[:, None]
    typical = np.median(shapes, axis=0)
    size = np.linalg.norm(shapes, axis=(1, 2)) * np.linalg.norm(typical)
    return np.asarray(np.clip((shapes * typical).sum((1, 2)) / np.maximum(size, 1e-9), 0, 1))


def _range(part: Doubles) -> float:
    """How far apart two moments of it are at most, over all joints: the box's diagonal."""
    return float(np.linalg.norm(np.ptp(part, axis=0))) if len(part) else 0.0
