"""What is shown while something takes its time: nothing at all where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from vitruvian.source import Source
    from vitruvian.weights import Progress

__all__ = ["RunProgress", "downloads", "steps", "tell_damage"]


def tell_damage(source: Source, frames: int) -> None:
    """Say, even where the rest is quiet, how much of a damaged film could be read."""
    if source.damage:
        click.echo(
            f"vitruvian: {source.name} is damaged ({source.damage}); {frames} frames could be read",
            err=True,
        )


@contextmanager
def downloads(quiet: bool = False) -> Iterator[Progress | None]:
    """Bars on stderr while files come; nothing where stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(label: str, done: int, total: int | None) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=None)
            bars.update(tasks[label], completed=done, total=total)

        yield show


@contextmanager
def steps(title: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for work in steps, told how many are done of how many; or nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


class RunProgress:
    """A bar with frames a second and the time left, while a source is worked through.

    Args:
        source: What is worked through; its ``count`` makes the bar's length.
        quiet: Whether to show nothing, even on a terminal.
    """

    def __init__(self, source: Source, *, quiet: bool) -> None:
        self._source = source
        self._bars: Any = None
        self._task: Any = None
        self._show = not quiet and sys.stderr.isatty()

    def __enter__(self) -> Self:
        if not self._show:
            return self
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[people]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._bars.start()
        self._task = self._bars.add_task(
            self._source.name, total=self._source.count, speed="", people=""
        )
        return self

    def step(self, people: int) -> None:
        """Tell of one more frame."""
        if self._bars is None:
            return
        task = self._bars.tasks[0]
        speed = f"{task.speed:.1f} fps" if task.speed else ""
        self._bars.update(self._task, advance=1, speed=speed, people=f"{people} in view")

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()
