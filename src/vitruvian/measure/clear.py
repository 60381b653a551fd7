"""CLEAR MOT: misses, mistakes and switches of ids, counted moment by moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.measure.moments import Moments

__all__ = ["Clear", "clear"]

EPSILON = np.finfo(np.float64).eps
_CONTINUED = 1000.0
"""What it is worth to keep the pairs of the moment before, beside a similarity of 0..1."""


@dataclass(frozen=True, slots=True)
class Clear:
    """Counts over a film, and what they come to.

    Args:
        mota: 1 - (misses + mistakes + switches) / truths; may be negative.
        motp: How similar the matched are, 0..1.
        recall: The share of the truth that was found.
        precision: The share of what was found that is somebody.
        switches: How often a person's id is not the one they had when last found.
        fragmentations: How often a person is found again after not having been found.
    """

    mota: float
    motp: float
    recall: float
    precision: float
    switches: int
    fragmentations: int


def clear(moments: Moments, threshold: float = 0.5) -> Clear:
    """The CLEAR MOT measures.

    By K. Bernardin and R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The
    CLEAR MOT Metrics", 2008; equal to TrackEval's. A pair of the moment before is kept while it
    is similar enough.

    Args:
        moments: The truth and what was found.
        threshold: Similarity from which somebody counts as found.

    Example:
        >>> from vitruvian.measure import Moments, clear
        >>> clear(Moments([[1], [1]], [[7], [8]], [[[0.9]], [[0.8]]])).switches
        1
    """
    from scipy.optimize import linear_sum_assignment

    truths, founds = moments.counts
    film, people, _ = moments.numbered()
    last = np.full(people, -1)
    before = np.full(people, -1)
    spells = np.zeros(people, np.int64)
    matched, switches, closeness = 0, 0, 0.0
    for a, b, table in zip(film.truth, film.found, film.similarity, strict=True):
        if not len(a) or not len(b):
            continue  # TrackEval's way: a moment with an empty side breaks no track
        worth = _CONTINUED * (b[None] == before[a][:, None]) + table
        worth[table < threshold - EPSILON] = 0
        rows, columns = linear_sum_assignment(worth, maximize=True)
        real = worth[rows, columns] > EPSILON
        rows, columns = rows[real], columns[real]
        person, name = a[rows], b[columns]
        switches += int(((last[person] >= 0) & (last[person] != name)).sum())
        last[person] = name
        now = np.full(people, -1)
        now[person] = name
        spells += (before < 0) & (now >= 0)
        before = now
        matched += len(rows)
        closeness += float(table[rows, columns].sum())
    return Clear(
        # TrackEval gives 0 where nothing was found or nothing is there.
        (2 * matched - founds - switches) / max(truths, 1) if founds and truths else 0.0,
        closeness / max(matched, 1),
        matched / max(truths, 1),
        matched / max(founds, 1),
        switches,
        int(np.maximum(spells - 1, 0).sum()),
    )
