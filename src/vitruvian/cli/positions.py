"""``vitruvian positions`` and ``train-pairs``: what two people do together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vitruvian.cli.kinds import Kinds, writable
from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.classify.pair_model import PairModel
    from vitruvian.classify.timeline import Timeline

__all__ = ["positions", "train_pairs"]

_KINDS = ("png", "svg", "csv", "json")
_OUT = click.Path(path_type=Path)


class _Films(click.Group):
    """A word that is no command is the film itself."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["watch", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["watch", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Films)
def positions() -> None:
    """Name the position of two grapplers over time: vitruvian positions CLIP.

    CLIP is a film, or the JSON of one that --save json wrote. `vitruvian positions watch --help`
    tells the options.
    """


@positions.command()
@click.argument("clip", metavar="CLIP")
@click.option("--out", type=_OUT, default=Path("vitruvian-out"), show_default=True,
              help="The folder for the results; it is made if need be.")  # fmt: skip
@click.option("--save", "kinds", type=Kinds(_KINDS), default="png,csv,json", show_default=True,
              callback=writable, help=f"What to write: {', '.join(_KINDS)}.")  # fmt: skip
@click.option("--model", default="full", show_default=True, metavar="NAME|FILE",
              help="The landmark model, for a film.")  # fmt: skip
@click.option("--activities", type=_OUT, metavar="FILE",
              help="A model from train-pairs, in place of the positions of jiu-jitsu.")  # fmt: skip
@click.option(
    "--ids", metavar="A,B", help="The ids of the two; by default the two who are closest."
)
def watch(
    clip: str,
    out: Path,
    kinds: tuple[str, ...],
    model: str,
    activities: Path | None,
    ids: str | None,
) -> None:
    """The positions of two people over time, with who is on top."""
    from vitruvian.classify.positions import GRAPH
    from vitruvian.classify.timeline import choose_pair, pair_keypoints, timeline
    from vitruvian.cli.film import given_names, kept, read_film

    wanted = _ids(ids)
    pair_model = _model(activities)
    film = read_film(clip, model, out)
    graph = GRAPH if activities is None else None
    with kept(out, {clip: film}):
        people = wanted or choose_pair(film)
        told = timeline(pair_model, film.times, pair_keypoints(film, people), people, graph=graph)
        if not told.stretches:
            raise InputError(f"{people[0]} and {people[1]} are never both seen in {clip}")
    names = given_names(film)
    _tell(told, names)
    for path in _write(told, out, f"{Path(clip).stem}.positions", kinds, film.source, names):
        click.echo(f"  {path}")


@positions.command()
@click.argument("pairs", type=_OUT)
@click.option("--out", type=_OUT, default=Path("vitruvian-out"), show_default=True,
              help="The folder for positions.json.")  # fmt: skip
@click.option("--activities", type=_OUT, metavar="FILE", help="A model from train-pairs.")
def evaluate(pairs: Path, out: Path, activities: Path | None) -> None:
    """Name the position of every pair in a JSON file, and tell how good that is.

    PAIRS is a list of {"image_id", "pose1", "pose2", "position"}; the position is for comparison
    and may be left out. Writes positions.json: image_id, predicted, top (1, 2 or null), score.
    """
    from vitruvian.classify.pair_samples import read_pairs
    from vitruvian.sink.table import write_bytes

    model = _model(activities)
    given = read_pairs(pairs)
    seen = model(given.keypoints)
    rows = [
        {"image_id": i, "predicted": label, "top": None if top < 0 else top + 1,
         "score": round(score, 4)}
        for i, label, top, score in zip(
            given.ids, seen.labels, seen.tops.tolist(), seen.scores.tolist(), strict=True
        )
    ]  # fmt: skip
    path = write_bytes(out / "positions.json", (json.dumps(rows, indent=1) + "\n").encode())
    _compare(model, given.positions, seen.labels, given.tops.tolist(), seen.tops.tolist())
    click.echo(f"  {path}")


@click.command("train-pairs")
@click.argument("samples", type=_OUT)
@click.option("--out", type=_OUT, default=Path("pairs.npz"), show_default=True, metavar="FILE")
@click.option("--views", type=click.IntRange(100), default=100_000, show_default=True,
              help="Views each network sees.")  # fmt: skip
@click.option("--networks", type=click.IntRange(1, 32), default=6, show_default=True,
              help="How many are averaged.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
def train_pairs(samples: Path, out: Path, views: int, networks: int, seed: int) -> None:
    """Learn what pairs of people do, from SAMPLES: judo, dance holds, tennis doubles.

    SAMPLES is JSON, a list of {"pose1", "pose2", "position"} with 17 COCO keypoints each, or
    .npz with poses (N, 2, 17, 3) in metres and labels (N,), which are seen from cameras anywhere.
    Use the result with: vitruvian positions CLIP --activities FILE.
    """
    from vitruvian.classify.pair_samples import read_samples
    from vitruvian.classify.pair_training import PairPlan
    from vitruvian.classify.pair_training import train_pairs as train
    from vitruvian.sink.place import check_folder
    from vitruvian.sink.table import write_bytes

    if out.suffix != ".npz":
        raise InputError(f"a model of pairs is a .npz, not {out.name}; choose another --out")
    check_folder(out.parent)
    plan = PairPlan(samples=views, networks=networks, seed=seed)
    given = read_samples(samples)
    model = train(
        given,
        plan,
        progress=lambda done, all_: click.echo(f"network {done + 1} of {all_}", err=True),
    )
    write_bytes(out, model.save())
    click.echo(f"{len(given.labels)} samples of {', '.join(model.classes)}")
    click.echo(f"  {out}")


def _model(activities: Path | None) -> PairModel:
    from vitruvian.classify.pair_model import PairModel, load_positions

    return load_positions() if activities is None else PairModel.load(activities)


def _ids(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    try:
        first, second = (int(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"--ids takes two ids such as 1,2, not {text!r}") from error
    if first == second:
        raise InputError(f"--ids takes two different ids, not {text!r}")
    return first, second


def _tell(told: Timeline, names: dict[int, str]) -> None:
    first, second = (names.get(i, str(i)) for i in told.people)
    named = not names.keys().isdisjoint(told.people)
    click.echo(f"{first} and {second}" if named else f"people {first} and {second}")
    end = told.stretches[0].start
    for each in told.stretches:
        if each.start > end:
            click.echo(f"  {end:7.2f} s to {each.start:7.2f} s  (one of them is not seen)")
        end = each.end
        top = "" if each.top is None else f"  {names.get(each.top, each.top)} on top"
        click.echo(
            f"  {each.start:7.2f} s to {each.end:7.2f} s  {each.label:14} {each.score:.2f}{top}"
        )
    click.echo("in all")
    for name in told.classes:
        if told.seconds(name):
            click.echo(f"  {name:14} {told.seconds(name):7.2f} s")


def _write(
    told: Timeline,
    out: Path,
    stem: str,
    kinds: tuple[str, ...],
    title: str,
    names: dict[int, str],
) -> list[Path]:
    from vitruvian.sink.table import write_bytes, write_table

    rows: dict[str, list[Any]] = {
        name: [getattr(each, name) for each in told.stretches]
        for name in ("start", "end", "label", "top", "score")
    }
    paths = []
    for kind in kinds:
        path = out / f"{stem}.{kind}"
        if kind == "csv":
            write_table(path, rows)
        elif kind == "json":
            write_bytes(path, _json(told, title, names))
        else:
            from vitruvian.draw.plot import plot_spans

            spans = [(each.label, each.start, each.end, each.top) for each in told.stretches]
            write_bytes(path, plot_spans(told.classes, spans, kind=kind, title=title, names=names))
        paths.append(path)
    return paths


def _json(told: Timeline, title: str, names: dict[int, str]) -> bytes:
    data = {
        "format": "vitruvian.positions",
        "version": 1,
        "source": title,
        "people": told.people,
        "names": [names.get(i) for i in told.people],
        "stretches": [
            {"start": each.start, "end": each.end, "position": each.label, "top": each.top,
             "score": round(each.score, 4)}
            for each in told.stretches
        ],
        "transitions": [{"time": t, "from": a, "to": b} for t, a, b in told.transitions],
        "seconds": {name: told.seconds(name) for name in told.classes if told.seconds(name)},
    }  # fmt: skip
    return (json.dumps(data, indent=1) + "\n").encode()


def _compare(
    model: PairModel,
    truth: tuple[str | None, ...],
    said: tuple[str, ...],
    tops: list[int],
    told: list[int],
) -> None:
    """Print macro F1 over the classes present, where the file has any."""
    import numpy as np

    from vitruvian.classify.scores import class_scores

    rows = [i for i, name in enumerate(truth) if name in model.classes]
    if not rows:
        return
    right, given = (
        np.array([model.classes.index(str(names[i])) for i in rows]) for names in (truth, said)
    )
    scores = class_scores(right, given, len(model.classes))
    click.echo(f"{len(rows)} labelled pairs: macro F1 {scores.macro_f1:.3f}, "
               f"accuracy {scores.accuracy:.3f}")  # fmt: skip
    for name, f1 in zip(model.classes, scores.f1, strict=True):
        if f1 == f1:
            click.echo(f"  {name:14} F1 {f1:.2f}")
    sides = [told[i] == tops[i] for i in rows if tops[i] >= 0]
    if sides:
        click.echo(f"who is on top: right in {np.mean(sides):.1%} of {len(sides)}")
