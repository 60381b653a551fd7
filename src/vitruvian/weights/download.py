"""The body of an address, piece by piece; a host that is silent once is not asked again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, getproxies, proxy_bypass, urlopen

__all__ = ["CONNECT_SECONDS", "RefusedError", "download"]

CONNECT_SECONDS = 3.0
_READ_SECONDS = 30.0
_CHUNK = 1 << 18
_silent: set[tuple[str, int]] = set()


class RefusedError(Exception):
    """A source cannot give a file; the message says why."""


def download(url: str) -> Iterator[bytes]:
    """The body of an address, piece by piece.

    Raises:
        RefusedError: Whatever goes wrong in the network.
    """
    _check_answers(url)
    try:
        request = Request(url, headers={"User-Agent": "vitruvian"})
        with urlopen(request, timeout=_READ_SECONDS) as reply:
            expected = reply.headers.get("Content-Length")
            received = 0
            while chunk := reply.read(_CHUNK):
                received += len(chunk)
                yield chunk
            if expected is not None and received != int(expected):
                raise RefusedError(f"broke off after {received} bytes")
    except HTTPError as error:
        raise RefusedError(f"status {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise RefusedError(f"broke off ({error})") from error


def _check_answers(url: str) -> None:
    """Refuse a host, or the proxy in front of it, that does not take a connection soon.

    Looking a name up can hang far longer than any time-out of a socket, hence the thread.
    """
    address = urlsplit(url)
    proxy = getproxies().get(address.scheme)
    if proxy and not proxy_bypass(address.hostname or ""):
        address = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    place = (address.hostname or "", address.port or (80 if address.scheme == "http" else 443))
    if place not in _silent:
        knock = _Knock(place)
        knock.start()
        knock.join(CONNECT_SECONDS)
        if knock.answered:
            return
        _silent.add(place)
    raise RefusedError("does not answer")


class _Knock(threading.Thread):
    """Try to connect, and remember whether it worked."""

    def __init__(self, place: tuple[str, int]) -> None:
        super().__init__(daemon=True)
        self.answered = False
        self._place = place

    def run(self) -> None:
        """Connect once."""
        with suppress(OSError), socket.create_connection(self._place, CONNECT_SECONDS):
            self.answered = True
