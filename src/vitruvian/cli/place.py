"""``vitruvian place``: where people stand in the room of one camera."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.cli.lift import read_heights, refuse_same

if TYPE_CHECKING:
    from vitruvian.clip import Clip
    from vitruvian.geometry.cameras import Camera
    from vitruvian.lift.room import Placement

__all__ = ["place"]


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the result; it is made if need be.",
)  # fmt: skip
@click.option(
    "--height", "heights", multiple=True, metavar="[WHO=]METRES",
    help="How tall everybody is, or somebody by id or name; may be given again.",
)  # fmt: skip
@click.option(
    "--calibration", type=click.Path(path_type=Path), metavar="FILE",
    help="The camera: .toml, .yml, .json or .qca.txt.",
)  # fmt: skip
@click.option(
    "--camera",
    "name",
    metavar="NAME",
    help="Which camera of the calibration; else the film's name.",
)
@click.option("--fov", type=float, metavar="DEGREES", help="The angle that the longer side spans.")
@click.option(
    "--film", type=click.Path(path_type=Path), metavar="FILE",
    help="The film of a JSON, to see by its background whether the camera moves.",
)  # fmt: skip
@click.option(
    "--model", default="full", show_default=True, metavar="NAME|FILE",
    help="The landmark model, for a film.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def place(
    source: str,
    out: Path,
    heights: tuple[str, ...],
    calibration: Path | None,
    name: str | None,
    fov: float | None,
    film: Path | None,
    model: str,
    quiet: bool,
) -> None:
    """Find everybody's way through the room, in metres, from one camera that stands still.

    SOURCE is a film, or the JSON of one that --save json or `vitruvian lift` wrote. The same JSON
    is written with `world` level with the floor and `root`, the hips' path. What had to be
    assumed, and a camera that moves, are said on stderr.
    """
    from vitruvian.cli.film import kept, read_film
    from vitruvian.lift.room import place as placed
    from vitruvian.sink.clip import write_clip
    from vitruvian.source import open_source

    if calibration is not None and fov is not None:
        raise click.UsageError("--calibration says what --fov says; choose one")
    given = read_heights(heights, source)
    path = Path(source)
    refuse_same(out, path)
    _check(calibration, name, fov)
    if film is not None:
        open_source(film).close()
    clip = read_film(source, model, out, quiet=quiet)
    shown = film or (None if path.suffix == ".json" else path)
    with kept(out, {source: clip}):
        camera = _camera(clip, calibration, name, fov)
        if shown is None:
            result = placed(clip, camera, given)
        else:
            with open_source(shown) as frames:
                result = placed(clip, camera, given, frames=frames)
    written = write_clip(result.clip, out, stem=path.stem)
    for note in result.notes:
        click.echo(f"vitruvian: {note}", err=True)
    if not quiet:
        _tell(result)
        click.echo(f"  {written}")


def _tell(result: Placement) -> None:
    import numpy as np

    clip = result.clip
    up = -float(result.camera.centre[1])
    tilt = float(np.degrees(np.arcsin(np.clip(result.camera.rotation[2, 1], -1, 1))))
    click.echo(f"camera: {up:.2f} m over the floor, looks {tilt:.0f} degrees down")
    names = clip.names or (None,) * len(clip.ids)
    for p, (i, name) in enumerate(zip(clip.ids.tolist(), names, strict=True)):
        way = clip.root[:, p] if clip.root is not None else np.zeros((0, 3))
        way = way[np.isfinite(way).all(-1)]
        if not len(way):
            continue
        far = np.linalg.norm(way, axis=-1)
        spread = np.ptp(way, axis=0)
        click.echo(
            f"person {name or i}: {result.heights[i]:.2f} m tall, {far.min():.1f} to "
            f"{far.max():.1f} m away, moves over {spread[0]:.1f} x {spread[2]:.1f} m of floor"
        )


def _check(calibration: Path | None, name: str | None, fov: float | None) -> None:
    """Whatever is wrong with the camera is said before a film is looked at."""
    from vitruvian.geometry.calibrations import read_calibration
    from vitruvian.geometry.cameras import Camera

    if calibration is not None:
        read_calibration(calibration)
    elif name is not None:
        raise click.UsageError("--camera names one of a --calibration; give that too")
    elif fov is not None:
        Camera.from_field_of_view((1, 1), fov)


def _camera(
    clip: Clip, calibration: Path | None, name: str | None, fov: float | None
) -> Camera | None:
    from vitruvian.errors import UnknownNameError
    from vitruvian.geometry.calibrations import read_calibration
    from vitruvian.geometry.cameras import Camera

    if calibration is None:
        if fov is None or clip.size is None:
            return None
        return Camera.from_field_of_view(clip.size, fov)
    cameras = {camera.name: camera for camera in read_calibration(calibration)}
    wanted = name or Path(clip.source).stem
    if len(cameras) == 1 and name is None:
        return next(iter(cameras.values()))
    if wanted not in cameras:
        raise UnknownNameError("camera", wanted, cameras)
    return cameras[wanted]
