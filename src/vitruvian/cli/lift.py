"""``vitruvian lift``: world landmarks refined over time, and where people stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.clip import Clip

__all__ = ["lift", "read_heights", "refuse_same"]


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
@click.option("--model", default="full", show_default=True, metavar="NAME|FILE",
              help="The landmark model, for a film.")  # fmt: skip
@click.option(
    "--height", "heights", multiple=True, metavar="[WHO=]METRES",
    help="How tall everybody is, or somebody by id or name; may be given again.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def lift(source: str, out: Path, model: str, heights: tuple[str, ...], quiet: bool) -> None:
    """Refine everybody's world landmarks in SOURCE over time, in metres.

    SOURCE is a film, or the JSON of one that --save json wrote. The same JSON is written with
    `world` refined and `root`, the way from the camera to each person's hips. In a film who is who
    is decided as `vitruvian who` does, so that whoever is hidden for a while is led through; for
    a JSON that command does so before.
    """
    from vitruvian.cli.film import kept, read_film
    from vitruvian.lift import lift as lifted
    from vitruvian.lift.film import heights as checked
    from vitruvian.sink.clip import write_clip

    given = read_heights(heights, source)
    refuse_same(out, Path(source))
    clip = read_film(source, model, out, quiet=quiet, whole=True)
    with kept(out, {source: clip}):
        checked(clip, given)
        result = lifted(clip, height=given)
    path = write_clip(result, out, stem=Path(source).stem)
    if not quiet:
        _tell(result, given)
        click.echo(f"  {path}")


def read_heights(texts: tuple[str, ...], source: str) -> float | dict[int | str, float] | None:
    """One height for all, or heights by id or name.

    Args:
        texts: What was given as ``--height``.
        source: The film, in which people have no names yet, or the JSON of one.

    Raises:
        InputError: A text is no height of a person, there are both kinds, or a name cannot be.
    """
    from vitruvian.geometry.heights import check_height

    given: dict[int | str, float] = {}
    for text in texts:
        who, _, number = text.rpartition("=")
        try:
            given[who] = float(number)
        except ValueError as error:
            raise InputError(f"--height takes 1.82 or Ana=1.82, not {text!r}") from error
        check_height(given[who])
        if who and not who.isdecimal() and not source.endswith(".json"):
            raise InputError(
                f"nobody in a film has a name yet, so who is {who!r}? Give an id, as in 1=1.82, "
                "or the JSON of vitruvian who --name"
            )
    if "" in given and len(given) > 1:
        raise InputError("--height takes one height for all, or one for each name, not both")
    return given.get("", given or None)


def refuse_same(out: Path, source: Path) -> None:
    """Refuse a folder in which the result would replace the source.

    Raises:
        InputError: The source is a JSON there.
    """
    if source.suffix == ".json" and (out / source.name).resolve() == source.resolve():
        raise InputError(f"the result would replace {source}; choose another --out")


def _tell(clip: Clip, given: float | dict[int | str, float] | None) -> None:
    """What was taken for granted, how tall people are, and how far they went."""
    import numpy as np

    from vitruvian.lift.camera import FOCAL
    from vitruvian.lift.film import height_of

    click.echo(
        f"camera: taken to stand still, focal length {FOCAL} x the longer side "
        "(not known; places in depth go with it)"
    )
    names = clip.names or (None,) * len(clip.ids)
    for p, (i, name) in enumerate(zip(clip.ids.tolist(), names, strict=True)):
        tall = height_of(clip, p)
        told = given is not None and (
            not isinstance(given, dict) or {str(name), str(i)} & set(given)
        )
        origin = "as given" if told else "as the landmarks have it; --height tells it"
        line = f"person {name or i}: "
        if tall is None or clip.root is None:
            click.echo(line + "never seen")
            continue
        root = clip.root[:, p]
        seen = root[np.isfinite(root).all(-1)]
        spread = np.ptp(seen, axis=0)
        click.echo(
            line + f"{tall:.2f} m tall ({origin}), {seen[:, 2].min():.1f} to "
            f"{seen[:, 2].max():.1f} m away, {spread[0]:.1f} m from left to right"
        )
