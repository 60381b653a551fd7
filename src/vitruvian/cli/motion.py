"""``vitruvian angles`` and ``vitruvian count``: what joints do, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vitruvian.cli.film import given_names, read_film
from vitruvian.cli.kinds import Kinds, writable
from vitruvian.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from vitruvian.classify.repetitions import Repetition
    from vitruvian.clip import Clip
    from vitruvian.types import Floats

__all__ = ["angles", "count"]

_TABLES = ("csv", "parquet")
_KINDS = (*_TABLES, "png", "svg")
_RANGES = ("least", "most", "range", "speed")
_source = click.argument("source", metavar="SOURCE")
_out = click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
_save = click.option(
    "--save", "kinds", type=Kinds(_KINDS), default="csv,png", show_default=True,
    callback=writable, help=f"What to write: {', '.join(_KINDS)}.",
)  # fmt: skip
_model = click.option("--model", default="full", show_default=True, metavar="NAME|FILE")


@click.command()
@_source
@_out
@_save
@_model
@click.option("--only", metavar="NAME[,NAME…]", help="Angles wanted, by name or part of one.")
def angles(source: str, out: Path, kinds: tuple[str, ...], model: str, only: str | None) -> None:
    """Joint and segment angles of everybody in SOURCE over time.

    SOURCE is a film, or the JSON of one that --save json wrote. A table of ranges and speeds is
    printed; what every angle means is in docs/angles.md.
    """
    import numpy as np

    from vitruvian.geometry.angles import ANGLES, body_angles, speeds

    chosen = _chosen(only)
    clip = read_film(source, model, out)
    values = body_angles(clip.body)
    pace = speeds(values, clip.times)
    ranges: dict[str, list[Any]] = {name: [] for name in ("id", "person", "angle", *_RANGES)}
    for p, name in enumerate(_names(clip)):
        click.echo(f"person {name}")
        click.echo(f"  {'':30} {'least':>7} {'most':>7} {'range':>7} {'deg/s':>7}")
        for a in chosen:
            one = values[:, p, a]
            if np.isfinite(one).any():
                low, high = np.nanpercentile(one, [1, 99])
                fast = np.nanpercentile(np.abs(pace[:, p, a]), 99) if len(one) > 1 else np.nan
                numbers = [float(number) for number in (low, high, high - low, fast)]
                click.echo(f"  {ANGLES[a]:30} {' '.join(f'{number:7.0f}' for number in numbers)}")
                row = (int(clip.ids[p]), name, ANGLES[a], *numbers)
                for column, value in zip(ranges.values(), row, strict=True):
                    column.append(value)
    columns = {ANGLES[a]: values[..., a] for a in chosen}
    columns |= {f"{ANGLES[a]}_speed": pace[..., a] for a in chosen}
    curves = {ANGLES[a]: {int(i): values[:, p, a] for p, i in enumerate(clip.ids)} for a in chosen}
    stem = Path(source).stem
    _write(out, f"{stem}.angles", kinds, _table(clip, columns), clip, curves, [])
    _write(out, f"{stem}.ranges", [kind for kind in kinds if kind in _TABLES], ranges, clip, {}, [])


@click.command()
@_source
@_out
@_save
@_model
@click.option("--label", metavar="CLASS", help="Count a trained class in place of any movement.")
@click.option("--enter", type=float, default=0.6, show_default=True, help="Score that begins one.")
@click.option("--leave", type=float, default=0.4, show_default=True, help="Score that ends one.")
def count(
    source: str,
    out: Path,
    kinds: tuple[str, ...],
    model: str,
    label: str | None,
    enter: float,
    leave: float,
) -> None:
    """Repetitions of everybody in SOURCE: of any exercise, or of a trained class.

    SOURCE is a film, or the JSON of one that --save json wrote; for --label it must have labels,
    as `vitruvian run --classify` gives them.
    """
    from vitruvian.classify.repetitions import count_repetitions
    from vitruvian.geometry.angles import ANGLES, body_angles

    if label is not None and not source.endswith(".json"):
        raise InputError(
            f"a film has no labels yet, so --label {label} cannot be counted; give the JSON of: "
            "vitruvian run --classify FILE.tflite"
        )
    clip = read_film(source, model, out)
    values = body_angles(clip.body)
    found: dict[int, list[Repetition]] = {}
    for p, (i, name) in enumerate(zip(clip.ids.tolist(), _names(clip), strict=True)):
        if label is None:
            there = clip.present[:, p]
            found[i] = count_repetitions(values[there, p], clip.times[there])
        else:
            found[i] = _of_class(clip, p, label, enter, leave)
        click.echo(f"person {name}: {_times(len(found[i]))}")
        for number, one in enumerate(found[i], start=1):
            click.echo(f"  {number:3}  {one.start:7.2f} s to {one.end:7.2f} s  {one.score:.2f}")
    rows = [(i, n, one) for i, every in found.items() for n, one in enumerate(every, start=1)]
    called = dict(zip(clip.ids.tolist(), _names(clip), strict=True))
    table: dict[str, Any] = {
        "id": [i for i, _, _ in rows],
        "person": [called[i] for i, _, _ in rows],
        "repetition": [n for _, n, _ in rows],
    }
    for column in ("start", "peak", "end", "degrees", "score"):
        table[column] = [getattr(one, column) for _, _, one in rows]
    spans = [(i, one.start, one.end) for i, _, one in rows]
    shown = [p for p, i in enumerate(clip.ids.tolist()) if found[i]] or range(len(clip.ids))
    curves: dict[str, dict[int, Floats]] = {}
    if label is not None:
        curves[label] = {int(clip.ids[p]): _class_scores(clip, p, label) for p in shown}
    for p in shown:
        for a in _busiest(values[:, p]):
            curves.setdefault(ANGLES[a], {})[int(clip.ids[p])] = values[:, p, a]
    _write(out, f"{Path(source).stem}.repetitions", kinds, table, clip, curves, spans)


def _times(count: int) -> str:
    return "1 repetition" if count == 1 else f"{count} repetitions"


def _of_class(clip: Clip, p: int, label: str, enter: float, leave: float) -> list[Repetition]:
    from vitruvian.classify.repetitions import count_by_class

    if clip.labels is None:
        raise InputError(
            f"{clip.source} has no labels; make some with: vitruvian run --classify FILE.tflite"
        )
    known = sorted({str(text) for text in clip.labels.ravel() if text is not None})
    if label not in known:
        raise UnknownNameError("label", label, known)
    return count_by_class(_class_scores(clip, p, label), clip.times, enter=enter, leave=leave)


def _class_scores(clip: Clip, p: int, label: str) -> Floats:
    """(T,) how sure it is that a person is in a class; NaN where they are not there."""
    import numpy as np

    sure = np.ones_like(clip.scores) if clip.label_scores is None else clip.label_scores
    there = clip.labels is not None and clip.labels[:, p] == label
    scores = np.where(there, sure[:, p], 0.0)
    scores[~clip.present[:, p]] = np.nan
    return scores


def _names(clip: Clip) -> list[str]:
    named = given_names(clip)
    return [named.get(i, str(i)) for i in clip.ids.tolist()]


def _chosen(only: str | None) -> list[int]:
    from vitruvian.geometry.angles import ANGLES

    if only is None:
        return list(range(len(ANGLES)))
    chosen: list[int] = []
    for part in only.split(","):
        fitting = [a for a, name in enumerate(ANGLES) if part.strip() and part.strip() in name]
        if not fitting:
            raise UnknownNameError("angle", part.strip(), ANGLES)
        chosen += fitting
    return sorted(set(chosen))


def _busiest(values: Floats, most: int = 3) -> list[int]:
    """Of one person's angles (T, A) those that move most and are seen nearly always they are."""
    import numpy as np

    seen = np.isfinite(values)
    often = seen.sum(0) > 0.8 * max(1, seen.sum(0).max())
    middle = np.where(seen, values, 0).sum(0) / np.maximum(seen.sum(0), 1)
    off = np.where(seen, values - middle, 0)
    spread = np.where(often, (off**2).sum(0) / np.maximum(seen.sum(0), 1), 0)
    return [int(a) for a in np.argsort(-spread, kind="stable")[:most]]


def _table(clip: Clip, columns: dict[str, Any]) -> dict[str, Any]:
    """One row per moment and person in it."""
    import numpy as np

    t, p = np.nonzero(clip.present)
    names = _names(clip)
    head: dict[str, Any] = {
        "frame": clip.indices[t],
        "time": clip.times[t],
        "id": clip.ids[p],
        "person": [names[i] for i in p],
    }
    return head | {name: values[t, p] for name, values in columns.items()}


def _write(
    out: Path,
    stem: str,
    kinds: Sequence[str],
    table: dict[str, Any],
    clip: Clip,
    curves: dict[str, dict[int, Floats]],
    spans: list[tuple[int, float, float]],
) -> None:
    from vitruvian.sink.table import write_bytes, write_table

    for kind in kinds:
        path = out / f"{stem}.{kind}"
        if kind in _TABLES:
            write_table(path, table)
        else:
            from vitruvian.draw.plot import plot_curves
            from vitruvian.geometry.angles import ANGLES

            picture = plot_curves(
                clip.times, curves, kind=kind, title=clip.source, spans=spans,
                names=given_names(clip),
                units={name: "degrees" if name in ANGLES else "score" for name in curves},
            )  # fmt: skip
            write_bytes(path, picture)
        click.echo(f"  {path}")
