"""From a model's name to a file on disk: cached, fetched, or made from what was fetched."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Literal

from vitruvian.errors import UnknownNameError, WeightsError
from vitruvian.weights import cache
from vitruvian.weights.catalog import File, Row, row, rows
from vitruvian.weights.fetch import Progress, fetch

__all__ = ["State", "obtain", "state"]

State = Literal["cached", "missing", "damaged"]

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
        UnknownNameError: Neither a name nor a file.
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
            raise WeightsError(f"there is no file {text}; give a model's name or file") from None
        raise
    if not wanted.recipe:
        return fetch(wanted.files[0], siblings=_siblings(wanted.files[0]), progress=progress)
    made = _made_path(wanted)
    if cache.is_right(made):
        return made
    sources = [fetch(file, siblings=_siblings(file), progress=progress) for file in wanted.files]
    with cache.locked(wanted.name):
        if not cache.is_right(made):
            with cache.explained(cache.directory()):
                _make(wanted, sources, made)
    return made


def state(wanted: Row) -> State:
    """Whether a model can be used at once; nothing is fetched."""
    if wanted.recipe:
        right = cache.is_right(_made_path(wanted))
        if right is not None:
            return "cached" if right else "damaged"
    found = [cache.is_right(cache.directory() / f.name, f.accepted) for f in wanted.files]
    if False in found:
        return "damaged"
    return "missing" if None in found or not found else "cached"


def _siblings(file: File) -> list[File]:
    """Files that come along for nothing when the package of this one has to be fetched whole."""
    package = file.sources[0].package
    others = {f.name: f for r in rows() for f in r.files if f.sources[0].package == package}
    others.pop(file.name, None)
    return [
        other
        for other in others.values()
        if not cache.is_right(cache.directory() / other.name, other.accepted)
    ]


def _made_path(wanted: Row) -> Path:
    """Where a made file lies: another source or another recipe gives another name."""
    parts = [str(_RECIPES), wanted.recipe, *(file.sha256 for file in wanted.files)]
    key = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:8]
    return cache.directory() / f"{wanted.name}-{key}.tflite"


def _make(wanted: Row, sources: list[Path], made: Path) -> None:
    if wanted.recipe == "prune mask":
        from vitruvian.weights.prune import prune_mask

        prune_mask(sources[0], made)
    elif size := re.fullmatch(r"movenet to tflite size (\d+)x(\d+)", wanted.recipe):
        from vitruvian.weights.convert import convert_movenet

        graph, shard = sources
        convert_movenet(graph, shard, made, size=(int(size[1]), int(size[2])))
    else:
        raise WeightsError(f"the catalog has no recipe {wanted.recipe!r} for {wanted.name}")
    cache.stamp(made, cache.digest(made))
