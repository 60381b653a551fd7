"""``vitruvian triangulate``: films of the same moment, from several cameras, as one room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.lift.triangulate import Triangulation

__all__ = ["triangulate"]


@click.command()
@click.argument("sources", metavar="CLIP CLIP…", nargs=-1, required=True)
@click.option(
    "--calibration", required=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Pose2Sim's or Anipose's .toml, OpenCV's .yml or .json, Qualisys' .qca.txt.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
@click.option("--adjust", is_flag=True, help="Turn and shift the cameras until they agree.")
@click.option(
    "--offset", "offsets", type=float, multiple=True, metavar="SECONDS",
    help="How far a clip's clock is ahead of the first's; once for each clip after the first.",
)  # fmt: skip
@click.option("--sync", is_flag=True, help="Find the offsets by how people move.")
@click.option(
    "--model", default="full", show_default=True, metavar="NAME|FILE",
    help="The landmark model, for films.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def triangulate(
    sources: tuple[str, ...],
    calibration: Path,
    out: Path,
    adjust: bool,
    offsets: tuple[float, ...],
    sync: bool,
    model: str,
    quiet: bool,
) -> None:
    """Everybody in metres, from films of the same moment by several calibrated cameras.

    Each CLIP is a film, or the JSON of one that --save json wrote; they come in the order of the
    cameras, or are named as the cameras are. Writes the JSON of a clip with `world` and `root` in
    the room, and one of how far every camera is off.
    """
    from vitruvian.cli.film import kept, read_film
    from vitruvian.geometry.calibrations import read_calibration
    from vitruvian.lift.triangulate import triangulate as together
    from vitruvian.sink.clip import write_clip
    from vitruvian.sink.table import write_bytes

    if sync and offsets:
        raise click.UsageError("--sync finds the offsets that --offset gives; choose one")
    cameras = read_calibration(calibration)
    if len(sources) < 2:
        raise InputError("triangulation needs the clips of two cameras and more, not one")
    if offsets and len(offsets) != len(sources) - 1:
        raise InputError(
            f"--offset is given once for each clip after the first, {len(sources) - 1} times here, "
            f"not {len(offsets)}"
        )
    clips = [read_film(source, model, out, quiet=quiet) for source in sources]
    ahead = "estimate" if sync else (0.0, *offsets) if offsets else None
    with kept(out, dict(zip(sources, clips, strict=True))):
        result = together(clips, cameras, offsets=ahead, adjust=adjust)
    stem = f"{Path(sources[0]).stem}.room"
    path = write_clip(result.clip, out, stem=stem)
    residuals = out / f"{stem}.residuals.json"
    write_bytes(residuals, json.dumps(_told(result), indent=1).encode())
    if not quiet:
        _tell(result)
        click.echo(f"  {path}\n  {residuals}")


def _tell(result: Triangulation) -> None:
    people = len(result.clip.ids)
    click.echo(
        f"{'1 person' if people == 1 else f'{people} people'} by {len(result.cameras)} cameras: "
        f"off by {result.residual:.1f} pixels (median)"
    )
    for camera, pixels, ahead in zip(
        result.cameras, result.by_camera(), result.offsets, strict=True
    ):
        late = f", {ahead:+.3f} s" if any(result.offsets) else ""
        click.echo(f"  {camera.name or 'camera'}: {pixels:.1f} pixels{late}")


def _told(result: Triangulation) -> dict[str, Any]:
    """The residuals and what they were reckoned with, for other programs; pixels and metres."""
    import numpy as np

    def median(values: Any) -> float | None:
        known = values[np.isfinite(values)]
        return round(float(np.median(known)), 3) if known.size else None

    return {
        "residual": median(result.residuals),
        "turn": result.turn.tolist(),
        "people": [
            {"id": int(i), "residual": median(result.residuals[:, :, p]),
             "seen_as": [{"camera": result.cameras[v].name, "id": own}
                         for v, own in result.members[p]]}
            for p, i in enumerate(result.clip.ids)
        ],
        "cameras": [
            {
                "name": camera.name, "offset": ahead, "residual": median(pixels),
                "landmarks": {name: median(pixels[..., k]) for k, name in
                              enumerate(result.clip.body.skeleton.landmarks)},
                "size": camera.size, "matrix": camera.matrix.tolist(),
                "distortions": camera.distortion.tolist(), "rotation": camera.rotation.tolist(),
                "translation": camera.translation.tolist(),
            }
            for camera, pixels, ahead in zip(
                result.cameras, result.residuals, result.offsets, strict=True
            )
        ],
    }  # fmt: skip
