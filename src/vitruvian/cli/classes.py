"""``vitruvian evaluate`` for classifiers: what one says of pictures whose class is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.cli.train import read_poses

if TYPE_CHECKING:
    from vitruvian.classify import ClassEvaluation
    from vitruvian.sink.place import Shelf

__all__ = ["FORMAT", "VERSION", "evaluate_classifier"]

FORMAT, VERSION = "vitruvian.evaluation", 1


def evaluate_classifier(
    result: Path, truth: Path, *, model: str, save: tuple[str, ...], out: Path, quiet: bool
) -> None:
    """Print how good a classifier is, and write ``evaluation.json`` and a picture if asked.

    Args:
        result: The classifier.
        truth: A folder with a folder of pictures or clips for each class, or a CSV of landmarks.
        model: What reads the landmarks; a classifier of keypoints alone is asked the quick way.
        save: ``("json",)`` to write.
        out: The folder for what is written.
        quiet: Whether to print nothing.

    Raises:
        InputError: The file is no classifier, or it knows none of the classes.
        SourceError: The pictures cannot be read.
        SinkError: The folder cannot be written to.
    """
    from vitruvian.classify import PoseClassifier, evaluate_classes
    from vitruvian.sink.place import Shelf

    classifier = PoseClassifier(result)
    shelf = Shelf(out) if save else None
    try:
        quick = not classifier.wants_landmarks
        collected = read_poses(truth, model, "first", quick=quick, quiet=quiet)
        for item in collected.left_out:
            click.echo(f"vitruvian: {item.file}: {item.reason}", err=True)
        found = evaluate_classes(classifier, collected)
        if shelf is not None:
            _save(shelf, found, result, truth)
    finally:
        if shelf is not None:
            shelf.close()
    if not quiet:
        _print(found, result)
        if shelf is not None:
            click.echo(f"  {shelf.folder / 'evaluation.json'}")


def _save(shelf: Shelf, found: ClassEvaluation, result: Path, truth: Path) -> None:
    from vitruvian.classify.picture import confusion_picture, png

    head = {"format": FORMAT, "version": VERSION, "kind": "classes"}
    data = head | {"result": result.name, "truth": truth.name} | found.as_json()
    shelf.put("evaluation.json", (json.dumps(data, indent=1) + "\n").encode())
    matrix = confusion_picture(found.scores.confusion, found.classes, found.answers)
    shelf.put("confusion.png", png(matrix))


def _print(found: ClassEvaluation, result: Path) -> None:
    asked = len(found.predictions)
    click.echo(
        f"{result.name}: accuracy {found.scores.accuracy:.4f}, macro F1 "
        f"{found.scores.macro_f1:.4f}, {len(found.wrong)} of {asked} wrong"
    )
    rows = zip(found.classes, found.scores.recall, found.scores.f1, strict=True)
    width = max(map(len, found.classes))
    for name, recall, f1 in rows:
        if recall == recall:
            click.echo(f"  {name:<{width}}  recall {recall:.3f}  F1 {f1:.3f}")
        else:
            click.echo(f"  {name:<{width}}  does not occur")
