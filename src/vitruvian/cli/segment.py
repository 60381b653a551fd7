"""``vitruvian segment``: cut out what is clicked on in a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.cli.progress import downloads
from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.interactive import Mask
    from vitruvian.segment.stroke import Stroke
    from vitruvian.types import Frame, Image

__all__ = ["segment"]

_Points = list[tuple[float, float]]


class _Path(click.ParamType[_Points]):
    """Points in pixels: ``X,Y``, and more of them after spaces."""

    name = "points"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> _Points:
        try:
            pairs = [tuple(float(n) for n in pair.split(",")) for pair in value.split()]
        except ValueError:
            pairs = []
        points = [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]
        if not points or len(points) != len(pairs):
            self.fail(f'expected X,Y or "X,Y X,Y …" in pixels, not {value!r}', param, ctx)
        return points


@click.command()
@click.argument("picture", type=click.Path(path_type=Path))
@click.option(
    "--click", "clicks", type=_Path(), multiple=True, metavar="X,Y",
    help="A pixel of what is wanted; may be given again.",
)  # fmt: skip
@click.option(
    "--not", "nots", type=_Path(), multiple=True, metavar="X,Y",
    help="A pixel, or a stroke, of what is not wanted; may be given again.",
)  # fmt: skip
@click.option(
    "--stroke", "strokes", type=_Path(), multiple=True, metavar='"X,Y X,Y …"',
    help="A line along what is wanted; may be given again.",
)  # fmt: skip
@click.option(
    "--lasso", "lassos", type=_Path(), multiple=True, metavar='"X,Y X,Y …"',
    help="A line round what is wanted; may be given again.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
@click.option(
    "--model", metavar="FILE",
    help="A .tflite of yours that is shown the clicks, such as magic_touch.tflite.",
)  # fmt: skip
@click.option(
    "--pose", default="full", show_default=True, metavar="NAME",
    help="Who finds the people: lite, full or heavy.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def segment(
    picture: Path,
    clicks: tuple[_Points, ...],
    nots: tuple[_Points, ...],
    strokes: tuple[_Points, ...],
    lassos: tuple[_Points, ...],
    out: Path,
    model: str | None,
    pose: str,
    quiet: bool,
) -> None:
    """Cut out of PICTURE what is clicked on.

    A click on a person means the whole person. Pixels count from the top left corner of the
    upright picture. Writes the mask, the picture with all else transparent, and an overlay.
    """
    from vitruvian.interactive import InteractiveSegmenter
    from vitruvian.segment.stroke import Stroke
    from vitruvian.sink import stems
    from vitruvian.sink.place import Shelf

    wanted = [Stroke(points) for points in (*clicks, *strokes)]
    wanted += [Stroke(points, "lasso") for points in lassos]
    if not wanted:
        raise click.UsageError("say what is wanted with --click, --stroke or --lasso")
    every = [*wanted, *(Stroke(points, "exclude") for points in nots)]
    segmenter = InteractiveSegmenter(model, pose=pose)
    frame = _read(picture)
    for stroke in every:
        stroke.check(frame.size)
    (stem,) = stems([picture.name])
    shelf = Shelf(out)
    try:
        with downloads(quiet) as progress:
            segmenter.set_image(frame, progress=progress)
        mask = segmenter.segment(every)
        pictures = {
            "mask": _grey(mask),
            "cutout": mask.cut_out(frame.image),
            "overlay": _overlay(frame.image, mask, every),
        }
        for name, image in pictures.items():
            shelf.put(f"{stem}_{name}.png", _png(image))
    finally:
        shelf.close()
    if not quiet:
        click.echo(f"{picture.name}: {mask.category().mean():.1%} of the picture selected")
        for name in pictures:
            click.echo(f"  {out / f'{stem}_{name}.png'}")


def _read(picture: Path) -> Frame:
    from vitruvian.source import open_source

    with open_source(picture) as source:
        if not source.stills or source.count != 1:
            raise InputError(f"segment takes one picture; {picture} is a film or a folder")
        return next(iter(source))


def _grey(mask: Mask) -> Image:
    import numpy as np

    return np.rint(mask.values * 255).astype(np.uint8)


def _overlay(image: Image, mask: Mask, strokes: list[Stroke]) -> Image:
    """The picture, dark where nothing is selected, with the strokes on it."""
    import numpy as np

    from vitruvian.segment.stroke import drawn

    light = 0.25 + 0.75 * mask.values[..., None]
    canvas = np.rint(image * light).astype(np.uint8)
    size = (image.shape[1], image.shape[0])
    colours = {"include": (0, 245, 185), "lasso": (0, 245, 185), "exclude": (255, 70, 105)}
    for stroke in strokes:
        canvas[drawn([stroke], stroke.kind, size)] = colours[stroke.kind]
    return canvas


def _png(image: Image) -> bytes:
    import cv2
    import numpy as np

    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    if image.ndim == 3:
        image = np.asarray(cv2.cvtColor(image, order[image.shape[2]]), np.uint8)
    _, data = cv2.imencode(".png", image)
    return data.tobytes()
