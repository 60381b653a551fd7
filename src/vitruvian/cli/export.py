"""``vitruvian export``: everybody's movement in the files of animators and simulators."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from vitruvian.clip import Clip
    from vitruvian.motion import Motion

__all__ = ["export"]


@click.command()
@click.argument("source", metavar="CLIP")
@click.option(
    "--to", "formats", default="bvh,glb,html", show_default=True, metavar="FORMAT[,FORMAT…]",
    help="bvh, glb, trc, c3d, mjcf, mot, html.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
@click.option(
    "--person", "people", type=int, multiple=True, metavar="ID",
    help="Whose; may be given again. By default everybody who is seen for a second.",
)  # fmt: skip
@click.option(
    "--model", default="full", show_default=True, metavar="NAME|FILE",
    help="The landmark model, for a film.",
)  # fmt: skip
def export(source: str, formats: str, out: Path, people: tuple[int, ...], model: str) -> None:
    """Write people's movement for Blender, OpenSim, MuJoCo, C3D readers or a browser.

    CLIP is a film, which is lifted first, or the JSON of one that `vitruvian lift` or --save json
    wrote, which is taken as it is. There is a file per person and format, and for html one page
    with everybody.
    """
    from vitruvian.cli.film import kept, read_film
    from vitruvian.export import FORMATS, exporter, motion_of
    from vitruvian.lift import lift
    from vitruvian.sink.table import write_bytes

    wanted = list(dict.fromkeys(part.strip() for part in formats.split(",") if part.strip()))
    for name in wanted:
        if name not in (*FORMATS, "html"):
            raise UnknownNameError("format", name, (*FORMATS, "html"))
    clip = read_film(source, model, out, whole=True)
    if source.endswith(".json") and clip.root is None:
        click.echo(f"as one camera saw it; vitruvian lift {source} makes it steady, with depth")
    with kept(out, {source: clip}):
        chosen = tuple(dict.fromkeys(people)) or _seen_for_a_second(clip)
        if not source.endswith(".json"):
            clip = lift(clip)
        motions = [motion_of(clip, person) for person in chosen]
    stem = Path(source).stem
    for name in wanted:
        if name == "html":
            from vitruvian.export.viewer import to_html

            click.echo(f"  {write_bytes(out / f'{stem}.html', to_html(motions, clip.source))}")
            continue
        write, ending = exporter(name)
        for who, motion in zip(_file_names(chosen, motions), motions, strict=True):
            click.echo(f"  {write_bytes(out / f'{stem}.{who}{ending}', write(motion))}")


def _file_names(people: tuple[int, ...], motions: list[Motion]) -> list[str]:
    """What files call everybody; the id is added where two would be called the same."""
    plain = [re.sub(r"[^\w-]+", "_", motion.name).strip("_") or "person" for motion in motions]
    lower = [name.casefold() for name in plain]
    return [
        f"{name}_{person}" if lower.count(name.casefold()) > 1 else name
        for person, name in zip(people, plain, strict=True)
    ]


def _seen_for_a_second(clip: Clip) -> tuple[int, ...]:
    import numpy as np

    step = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 1.0
    seconds = clip.present.sum(0) * step
    chosen = tuple(int(i) for i in clip.ids[seconds >= 1.0])
    if not chosen:
        raise InputError(f"nobody in {clip.source} is seen for a second; name them with --person")
    return chosen
