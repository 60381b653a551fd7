"""Who is whom: predictions paired with the truth, and what that says about finding people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.errors import InputError
from vitruvian.types import Ints

__all__ = ["Recall", "match", "recall_and_false"]


def match(similarity: ArrayLike, threshold: float, *, scores: ArrayLike | None = None) -> Ints:
    """Pair predictions with truths one to one, greedily.

    With ``scores`` the surest prediction chooses first and takes the most similar truth still
    free, as ``pycocotools`` ``COCOeval.evaluateImg`` does. Without, the most similar pair of all
    is made first, which needs no scores and does not depend on the order of either side.

    Args:
        similarity: (N, M), such as IoU or OKS; predictions down, truths across.
        threshold: Pairs less similar than this are never made.
        scores: (N,) how sure each prediction is, or None.

    Returns:
        (N,) int64, the index of each prediction's truth, -1 for none.

    Raises:
        InputError: The similarity is not (N, M), or there is not one score per prediction.

    Example:
        >>> from vitruvian.measure import match
        >>> match([[0.6, 0.9], [0.7, 0.8]], 0.5).tolist()
        [1, 0]
    """
    table = np.asarray(similarity, np.float64)
    if table.ndim != 2:
        raise InputError(f"a similarity is (predictions, truths), not {table.shape}")
    rows, columns = np.nonzero(table >= threshold)
    keys: list[NDArray[np.generic]] = [-table[rows, columns]]
    if scores is not None:
        sure = np.asarray(scores, np.float64)
        if sure.shape != table.shape[:1]:
            raise InputError(f"match needs {len(table)} scores, not {sure.shape}")
        keys += [rows, -sure[rows]]
    turn = np.lexsort(keys)
    chosen = np.full(len(table), -1, np.int64)
    taken = np.zeros(table.shape[1], bool)
    for row, column in zip(rows[turn], columns[turn], strict=True):
        if chosen[row] < 0 and not taken[column]:
            chosen[row] = column
            taken[column] = True
    return chosen


@dataclass(frozen=True, slots=True)
class Recall:
    """How many people were found and how many were made up; several pictures add up.

    Args:
        truths: People there are.
        found: Of these, matched by a prediction.
        predictions: People reported, without those it was told to ignore.
    """

    truths: int = 0
    found: int = 0
    predictions: int = 0

    def __add__(self, other: Recall) -> Recall:
        """Both counts together."""
        return Recall(
            self.truths + other.truths,
            self.found + other.found,
            self.predictions + other.predictions,
        )

    @property
    def recall(self) -> float:
        """The share of the people there are that was found; NaN if there are none."""
        return self.found / self.truths if self.truths else float("nan")

    @property
    def false_share(self) -> float:
        """The share of the people reported that nobody matches; 0 if none was reported."""
        return 1 - self.found / self.predictions if self.predictions else 0.0


def recall_and_false(
    similarity: ArrayLike,
    threshold: float = 0.5,
    *,
    scores: ArrayLike | None = None,
    ignored: ArrayLike | None = None,
) -> Recall:
    """Count the people found and the people made up in one picture.

    Args:
        similarity: (N, M), such as IoU or OKS; predictions down, truths across.
        threshold: How similar a prediction must be to count as finding somebody.
        scores: (N,) as in `match`.
        ignored: (N,) True where a prediction that matches nobody is no mistake either, because
            it lies where the truth is known to be incomplete (COCO's ``iscrowd``).

    Raises:
        InputError: The shapes do not fit each other.

    Example:
        >>> from vitruvian.measure import recall_and_false
        >>> recall_and_false([[0.9, 0.1], [0.2, 0.1]])
        Recall(truths=2, found=1, predictions=2)
    """
    table = np.asarray(similarity, np.float64)
    matched = match(table, threshold, scores=scores) >= 0
    counted = np.ones(len(table), bool)
    if ignored is not None:
        excused = np.asarray(ignored, bool)
        if excused.shape != matched.shape:
            raise InputError(f"ignored needs {len(table)} entries, not {excused.shape}")
        counted = matched | ~excused
    return Recall(table.shape[1], int(matched.sum()), int(counted.sum()))
