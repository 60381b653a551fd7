"""``vitruvian models``: what weights there are, where they lie, and fetching them ahead of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from vitruvian.cli.progress import downloads
from vitruvian.errors import UnknownNameError

if TYPE_CHECKING:
    from vitruvian.weights import Row

__all__ = ["models"]


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List the models with licence, size and state, or fetch them ahead of time."""
    if context.invoked_subcommand is not None:
        return
    from vitruvian import weights

    if as_json:
        import json

        click.echo(json.dumps([_entry(row) for row in weights.rows()], indent=2))
    else:
        _print_table(weights.rows())


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def pull(names: tuple[str, ...]) -> None:
    """Fetch models into the cache: those named, or every one.

    lite, full and heavy are the landmark models, as in `vitruvian run --model`. A size of MoveNet
    MultiPose that is not in the list has a name too, such as movenet-multipose-256x448.
    """
    from vitruvian import weights

    # A name that is wrong should show before anything is fetched.
    wanted = [_row(name) for name in names] or list(weights.rows())
    with downloads() as progress:
        for row in wanted:
            weights.obtain(row.name, progress=progress)
    if progress is not None:
        count = "1 model is" if len(wanted) == 1 else f"{len(wanted)} models are"
        click.echo(f"{count} in {weights.directory()}", err=True)


@models.command()
@click.argument("name")
def path(name: str) -> None:
    """Print where a model lies, fetched if need be."""
    from vitruvian import weights

    wanted = _row(name)
    with downloads() as progress:
        found = weights.obtain(wanted.name, progress=progress)
    click.echo(str(found))


def _row(name: str) -> Row:
    """A model by its name, or by what the landmark models are called in ``--model``."""
    from vitruvian import weights
    from vitruvian.recipe import MODELS

    try:
        return weights.row(f"blazepose-{name}" if name in MODELS else name)
    except UnknownNameError as error:
        kind, _, known = error.args
        raise UnknownNameError(kind, name, (*MODELS, *known)) from None


def _entry(row: Row) -> dict[str, object]:
    from vitruvian import weights

    return {
        "name": row.name,
        "kind": row.kind,
        "licence": row.licence,
        "size": row.size,
        "state": weights.state(row),
        "recipe": row.recipe,
        "input": row.input,
        "outputs": row.outputs,
        "skeleton": row.skeleton,
        "files": [{"name": file.name, "sha256": file.sha256} for file in row.files],
    }


def _print_table(rows: Iterable[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    from vitruvian import weights

    colours = {"cached": "green", "missing": "yellow", "damaged": "red"}
    table = Table(box=None, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("kind")
    table.add_column("licence", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("state")
    for row in rows:
        state = weights.state(row)
        size = f"{row.size / 1e6:.1f} MB"
        table.add_row(row.name, row.kind, row.licence, size, f"[{colours[state]}]{state}[/]")
    console = Console()
    console.print(table)
    console.print(f"\nkept in {weights.directory()}", style="dim", soft_wrap=True)
