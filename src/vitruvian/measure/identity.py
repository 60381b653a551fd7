"""IDF1: how long each person keeps the one id that suits best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.measure.moments import Moments

__all__ = ["Identity", "identity"]


@dataclass(frozen=True, slots=True)
class Identity:
    """How well ids and people belong together, one to one over the whole film; each 0..1.

    Args:
        idf1: The harmonic mean of the two below.
        idp: The share of what was found that has its person's id.
        idr: The share of the truth that was found with its person's id.
    """

    idf1: float
    idp: float
    idr: float


def identity(moments: Moments, threshold: float = 0.5) -> Identity:
    """The F1 score of ids.

    By E. Ristani and others, "Performance Measures and a Data Set for Multi-Target, Multi-Camera
    Tracking", ECCV 2016; equal to TrackEval's. Every person gets the one id, and every id the one
    person, with which most moments agree.

    Args:
        moments: The truth and what was found.
        threshold: Similarity from which somebody counts as found.

    Example:
        >>> from vitruvian.measure import Moments, identity
        >>> identity(Moments([[1], [1]], [[7], [8]], [[[0.9]], [[0.8]]])).idf1
        0.5
    """
    from scipy.optimize import linear_sum_assignment

    truths, founds = moments.counts
    film, rows, columns = moments.numbered()
    together = np.zeros((rows, columns))
    for a, b, table in zip(film.truth, film.found, film.similarity, strict=True):
        together[np.ix_(a, b)] += table >= threshold
    # A pair costs the misses and the mistakes that are left, which is least where they agree most;
    # to leave a person or an id alone saves nothing.
    chosen = linear_sum_assignment(together, maximize=True)
    agreed = float(together[chosen].sum())
    return Identity(
        agreed / max(0.5 * (truths + founds), 1.0),
        agreed / max(founds, 1),
        agreed / max(truths, 1),
    )
