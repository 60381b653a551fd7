"""``vitruvian run``: the main job, from sources to files."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vitruvian.cli.kinds import Kinds
from vitruvian.cli.progress import RunProgress, downloads, tell_damage
from vitruvian.errors import SourceError

if TYPE_CHECKING:
    from vitruvian.recipe import Recipe
    from vitruvian.source import Source, Spec
    from vitruvian.types import Frame, People

__all__ = ["run", "stoppable"]

_KINDS = ("json", "csv", "parquet", "video", "views", "masks")


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
@click.option(
    "--save", type=Kinds(_KINDS), multiple=True, default=("json,video",), show_default=True,
    help=f"What to write: {', '.join(_KINDS)}; may be given again. views is the "
    "annotated film with everybody in 3D beside it; pictures get annotated pictures.",
)  # fmt: skip
@click.option(
    "--model", default="full", show_default=True, metavar="NAME|FILE",
    help="lite, full or heavy, or a .task or .tflite of yours.",
)  # fmt: skip
@click.option("--people", type=int, metavar="N", help="The most people wanted; default all.")
@click.option(
    "--detector", default="auto", show_default=True, metavar="NAME",
    help="blazepose, movenet, or auto for both, each where it is good.",
)  # fmt: skip
@click.option("--smooth/--no-smooth", default=True, help="Smooth landmarks over time (default).")
@click.option(
    "--second-opinion/--no-second-opinion", default=True,
    help="In pictures ask MoveNet, too, where landmarks are in doubt (default).",
)  # fmt: skip
@click.option("--masks", is_flag=True, help="Each person's mask, as PNG; takes more time.")
@click.option("--hands", is_flag=True, help="Also the 21 landmarks of each person's hands.")
@click.option(
    "--mirrored", is_flag=True,
    help="The source is in a mirror, as selfies are: exchange everybody's left and right.",
)  # fmt: skip
@click.option(
    "--classify", metavar="FILE",
    help="Label everybody by a classifier that vitruvian train wrote.",
)  # fmt: skip
@click.option("--rate", type=float, metavar="FPS", help="Take pictures as one film at this rate.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def run(
    sources: tuple[str, ...],
    out: Path,
    save: tuple[tuple[str, ...], ...],
    masks: bool,
    rate: float | None,
    quiet: bool,
    **how: Any,
) -> int:
    """Find everybody in each SOURCE, and write what was found.

    A SOURCE is a picture, a folder or pattern of pictures, a film, a camera's number, or an
    RTSP or HTTP address. Pictures together are one result, every film is one of its own.
    A camera or stream goes on until Ctrl-C, which leaves whole files behind.
    """
    from vitruvian.recipe import Recipe
    from vitruvian.sink import stems
    from vitruvian.source import gather

    kinds = tuple(dict.fromkeys(kind for part in save for kind in part))
    if masks and "masks" not in kinds:
        kinds = (*kinds, "masks")
    # The other options are the recipe's own, under its names.
    recipe = Recipe(masks="masks" in kinds, **how)
    failed = False
    groups: list[Spec] = list(gather(sources))
    if len(sources) == len(groups) == 1:
        groups = [sources[0]]  # a folder or pattern gives its name to the result
    names = [_name(spec) for spec in groups]
    for spec, name, stem in zip(groups, names, stems(names), strict=True):
        try:
            job = _Job(spec, name, stem, recipe, kinds, out, rate, quiet)
            with stoppable():
                job.run()
        except SourceError as error:
            # One bad film must not cost the others.
            failed = True
            click.echo(f"vitruvian: {error}", err=True)
    return 1 if failed else 0


def _name(spec: Spec) -> str:
    return str(spec) if isinstance(spec, str | Path) else "pictures"


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM stops as Ctrl-C does: files are closed properly."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread: signals are somebody else's business
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass
class _Job:
    """One source on its way to its files."""

    spec: Spec
    name: str
    stem: str
    recipe: Recipe
    kinds: tuple[str, ...]
    out: Path
    rate: float | None
    quiet: bool
    seen: dict[int, list[float]] = field(default_factory=dict)
    frames: int = 0
    found: int = 0

    def run(self) -> None:
        from vitruvian.sink import About, Sinks, make_sinks
        from vitruvian.skeletons import BLAZEPOSE_33
        from vitruvian.source import open_source

        with open_source(self.spec, rate=self.rate) as source:
            with downloads(self.quiet) as progress:
                pipeline = self.recipe.build(stills=source.stills, progress=progress)
            about = About(
                self.name, source.size, source.rate, source.stills, BLAZEPOSE_33, self.stem,
                self.recipe.mirrored,
            )  # fmt: skip
            started = time.perf_counter()
            with (
                Sinks(make_sinks(self.kinds, self.out, about)) as sinks,
                RunProgress(source, quiet=self.quiet) as shown,
            ):
                with suppress(KeyboardInterrupt) if source.live else nullcontext():
                    # Ctrl-C is how a camera's recording ends, and a film's breaks off.
                    for frame, people in pipeline.run(source):
                        sinks.write(frame, people)
                        self._count(frame, people)
                        shown.step(len(people))
                if not self.frames:
                    raise SourceError(f"{source.name} has no frame that can be read")
            self._complain(source)
            if not self.quiet:
                self._summary(source, time.perf_counter() - started)
                for path in sinks.paths:
                    click.echo(f"  {path}")

    def _count(self, frame: Frame, people: People) -> None:
        self.frames += 1
        self.found += len(people)
        for i in () if people.ids is None else people.ids.tolist():
            span = self.seen.setdefault(i, [frame.time, frame.time, 0])
            span[1] = frame.time
            span[2] += 1

    def _summary(self, source: Source, seconds: float) -> None:
        fps = self.frames / max(seconds, 1e-9)
        if source.stills:
            pictures = "1 picture" if self.frames == 1 else f"{self.frames} pictures"
            people = "1 person" if self.found == 1 else f"{self.found} people"
            click.echo(f"{source.name}: {people} in {pictures}, {fps:.1f} pictures a second")
        else:
            count = "1 person" if len(self.seen) == 1 else f"{len(self.seen)} people"
            film = "1 frame" if self.frames == 1 else f"{self.frames} frames"
            click.echo(f"{source.name}: {count} in {film}, {fps:.1f} fps")
            for i, (first, last, frames) in sorted(self.seen.items()):
                share = f"{frames / self.frames:.0%} of the frames"
                click.echo(f"  person {i}: {first:.2f} s to {last:.2f} s ({share})")

    def _complain(self, source: Source) -> None:
        """Say what is missing from the result, even when quiet: it went well all the same."""
        for name, reason in source.skipped:
            click.echo(f"vitruvian: left out {name}: {reason}", err=True)
        tell_damage(source, self.frames)
