"""``vitruvian train``: from pictures of poses to a classifier."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.cli.progress import downloads, steps
from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.classify import ClassEvaluation, Collected, Trained
    from vitruvian.sink.place import Shelf
    from vitruvian.types import Image

__all__ = ["read_poses", "train"]

_MOST_TILES = 120
_AGREEMENT = 1e-5


@click.command()
@click.argument("poses", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="The classifier to write, such as yoga.tflite.",
)  # fmt: skip
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="DIR",
    help="The folder for tables, figures and pictures; default <out>_report.",
)  # fmt: skip
@click.option(
    "--model", default="full", show_default=True, metavar="NAME|FILE",
    help="What reads the landmarks: lite, full or heavy, or a .task or .tflite of yours.",
)  # fmt: skip
@click.option(
    "--several", default="first", show_default=True, metavar="RULE",
    help="Where several people are: first (the most prominent), all, or none of them.",
)  # fmt: skip
@click.option(
    "--quick", is_flag=True,
    help="Read MoveNet Lightning's 17 keypoints and nothing else: many times as fast, less sure.",
)  # fmt: skip
@click.option(
    "--facing/--any-facing", default=False,
    help="Tell apart poses that face another way; by default they are the same.",
)  # fmt: skip
@click.option(
    "--mirror/--no-mirror", default=True,
    help="Take a pose and its mirror image for the same (default).",
)  # fmt: skip
@click.option(
    "--precision", default="float32", show_default=True, metavar="KIND",
    help="How weights are kept: float32, float16 or int8.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Where chance begins.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def train(
    poses: Path,
    out: Path,
    report: Path | None,
    model: str,
    several: str,
    quick: bool,
    facing: bool,
    mirror: bool,
    precision: str,
    seed: int,
    quiet: bool,
) -> None:
    """Learn to tell poses apart from POSES, and write the classifier as TFLite.

    POSES is a folder with a folder of pictures or clips for each class, or a CSV of landmarks as
    this command writes it (or TensorFlow's course). Into the report go the landmarks, so that
    training can start again from there, what was left out and why, and how good the classifier
    is on pictures held back: figures, the confusion matrix, and the pictures it got wrong.
    """
    from vitruvian.classify import Plan
    from vitruvian.classify import train as fit
    from vitruvian.classify.collect import classes_in
    from vitruvian.classify.graph import PRECISIONS
    from vitruvian.errors import UnknownNameError
    from vitruvian.sink.place import Shelf, check_folder

    if out.suffix != ".tflite":
        raise InputError(f"--out must be a .tflite file, not {out.name!r}")
    if precision not in PRECISIONS:
        raise UnknownNameError("precision", precision, PRECISIONS)
    if poses.is_dir():
        _several_classes([name for name, files in classes_in(poses).items() if files])
    check_folder(out.parent)
    folder = Shelf(report or out.with_name(f"{out.stem}_report"))
    try:
        collected = read_poses(poses, model, several, quick=quick, quiet=quiet)
        _complain(collected, several)
        collected = replace(collected, table=collected.table.occurring())
        _several_classes(collected.table.classes)
        _keep_landmarks(folder, collected, from_csv=poses.is_file())
        with steps("training", quiet=quiet) as step:
            trained = fit(collected.table, Plan(facing, mirror, seed), step=step)
        _write(out, trained, collected, precision)
        held = _report(folder, trained, collected)
    finally:
        folder.close()
    if not quiet:
        _summary(trained, held, out, folder.folder)


def read_poses(poses: Path, model: str, several: str, *, quick: bool, quiet: bool) -> Collected:
    """The poses of a folder of folders, or of a CSV.

    Raises:
        SourceError: There is no such folder, or nobody in it.
        InputError: The CSV is none of ours, or ``several`` cannot be had quickly.
    """
    from vitruvian.classify import Collected, LeftOut, read_table
    from vitruvian.classify.collect import SEVERAL, classes_in
    from vitruvian.errors import UnknownNameError

    if several not in SEVERAL:
        raise UnknownNameError("rule for several people", several, SEVERAL)
    if quick and several != SEVERAL[0]:
        raise InputError(f"--quick reads one person a picture; --several {several} needs the rest")
    if poses.is_file():
        table, rows = read_table(poses)
        if quick:
            table = table.keypoints_only()
        return Collected(table, left_out=[LeftOut(name, None, why) for name, why in rows])
    classes_in(poses)
    return _quickly(poses, quiet) if quick else _carefully(poses, model, several, quiet)


def _quickly(poses: Path, quiet: bool) -> Collected:
    """By MoveNet alone, a picture on each core."""
    from vitruvian import weights
    from vitruvian.classify import KeypointReader, collect_quickly

    with downloads(quiet) as progress:
        one = partial(KeypointReader, threads=1)
        cores = range(os.cpu_count() or 1)
        readers = [weights.load("movenet-lightning", one, progress=progress) for _ in cores]
    with steps("reading", quiet=quiet) as seen:
        return collect_quickly(poses, readers, seen=seen)


def _carefully(poses: Path, model: str, several: str, quiet: bool) -> Collected:
    """By BlazePose with all its care, and by MoveNet."""
    from vitruvian import weights
    from vitruvian.classify import KeypointReader, collect
    from vitruvian.recipe import Recipe

    recipe = Recipe(model)
    with downloads(quiet) as progress:
        stills = recipe.build(stills=True, progress=progress)
        film = recipe.build(stills=False, progress=progress)
        keypoints = weights.load("movenet-thunder", KeypointReader, progress=progress)
    with steps("reading", quiet=quiet) as seen:
        return collect(
            poses,
            lambda source: (stills if source.stills else film).run(source),
            keypoints,
            several=several,
            seen=seen,
        )


def _keep_landmarks(folder: Shelf, collected: Collected, *, from_csv: bool) -> None:
    from vitruvian.classify import COURSE, OURS

    table = collected.table
    if table.body is not None and table.body.shape[2] == 6 and not from_csv:
        folder.put("landmarks.csv", table.csv(OURS).encode())
    if table.keypoints is not None and not from_csv:
        folder.put("landmarks_17.csv", table.csv(COURSE).encode())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file_name", "reason"])
    writer.writerows([item.file, item.reason] for item in collected.left_out)
    folder.put("left_out.csv", text.getvalue().encode())
    tiles = [(item.path, (item.file, item.reason)) for item in collected.left_out if item.path]
    _sheet(folder, "left_out.png", tiles)


def _sheet(folder: Shelf, name: str, tiles: Sequence[tuple[Path, tuple[str, ...]]]) -> None:
    """A contact sheet of pictures, if there are any; the sheet of an earlier run goes."""
    from vitruvian.classify.picture import contact_sheet, png

    if not tiles:
        (folder.folder / name).unlink(missing_ok=True)
        return
    shown = [(_opened(path, texts[0]), texts) for path, texts in tiles[:_MOST_TILES]]
    folder.put(name, png(contact_sheet(shown)))


def _opened(path: Path, name: str) -> Image | None:
    """The picture, or the frame of a clip that a name such as ``clip.mp4#1.20`` tells of."""
    from vitruvian.errors import SourceError
    from vitruvian.source import open_source

    _, at, moment = name.removeprefix(f"{path.parent.name}/{path.name}").partition("#")
    due = float(moment) - 0.005 if at else 0.0
    try:
        with open_source(path) as source:
            return next((frame.image for frame in source if frame.time >= due), None)
    except SourceError:
        return None


def _several_classes(classes: Sequence[str]) -> None:
    """See that there is something to tell apart, before time is spent or anything is written."""
    if len(classes) == 1:
        raise InputError(
            f"there are poses of {classes[0]!r} only; a classifier needs two classes or more"
        )


def _complain(collected: Collected, several: str) -> None:
    """Say what was left out, who counts, and which classes are thin, even when quiet."""
    for item in collected.left_out:
        click.echo(f"vitruvian: left out {item.file}: {item.reason}", err=True)
    if collected.several and several != "none":
        who = "the most prominent of each counts" if several == "first" else "everybody counts"
        click.echo(
            f"vitruvian: several people are in {collected.several} of the pictures and frames; "
            f"{who} (--several)",
            err=True,
        )
    table = collected.table
    for number, name in enumerate(table.classes):
        count = int((table.truth == number).sum())
        if count == 0:
            click.echo(f"vitruvian: class {name!r} has no pose and is not learned", err=True)
        elif count == 1:
            click.echo(
                f"vitruvian: class {name!r} has one pose; it is learned, but nothing is known "
                "about how well",
                err=True,
            )


def _write(out: Path, trained: Trained, collected: Collected, precision: str) -> None:
    """The file, put in place when it has been checked against the trainer on every pose."""
    import numpy as np

    from vitruvian.classify import PoseClassifier
    from vitruvian.classify.graph import as_written, write_tflite
    from vitruvian.sink.place import disk_errors

    model = as_written(trained.model, precision)
    part = out.with_name(f".{out.name}.part")
    with disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(write_tflite(trained.model, precision=precision))
            rows = collected.table.inputs(model)
            gap = np.abs(PoseClassifier(part).run(*rows) - model.probabilities(*rows)).max()
            if gap > _AGREEMENT:
                raise InputError(f"the file and the trainer disagree by {gap:.1e}; report this")
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def _report(folder: Shelf, trained: Trained, collected: Collected) -> ClassEvaluation:
    from vitruvian.classify.evaluation import held_back
    from vitruvian.classify.picture import confusion_picture, png

    found = held_back(trained, collected)
    about = found.as_json() | {"held_back": trained.model.held_back}
    folder.put("report.json", (json.dumps(about, indent=1) + "\n").encode())
    matrix = confusion_picture(found.scores.confusion, found.classes, found.answers)
    folder.put("confusion.png", png(matrix))
    wrong = [
        (item.path, (item.file, f"taken for {item.predicted} ({item.score:.2f})"))
        for item in found.wrong
        if item.path is not None
    ]
    _sheet(folder, "wrong.png", wrong)
    return found


def _summary(trained: Trained, held: ClassEvaluation, out: Path, folder: Path) -> None:
    figures = trained.model.held_back
    classes = ", ".join(trained.model.labels[:-1])
    click.echo(f"{out}: {out.stat().st_size / 1000:.0f} kB, tells apart {classes}")
    if figures["asked"]:
        click.echo(
            f"  held back, by scene: accuracy {figures['accuracy']:.3f}, macro F1 "
            f"{figures['macro_f1']:.3f}, {len(held.wrong)} of {figures['asked']} poses wrong"
        )
    if figures["strangers_refused"] is not None:
        click.echo(
            f'  "none of these": said of {figures["strangers_refused"]:.0%} of poses of classes '
            f"it was not shown, and of {1 - figures['answered']:.0%} of those it knows"
        )
    click.echo(f"  {folder}")
