"""HOTA: detection and association in one number, over all thresholds of localisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitruvian.measure.moments import Doubles, Moments

__all__ = ["Hota", "hota"]

ALPHAS = np.arange(0.05, 0.99, 0.05)
"""The 19 thresholds of similarity over which HOTA is averaged."""
EPSILON = np.finfo(np.float64).eps


@dataclass(frozen=True, slots=True)
class Hota:
    """Higher order tracking accuracy and what it is made of; each 0..1, averaged over `ALPHAS`.

    Args:
        hota: The geometric mean of detection and association accuracy.
        deta: Detection accuracy: matched / (matched + missed + false).
        assa: Association accuracy: the same of each match's pair of ids, over the whole film.
        loca: Localisation accuracy: how similar the matched are.
    """

    hota: float
    deta: float
    assa: float
    loca: float


def hota(moments: Moments) -> Hota:
    """Higher order tracking accuracy.

    By J. Luiten and others, "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking",
    IJCV 2021; equal to TrackEval's. A film without people, or of which nobody was found, has
    HOTA 0 and LocA 1, as there.

    Args:
        moments: The truth and what was found.

    Example:
        >>> from vitruvian.measure import Moments, hota
        >>> hota(Moments([[1], [1]], [[7], [7]], [[[1.0]], [[1.0]]])).hota
        1.0
    """
    truths, founds = moments.counts
    if not truths or not founds:
        return Hota(0.0, 0.0, 0.0, 1.0)
    film, rows, columns = moments.numbered()
    there, reported = np.zeros((rows, 1)), np.zeros((1, columns))
    for a, b in zip(film.truth, film.found, strict=True):
        there[a, 0] += 1
        reported[0, b] += 1
    alike = _alignment(film, there, reported)
    pairs = np.zeros((len(ALPHAS), rows, columns))
    closeness = np.zeros(len(ALPHAS))
    for a, b, table in zip(film.truth, film.found, film.similarity, strict=True):
        r, c = _assign(alike[np.ix_(a, b)] * table)
        similar = table[r, c]
        for alpha, is_match in enumerate(similar >= ALPHAS[:, None] - EPSILON):
            pairs[alpha, a[r[is_match]], b[c[is_match]]] += 1
            closeness[alpha] += similar[is_match].sum()
    matched = pairs.sum((1, 2))
    deta = matched / (truths + founds - matched)
    shared = pairs / np.maximum(1, there + reported - pairs)
    assa = (pairs * shared).sum((1, 2)) / np.maximum(1, matched)
    loca = np.maximum(1e-10, closeness) / np.maximum(1e-10, matched)
    means = (np.sqrt(deta * assa), deta, assa, loca)
    return Hota(*(float(values.mean()) for values in means))


def _alignment(film: Moments, there: Doubles, reported: Doubles) -> Doubles:
    """(P, Q) how much each pair of ids has to do with each other over the whole film, 0..1."""
    together = np.zeros((len(there), reported.shape[1]))
    for a, b, table in zip(film.truth, film.found, film.similarity, strict=True):
        union = table.sum(0)[None] + table.sum(1)[:, None] - table
        share = np.divide(table, union, out=np.zeros_like(table), where=union > EPSILON)
        together[np.ix_(a, b)] += share
    return np.asarray(together / (there + reported - together), np.float64)


def _assign(worth: Doubles) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return rows, columns
