"""How good predictions of classes are: accuracy, F1 and the confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.errors import InputError
from vitruvian.types import Ints

__all__ = ["ClassScores", "class_scores"]


@dataclass(frozen=True, slots=True, eq=False)
class ClassScores:
    """What came of each class.

    Args:
        confusion: (C, P) counts: truth down, predicted across. The first C columns are the
            classes; further ones are other answers, such as nobody found.
    """

    confusion: Ints

    @property
    def accuracy(self) -> float:
        """The share that is right; NaN where there is nothing."""
        total = self.confusion.sum()
        return float(np.trace(self.confusion) / total) if total else float("nan")

    @property
    def recall(self) -> tuple[float, ...]:
        """(C,) the share of a class that was recognised; NaN for a class that never occurs."""
        counts = self.confusion.sum(1)
        hits = np.diagonal(self.confusion)
        return tuple(float(h / n) if n else float("nan") for h, n in zip(hits, counts, strict=True))

    @property
    def f1(self) -> tuple[float, ...]:
        """(C,) 2 hits / (occurrences + predictions); NaN for a class that never occurs."""
        there = self.confusion.sum(1)
        said = self.confusion.sum(0)[: len(there)]
        hits = np.diagonal(self.confusion)
        return tuple(
            float(2 * h / (n + m)) if n else float("nan")
            for h, n, m in zip(hits, there, said, strict=True)
        )

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the classes that occur."""
        present = [value for value in self.f1 if value == value]
        return float(np.mean(present)) if present else float("nan")


def class_scores(truth: Ints, predicted: Ints, classes: int, answers: int = 0) -> ClassScores:
    """Count which class was taken for which.

    Args:
        truth: (N,) numbers of classes.
        predicted: (N,) likewise, or the number of another answer.
        classes: C, how many classes there are.
        answers: How many columns the matrix has; 0 for C.

    Raises:
        InputError: The lengths differ.

    Example:
        >>> import numpy as np
        >>> from vitruvian.classify import class_scores
        >>> scores = class_scores(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
        >>> scores.confusion.tolist(), round(scores.macro_f1, 3)
        ([[1, 1], [0, 1]], 0.667)
    """
    if len(truth) != len(predicted):
        raise InputError(f"{len(truth)} truths and {len(predicted)} predictions do not match")
    confusion = np.zeros((classes, max(classes, answers)), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    return ClassScores(confusion)
