"""``vitruvian fit``: a body of flesh and bone for everybody in a film."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitruvian.cli.film import given_names, kept, read_film
from vitruvian.cli.kinds import Kinds
from vitruvian.cli.progress import downloads, steps
from vitruvian.errors import InputError

if TYPE_CHECKING:
    from vitruvian.clip import Clip
    from vitruvian.fit import BodyFit

__all__ = ["fit"]

_KINDS = ("json", "glb", "mesh", "video")


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("vitruvian-out"), show_default=True,
    help="The folder for the results; it is made if need be.",
)  # fmt: skip
@click.option(
    "--save", "kinds", type=Kinds(_KINDS), default="json", show_default=True,
    help="What to write: json, glb (the body with its bones, animated), mesh (the vertices at "
    "every moment, as .npz), video (the bodies over the film).",
)  # fmt: skip
@click.option("--person", type=int, metavar="ID", help="Fit this person only.")
@click.option("--height", type=float, metavar="METRES", help="The person's height, if it is known.")
@click.option("--focal", type=float, metavar="PIXELS", help="The camera's focal length, if known.")
@click.option(
    "--film", type=click.Path(path_type=Path), help="The film, for video, where SOURCE is a JSON."
)
@click.option("--model", default="full", show_default=True, metavar="NAME|FILE")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def fit(
    source: str,
    out: Path,
    kinds: tuple[str, ...],
    person: int | None,
    height: float | None,
    focal: float | None,
    film: Path | None,
    model: str,
    quiet: bool,
) -> None:
    """Pose and shape a body for everybody in SOURCE, and measure it.

    SOURCE is a film, or the JSON of one that --save json wrote. A person whose height is given
    has its size from that; else it follows from the landmarks in metres.
    """
    # Read when NumPy is loaded, which is below. The matrices are small: threads would cost more
    # than they give, many times more where other programs run too.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if height is not None and person is None:
        raise InputError("--height is of one person: say which with --person ID")
    if focal is not None and focal <= 0:
        raise InputError(f"a focal length must be more than 0 pixels, not {focal:g}")
    shown = film or (None if source.endswith(".json") else Path(source))
    if "video" in kinds and (shown is None or not shown.is_file()):
        raise InputError("video needs the film: give it as SOURCE, or with --film FILE")
    from vitruvian.fit import Camera, fit_bodies, load_body
    from vitruvian.fit.body_prepare import REACH
    from vitruvian.geometry.heights import check_height

    if height is not None:
        check_height(height, REACH)
    clip = read_film(source, model, out, quiet=quiet)
    camera = None
    if focal is not None:
        if clip.size is None:
            raise InputError(f"{source} does not say how large its frames are, as --focal needs")
        camera = Camera(focal, (clip.size[0] / 2, clip.size[1] / 2))
    with downloads(quiet) as fetched:
        body = load_body(progress=fetched)
    with kept(out, {source: clip}), steps("fitting", quiet=quiet) as tell:
        fits = fit_bodies(
            clip, person=person, height=height, camera=camera, model=body, progress=tell
        )
    if not quiet:
        names = given_names(clip)
        for one in fits:
            _say(one, names.get(one.id, str(one.id)))
    stem = Path(source).stem
    for kind in kinds:
        for path in _WRITERS[kind](out, stem, clip, fits, shown, quiet):
            if not quiet:
                click.echo(f"  {path}")


def _say(one: BodyFit, name: str) -> None:
    click.echo(f"person {name}: {len(one.rows)} moments")
    for name, measured in one.measurements.items():
        words = name.replace("_", " ")
        click.echo(f"  {words:12} {measured.value:6.3f} m  ± {measured.deviation:.3f}")
    for note in one.notes:
        click.echo(f"  {note}")


def _json(
    out: Path, stem: str, clip: Clip, fits: list[BodyFit], film: Path | None, quiet: bool
) -> Iterator[Path]:
    from vitruvian.fit.body import as_numbers
    from vitruvian.sink.table import write_bytes

    document = {
        "format": "vitruvian.bodies",
        "version": 1,
        "source": clip.source,
        "people": [as_numbers(one) | {"frames": clip.indices[one.rows].tolist()} for one in fits],
    }
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    yield write_bytes(out / f"{stem}.bodies.json", text.encode())


def _mesh(
    out: Path, stem: str, clip: Clip, fits: list[BodyFit], film: Path | None, quiet: bool
) -> Iterator[Path]:
    import numpy as np

    from vitruvian.sink.table import write_bytes

    for one in fits:
        meshes, data = one.meshes(), io.BytesIO()
        vertices = np.stack([meshes(row).astype(np.float16) for row in range(len(one.rows))])
        np.savez_compressed(
            data, vertices=vertices, faces=one.faces, times=one.times,
            frames=clip.indices[one.rows],
        )  # fmt: skip
        yield write_bytes(out / f"{stem}.{one.id}.mesh.npz", data.getvalue())


def _video(
    out: Path, stem: str, clip: Clip, fits: list[BodyFit], film: Path | None, quiet: bool
) -> Iterator[Path]:
    from vitruvian.draw.mesh import Mesh, draw_meshes
    from vitruvian.draw.palette import tones
    from vitruvian.sink.film import Film
    from vitruvian.sink.place import Place, disk_errors
    from vitruvian.source import open_source

    source = open_source(str(film))
    place = Place(out / f"{stem}_bodies.mp4")
    drawing = Film(place.path, source.rate or 30.0)
    meshes = [one.meshes() for one in fits]
    rows = [{int(clip.indices[r]): k for k, r in enumerate(one.rows)} for one in fits]
    complete = False
    try:
        with steps("drawing", quiet=quiet) as tell, closing(iter(source)) as frames:
            for count, frame in enumerate(frames, start=1):
                there = []
                for one, mesh, row in zip(fits, meshes, rows, strict=True):
                    if frame.index in row:
                        points = mesh(row[frame.index])
                        xy = one.camera.project(points).astype("f4")
                        there.append(Mesh(points, xy, one.faces, tones(one.id).middle))
                with disk_errors(place.path):
                    drawing.add(draw_meshes(frame.image, there), frame.time)
                tell(count, source.count or len(clip.times))
        complete = True
    finally:
        source.close()
        with disk_errors(place.path):
            drawing.close()
        place.settle(complete=complete and not drawing.blank, empty=drawing.blank)
    yield out / f"{stem}_bodies.mp4"


def _glb(
    out: Path, stem: str, clip: Clip, fits: list[BodyFit], film: Path | None, quiet: bool
) -> Iterator[Path]:
    from vitruvian.export.gltf import to_glb
    from vitruvian.fit.body_motion import body_motion, body_skin
    from vitruvian.sink.table import write_bytes

    for one in fits:
        data = to_glb(body_motion(one), body_skin(one))
        yield write_bytes(out / f"{stem}.{one.id}.body.glb", data)


_WRITERS: dict[str, Callable[..., Iterator[Path]]] = {
    "json": _json,
    "glb": _glb,
    "mesh": _mesh,
    "video": _video,
}
