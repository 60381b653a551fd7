"""``vitruvian who``: who is who in a film, decided over all of it, with names by a click."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from vitruvian.cli.film import follow
from vitruvian.cli.kinds import Kinds
from vitruvian.cli.run import stoppable
from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.associate.clicks import Click
    from vitruvian.clip import Clip
    from vitruvian.recipe import Recipe
    from vitruvian.sink import About
    from vitruvian.source import Source
    from vitruvian.types import Frame

__all__ = ["who"]

_KINDS = ("json", "csv", "parquet", "video")
_SHOWN = 6
"""So many doubtful moments of a person are told."""


@click.command()
@click.argument("source", metavar="FILM|CLIP.JSON")
@click.option("--people", type=int, metavar="N", help="How many people there are; default unknown.")
@click.option(
    "--name", "names", multiple=True, metavar="NAME=X,Y@SECONDS",
    help="Who is at this point at this time; may be given again, also to correct a mistake.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
@click.option(
    "--save", type=Kinds(_KINDS), multiple=True, default=("json,video",), show_default=True,
    help=f"What to write: {', '.join(_KINDS)}; may be given again.",
)  # fmt: skip
@click.option(
    "--model", default="full", show_default=True, metavar="NAME|FILE",
    help="lite, full or heavy, or a .task or .tflite of yours.",
)  # fmt: skip
@click.option(
    "--detector", default="auto", show_default=True, metavar="NAME",
    help="blazepose, movenet, or auto for both, each where it is good.",
)  # fmt: skip
@click.option("--smooth/--no-smooth", default=True, help="Smooth landmarks over time (default).")
@click.option("--rate", type=float, metavar="FPS", help="Take pictures as one film at this rate.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def who(
    source: str,
    people: int | None,
    names: tuple[str, ...],
    out: Path,
    save: tuple[tuple[str, ...], ...],
    model: str,
    detector: str,
    smooth: bool,
    rate: float | None,
    quiet: bool,
) -> int:
    """Say who is who in a film, decided from all of it, and write a strip of portraits of each.

    Given the JSON that an earlier run has saved, people are named or put right without looking
    at the film again; if the film lies beside it, portraits and video are made too.
    """
    from vitruvian.associate.clicks import Click
    from vitruvian.recipe import Recipe

    clicks = [Click.read(name) for name in names]
    kinds = tuple(dict.fromkeys(kind for part in save for kind in part))
    recipe = Recipe(model=model, detector=detector, smooth=smooth)
    if people is not None and people < 1:
        raise InputError(f"people must be 1 or more, or nothing for all, not {people}")
    job = _Job(source, people, clicks, kinds, out, quiet)
    with stoppable():
        if Path(source).suffix.lower() == ".json":
            job.from_clip()
        else:
            job.from_film(recipe, rate)
    return 0


@dataclass
class _Job:
    """One film, or one clip of it, on its way to its files."""

    source: str
    people: int | None
    clicks: list[Click]
    kinds: tuple[str, ...]
    out: Path
    quiet: bool

    def from_film(self, recipe: Recipe, rate: float | None) -> None:
        from vitruvian.sink import About, make_sinks
        from vitruvian.sink.clip import write_clip
        from vitruvian.skeletons import BLAZEPOSE_33
        from vitruvian.source import open_source

        with open_source(self.source, rate=rate) as film:
            if film.stills or film.live:
                what = "does not end by itself" if film.live else "is no film"
                raise InputError(
                    f"who is who is decided over a whole film, and {film.name} {what}; "
                    "type: vitruvian run"
                )
            self._check_clicks(film)
            about = About(self.source, film.size, film.rate, False, BLAZEPOSE_33)
            # Whatever is wrong with the folder is said before the work is done.
            for sink in make_sinks(self.kinds, self.out, about):
                sink.close(complete=False)
            clip = follow(film, recipe, quiet=self.quiet)
            try:
                self._finish(clip, about, film)
            except InputError as error:
                # Looking took long, and is not to be done again because a click went wrong.
                kept = write_clip(clip, self.out, stem=about.stem)
                raise InputError(f"{error}; then type: vitruvian who {kept} --name …") from error

    def _check_clicks(self, film: Source) -> None:
        """Say that a click is outside of the picture before the film is looked at."""
        if film.size is None:
            return
        width, height = film.size
        for said in self.clicks:
            if not (0 <= said.x < width and 0 <= said.y < height and said.time >= 0):
                raise InputError(
                    f"{said} is outside of {film.name}, which is {width}x{height} pixels"
                )

    def from_clip(self) -> None:
        from vitruvian.sink import About, read_clip
        from vitruvian.source import open_source

        clip = read_clip(self.source)
        if not len(clip.times):
            raise InputError(f"{self.source} has no frame, so there is nobody to name")
        if len(clip.times) > 1 and not (np.diff(clip.times) > 0).all():
            raise InputError(
                f"who is who is decided over a whole film, and {self.source} is of pictures"
            )
        beside = next((p for p in self._places(clip) if p.is_file()), None)
        rate = 1 / float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else None
        stem = Path(self.source).stem
        about = About(clip.source, clip.size, rate, False, clip.body.skeleton, stem, clip.mirrored)
        if beside is None:
            self.kinds = tuple(kind for kind in self.kinds if kind != "video")
            self._finish(clip, about, None)
            click.echo(
                f"vitruvian: {clip.source} does not lie beside {self.source}, "
                "so there are no portraits and no video",
                err=True,
            )
            return
        with open_source(beside) as film:
            self._finish(clip, about, film)

    def _places(self, clip: Clip) -> Iterator[Path]:
        """Where the film of a clip may lie: beside it, in the folder above, or here."""
        name = Path(clip.source).name
        folder = Path(self.source).resolve().parent
        yield from (folder / name, folder.parent / name, Path(name))

    def _finish(self, clip: Clip, about: About, film: Source | None) -> None:
        """Decide who is who, write the files, and tell."""
        from vitruvian.associate.whole import settle
        from vitruvian.sink import Sinks, make_sinks
        from vitruvian.sink.portraits import PortraitSink

        settled = settle(clip, self.people, self.clicks)
        frames = _blank(clip) if film is None else film
        moment = {index: t for t, index in enumerate(settled.indices.tolist())}
        with ExitStack() as stack:
            every = make_sinks(self.kinds, self.out, about)
            if film is not None:
                every.append(PortraitSink(self.out, about, settled))
            sinks = stack.enter_context(Sinks(every))
            for frame in frames:
                if frame.index in moment:
                    sinks.write(frame, settled.people(moment[frame.index]))
        if not self.quiet:
            self._tell(settled)
            for path in sinks.paths:
                click.echo(f"  {path}")

    def _tell(self, clip: Clip) -> None:
        from vitruvian.associate.roll import roll

        entries = roll(clip)
        count = "1 person" if len(entries) == 1 else f"{len(entries)} people"
        frames = "1 frame" if len(clip.times) == 1 else f"{len(clip.times)} frames"
        click.echo(f"{clip.source}: {count} in {frames}")
        for entry in entries:
            title = f"{entry.title} (id {entry.id})" if entry.name else entry.title
            line = (
                f"  {title}: {entry.first:.2f} s to {entry.last:.2f} s, in view for "
                f"{entry.seconds:.1f} s, {entry.sureness:.0%} sure"
            )
            if entry.doubts:
                told = ", ".join(
                    f"{a:.2f} s" if a == b else f"{a:.2f} to {b:.2f} s"
                    for a, b in entry.doubts[:_SHOWN]
                )
                more = len(entry.doubts) - _SHOWN
                line += f"; in doubt at {told}" + (f" and {more} times more" if more > 0 else "")
            click.echo(line)


def _blank(clip: Clip) -> Iterator[Frame]:
    """The moments of a clip as frames without a picture."""
    from vitruvian.types import Frame

    width, height = clip.size or (1, 1)
    nothing = np.broadcast_to(np.zeros(3, np.uint8), (height, width, 3))
    for index, time in zip(clip.indices.tolist(), clip.times.tolist(), strict=True):
        yield Frame(nothing, index=index, time=time)
