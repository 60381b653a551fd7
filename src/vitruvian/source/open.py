"""From what the user names to the `Source` that gives its frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from pathlib import Path
from typing import cast

import numpy as np

from vitruvian.errors import InputError
from vitruvian.source.paths import find, is_camera, is_picture, is_url
from vitruvian.source.seam import Source

__all__ = ["Spec", "gather", "open_source"]

Spec = str | Path | int | Sequence[str | Path] | np.ndarray | Iterable[np.ndarray]
"""What `open_source` takes."""

_USUAL_RATE = 30.0


def open_source(spec: Spec, *, rate: float | None = None, stills: bool | None = None) -> Source:
    """Open a picture, a folder or glob of pictures, a film, a camera, a stream or arrays.

    Args:
        spec: One of

            * path of a picture, or a folder of pictures (in name order), or a glob pattern, or
              a list of these
            * path of a film; an animated GIF is a film too
            * index of a camera: ``0`` or ``"0"``
            * ``rtsp://``, ``http://`` … URL: a file of known length is a film, all else is live
            * (H, W, 3) uint8 RGB array: one picture
            * iterable of such arrays: a film
        rate: Frames a second of pictures and arrays. Pictures with a rate are the frames of one
            film; without, each stands alone. Arrays have 30 by default.
        stills: Whether pictures or arrays stand alone. By default pictures do, arrays do not.

    Returns:
        A `Source`: iterate it, best inside ``with``.

    Raises:
        InputError: The spec is of another kind, or names several films.
        SourceNotFoundError: There is no such file.
        SourceError: It cannot be read.

    Example:
        >>> import numpy as np
        >>> with open_source(np.zeros((480, 640, 3), np.uint8)) as source:
        ...     print([frame.size for frame in source])
        [(640, 480)]
    """
    if rate is not None and not (isinstance(rate, Real) and 0 < rate < float("inf")):
        raise InputError(f"rate must be frames a second, more than 0, not {rate!r}")
    if isinstance(spec, np.ndarray) and spec.ndim != 4:
        return _arrays([spec], None)
    if isinstance(spec, str) and is_camera(spec):
        spec = int(spec)
    if isinstance(spec, int) and not isinstance(spec, bool):
        return _camera(spec)
    if isinstance(spec, str) and is_url(spec):
        return _stream(spec)
    if isinstance(spec, str | Path):
        return _files(find(spec), _name(spec), _sequence_rate(rate, stills, default=None))
    if isinstance(spec, bytes) or not isinstance(spec, Iterable):
        raise InputError(
            "expected a path, a camera's index, a URL, an (H, W, 3) uint8 RGB array or an "
            f"iterable of these, not {type(spec).__name__}"
        )
    things = list(spec) if isinstance(spec, list | tuple) else []
    named = [thing for thing in things if isinstance(thing, str | Path)]
    if named and len(named) == len(things):
        paths = [path for name in named for path in find(name)]
        return _files(paths, _shared_name(paths), _sequence_rate(rate, stills, default=None))
    arrays = cast("Iterable[np.ndarray]", spec)
    return _arrays(arrays, _sequence_rate(rate, stills, default=_USUAL_RATE))


def gather(specs: Iterable[str]) -> list[str | Path | list[Path]]:
    """Sort what a command line names into what becomes one result each.

    All pictures (of files, folders and patterns) are one group, which stands where its first
    picture was named; every film, camera and URL stands for itself.

    Raises:
        SourceNotFoundError: There is no such file.
        SourceError: A folder without pictures.

    Example:
        >>> gather(["0", "rtsp://door.local/1"])
        ['0', 'rtsp://door.local/1']
    """
    groups: list[str | Path | list[Path]] = []
    pictures: list[Path] = []
    for spec in specs:
        if is_camera(spec) or is_url(spec):
            groups.append(spec)
            continue
        for path in find(spec):
            if not is_picture(path):
                groups.append(path)
                continue
            if not pictures:
                groups.append(pictures)
            pictures.append(path)
    return groups


def _sequence_rate(
    rate: float | None, stills: bool | None, *, default: float | None
) -> float | None:
    """The rate of what is a film, or None for what stands alone."""
    if stills is None:
        return default if rate is None else rate
    if stills:
        return None
    return _USUAL_RATE if rate is None else rate


def _files(paths: list[Path], name: str, rate: float | None) -> Source:
    films = [path for path in paths if not is_picture(path)]
    if not films:
        return _pictures(paths, name, rate)
    if rate is not None:
        raise InputError(
            f"a rate is for pictures and arrays; {films[0].name} is a film with times of its own"
        )
    if len(paths) > 1:
        raise InputError(
            f"expected one film or any number of pictures, not {len(paths)} files with "
            f"{films[0].name} among them; open each film by itself"
        )
    return _video(films[0])


def _name(spec: str | Path) -> str:
    path = Path(spec).expanduser()
    return path.resolve().name if path.is_dir() else path.name


def _shared_name(paths: list[Path]) -> str:
    """The folder's name if all are in one, else how many there are."""
    folders = {path.parent.resolve() for path in paths}
    return folders.pop().name if len(folders) == 1 else f"{len(paths)} pictures"


def _pictures(paths: list[Path], name: str, rate: float | None) -> Source:
    from vitruvian.source.picture import PictureSource

    return PictureSource(paths, paths[0].name if len(paths) == 1 else name, rate=rate)


def _video(path: Path) -> Source:
    from vitruvian.source.video import VideoSource

    return VideoSource(path)


def _camera(index: int) -> Source:
    if index < 0:
        raise InputError(f"a camera's index is 0 or more, not {index}")
    from vitruvian.source.camera import CameraSource

    return CameraSource(index)


def _stream(url: str) -> Source:
    from vitruvian.source.stream import open_url

    return open_url(url)


def _arrays(arrays: Iterable[np.ndarray], rate: float | None) -> Source:
    from vitruvian.source.array import ArraySource

    return ArraySource(arrays, rate=rate)
