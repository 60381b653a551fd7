"""A classifier beside the truth: what it says of pictures whose class is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.classify.collect import Collected, LeftOut
from vitruvian.classify.model import NONE
from vitruvian.classify.reader import PoseClassifier
from vitruvian.classify.scores import ClassScores, class_scores
from vitruvian.classify.table import BODY, KEYPOINTS, PoseTable
from vitruvian.classify.training import Trained
from vitruvian.errors import InputError
from vitruvian.types import Floats

__all__ = ["ClassEvaluation", "Prediction", "evaluate_classes", "held_back", "judged"]

NOBODY = "nobody"
"""The answer where no pose could be read."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer.

    Args:
        file: The picture, with its class's folder.
        path: Where it is, if that is known.
        truth: What it shows.
        predicted: What it was taken for; None where no pose could be read.
        score: The probability of that.
    """

    file: str
    path: Path | None
    truth: str
    predicted: str | None
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class ClassEvaluation:
    """All answers, and what they are worth.

    Args:
        classes: The names of the rows of the confusion matrix.
        answers: The names of its columns: the classes first.
        scores: The confusion matrix and what follows from it.
        predictions: One for each pose or picture without one.
    """

    classes: tuple[str, ...]
    answers: tuple[str, ...]
    scores: ClassScores
    predictions: tuple[Prediction, ...]

    @property
    def wrong(self) -> tuple[Prediction, ...]:
        """The answers that are not the truth."""
        return tuple(p for p in self.predictions if p.predicted != p.truth)

    def as_json(self) -> dict[str, Any]:
        """The fields of ``evaluation.json``."""
        columns = zip(self.classes, self.scores.recall, self.scores.f1, strict=True)
        return {
            "accuracy": self.scores.accuracy,
            "macro_f1": self.scores.macro_f1,
            "classes": list(self.classes),
            "answers": list(self.answers),
            "confusion": self.scores.confusion.tolist(),
            "per_class": {
                name: {"recall": _known(recall), "f1": _known(f1)} for name, recall, f1 in columns
            },
            "predictions": [
                {"file": p.file, "truth": p.truth, "predicted": p.predicted, "score": p.score}
                for p in self.predictions
            ],
        }


def evaluate_classes(
    classifier: PoseClassifier, collected: Collected, *, open_set: bool = False
) -> ClassEvaluation:
    """What a classifier says of poses whose class is known.

    A picture in which nobody was found counts as wrong; one that cannot be read is not asked.

    Args:
        classifier: The opened file.
        collected: The poses, and the pictures without one.
        open_set: Whether "none of these" is an answer. It always is where the truth has a class
            that the classifier does not know; such a class's truth is then "none of these".

    Raises:
        InputError: None of the classes is one of the classifier's.
    """
    table, labels = collected.table, classifier.labels
    known = [name for name in table.classes if name in labels]
    if not known:
        raise InputError(
            f"the classifier knows {', '.join(labels[:-1])}; the folders are called "
            f"{', '.join(table.classes)}"
        )
    asked = open_set or len(known) < len(table.classes)
    answers = classifier.run(*_columns(classifier, table))
    truths = [table.classes[number] for number in table.truth]
    return judged(
        labels, answers, truths, table.files, collected.paths or [None] * len(table),
        collected.left_out, open_set=asked,
    )  # fmt: skip


def held_back(trained: Trained, collected: Collected) -> ClassEvaluation:
    """What classifiers said of each pose that they had not seen; the set is closed."""
    table = collected.table
    asked = np.flatnonzero(np.isfinite(trained.held_back).all(1))
    return judged(
        trained.model.labels,
        trained.held_back[asked],
        [table.classes[number] for number in table.truth[asked]],
        tuple(table.files[i] for i in asked),
        [collected.paths[i] if collected.paths else None for i in asked],
        [],
        open_set=False,
    )


def judged(
    labels: tuple[str, ...],
    answers: Floats,
    truths: list[str],
    files: tuple[str, ...],
    paths: Sequence[Path | None],
    left_out: list[LeftOut],
    *,
    open_set: bool,
) -> ClassEvaluation:
    """Answers (N, C) beside the truth; where the set is closed the last column is not asked."""
    ranked = answers if open_set else answers[:, :-1]
    if not open_set:
        ranked = ranked / np.maximum(ranked.sum(1, keepdims=True), 1e-12)
    best = ranked.argmax(1)
    found = [
        Prediction(file, path, truth if truth in labels else NONE, labels[i], float(row[i]))
        for file, path, truth, i, row in zip(files, paths, truths, best, ranked, strict=True)
    ]
    for item in left_out:
        truth = item.file.partition("/")[0]
        if item.reason.startswith(NOBODY):
            found.append(
                Prediction(item.file, item.path, truth if truth in labels else NONE, None, 0.0)
            )
    classes = labels if open_set else labels[:-1]
    columns = classes if all(p.predicted for p in found) else (*classes, NOBODY)
    scores = class_scores(
        np.array([classes.index(p.truth) for p in found], np.int64),
        np.array([columns.index(p.predicted or NOBODY) for p in found], np.int64),
        len(classes),
        len(columns),
    )
    return ClassEvaluation(classes, columns, scores, tuple(sorted(found, key=lambda p: p.file)))


def _columns(classifier: PoseClassifier, table: PoseTable) -> list[Floats]:
    return [
        table.points(KEYPOINTS if shape[1] == len(KEYPOINTS) else BODY, world=shape[2] == 5)
        for shape, _ in classifier.session.inputs
    ]


def _known(value: float) -> float | None:
    return value if value == value else None
