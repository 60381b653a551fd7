"""``vitruvian evaluate``: a result beside the truth, as a table of the field's measures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vitruvian.cli.film import follow
from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.measure import Tracks

__all__ = ["Evaluation", "Kind", "Options", "evaluate"]

FORMAT, VERSION = "vitruvian.evaluation", 1


@dataclass(frozen=True)
class Options:
    """What may be asked for beside the result and the truth."""

    threshold: float
    model: str
    people: int | None
    quiet: bool


@dataclass(frozen=True)
class Evaluation:
    """What came out.

    Args:
        kind: What was evaluated.
        about: How much of it there is, by name.
        measures: The numbers, by the name that the field uses.
    """

    kind: str
    about: Mapping[str, int]
    measures: Mapping[str, Any]


Kind = Callable[[Path, Path, Options], Evaluation]
"""Evaluates a RESULT beside a TRUTH."""


def _tracks(result: Path, truth: Path, options: Options) -> Evaluation:
    from vitruvian.measure import box_moments, read_mot, tracking

    there = read_mot(truth)
    if not there.end:
        raise InputError(f"{truth} has nobody in it: every row has 0 as its seventh number")
    found = _TRACKS.get(result.suffix.lower(), _of_film)(result, options)
    moments = box_moments(there, found)
    people = len({int(i) for ids in moments.truth for i in ids})
    ids = len({int(i) for ids in moments.found for i in ids})
    about = {"frames": len(moments), "people": people, "ids": ids}
    return Evaluation("tracks", about, tracking(moments, options.threshold).table)


def _of_clip(path: Path, options: Options) -> Tracks:
    from vitruvian.measure import Tracks
    from vitruvian.sink.clip import read_clip

    return Tracks.of_clip(read_clip(path))


def _of_mot(path: Path, options: Options) -> Tracks:
    from vitruvian.measure import read_mot

    return read_mot(path)


def _of_film(path: Path, options: Options) -> Tracks:
    from vitruvian.measure import Tracks
    from vitruvian.recipe import Recipe
    from vitruvian.source import open_source

    recipe = Recipe(model=options.model, people=options.people)
    with open_source(path) as source:
        if source.stills:
            raise InputError(
                f"{path} is not a film; a RESULT is a film, the JSON of --save json, or MOT text"
            )
        return Tracks.of_clip(follow(source, recipe, quiet=options.quiet))


_TRACKS: dict[str, Callable[[Path, Options], Tracks]] = {".json": _of_clip, ".txt": _of_mot}
"""How the tracks of a RESULT are had, by its suffix; anything else is a film."""
_KINDS: dict[str, str] = {}
"""Who evaluates a RESULT, by its suffix, as module:function of the type `Kind`; else `_tracks`."""


def _kind(result: Path) -> Kind:
    module, _, name = _KINDS.get(result.suffix.lower(), f"{__name__}:_tracks").partition(":")
    kind: Kind = getattr(import_module(module), name)
    return kind


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(path_type=Path))
@click.option(
    "--threshold", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True,
    help="The overlap (IoU) from which somebody counts as found.",
)  # fmt: skip
@click.option(
    "--model", default="full", show_default=True, metavar="NAME|FILE",
    help="For a film: lite, full or heavy, or a .task or .tflite of yours.",
)  # fmt: skip
@click.option("--people", type=int, metavar="N", help="For a film: the most people; default all.")
@click.option(
    "--save", type=click.Choice(["json"]), multiple=True,
    help="Write the numbers to evaluation.json, too.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for what is saved; it is made if need be.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def evaluate(
    result: Path,
    truth: Path,
    threshold: float,
    model: str,
    people: int | None,
    save: tuple[str, ...],
    out: Path,
    quiet: bool,
) -> None:
    """Say how good a RESULT is, beside the TRUTH.

    A RESULT is the JSON that --save json wrote, boxes in MOT format (.txt), or a film, which is
    run first. The TRUTH is a gt.txt in MOT format: lines of frame, id, left, top, width, height,
    frames and pixels counted from 1. What comes after the last labelled frame is left out.

    Prints HOTA, DetA, AssA, LocA, IDF1, IDP, IDR, MOTA, MOTP, switches of ids and
    fragmentations, equal to TrackEval's.

    A classifier (.tflite) that vitruvian train wrote is a RESULT, too. Its TRUTH is a folder with a
    folder of pictures or clips for each class, or a CSV of landmarks; accuracy, macro F1 and the
    confusion matrix come out.
    """
    if result.suffix.lower() == ".tflite":
        from vitruvian.cli.classes import evaluate_classifier

        evaluate_classifier(result, truth, model=model, save=save, out=out, quiet=quiet)
        return
    options = Options(threshold, model, people, quiet)
    if save:
        from vitruvian.sink.place import check_folder

        check_folder(out)
    found = _kind(result)(result, truth, options)
    if not quiet:
        click.echo(f"{result.name}: " + ", ".join(f"{n} {name}" for name, n in found.about.items()))
        width = max(map(len, found.measures))
        for name, value in found.measures.items():
            shown = f"{value:8.4f}" if isinstance(value, float) else f"{value:8d}"
            click.echo(f"  {name:<{width}} {shown}")
    if save:
        path = _write(out / "evaluation.json", result, truth, found)
        if not quiet:
            click.echo(f"  {path}")


def _write(path: Path, result: Path, truth: Path, found: Evaluation) -> Path:
    from vitruvian.sink.table import write_bytes

    data = {
        "format": FORMAT, "version": VERSION, "kind": found.kind, "result": result.name,
        "truth": truth.name, **found.about, "measures": dict(found.measures),
    }  # fmt: skip
    return write_bytes(path, (json.dumps(data, indent=1) + "\n").encode())
