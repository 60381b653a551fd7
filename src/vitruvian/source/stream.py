"""A stream from the network: RTSP, HTTP and whatever else FFmpeg speaks."""

from __future__ import annotations

import re
import time
from collections.abc import Generator
from threading import Event

from vitruvian.errors import SourceError
from vitruvian.source.film import Film
from vitruvian.source.latest import LiveSource
from vitruvian.source.seam import Source
from vitruvian.source.video import VideoSource
from vitruvian.types import Frame

__all__ = ["StreamSource", "open_url", "public_name"]

_TIMEOUT = 10.0
_LONGEST_WAIT = 10.0


def open_url(url: str) -> Source:
    """A film for a file that a web server holds, a live stream for everything else.

    Raises:
        SourceError: Nothing answers, or nothing in it can be decoded.
    """
    name = public_name(url)
    film = _connect(url, name, None)
    if film.duration is not None and url.lower().startswith("http"):
        return VideoSource(url, name=name, film=film)
    return StreamSource(url, film=film)


class StreamSource(LiveSource):
    """The latest frame of a stream; times are the wall clock's, counted from the first frame.

    When the stream breaks off it is opened again, after 0.5, 1, 2 … seconds.

    Args:
        url: Where it is.
        film: The stream, if it is open already.
        tries: How often to try again, with no frame in between, before giving up.
        wait: Seconds before the first new try; it doubles with each.

    Raises:
        SourceError: Nothing answers, or nothing in it can be decoded.
    """

    def __init__(
        self, url: str, *, film: Film | None = None, tries: int = 5, wait: float = 0.5
    ) -> None:
        super().__init__(public_name(url))
        self._url = url
        self._tries = tries
        self._wait = wait
        self._fresh: Film | None = film or _connect(url, self.name, None)
        self.size, self.rate = self._fresh.size, self._fresh.rate

    def close(self) -> None:
        """Stop, and close the connection; may be called twice."""
        super().close()
        if self._fresh is not None:
            self._fresh.close()
            self._fresh = None

    def _frames(self, stop: Event) -> Generator[Frame]:
        start, last = None, 0.0
        for index, frame in enumerate(self._unbroken(stop)):
            now = time.monotonic()
            start = now if start is None else start
            last = max(now - start, last + 1e-6 if index else 0.0)
            frame.index, frame.time = index, last
            yield frame

    def _unbroken(self, stop: Event) -> Generator[Frame]:
        film, self._fresh = self._fresh, None
        failed = 0
        while not stop.is_set():
            try:
                film = film or _connect(self._url, self.name, self.size)
                for frame in film:
                    failed = 0
                    yield frame
                reason = film.damage or "it ended"
            except SourceError as error:
                reason = str(error)
            finally:
                if film is not None:
                    film.close()
                film = None
            if failed == self._tries:
                raise SourceError(f"{self.name} broke off, {failed} tries to reconnect: {reason}")
            stop.wait(min(self._wait * 2**failed, _LONGEST_WAIT))
            failed += 1


def public_name(url: str) -> str:
    """The URL without what may be secret (user, password, query), for results and messages.

    Example:
        >>> public_name("rtsp://admin:secret@door.local:554/1?token=2")
        'rtsp://door.local:554/1'
    """
    return re.split(r"[?#]", re.sub(r"^(\w+://)[^/]*@", r"\1", url))[0]


def _connect(url: str, name: str, size: tuple[int, int] | None) -> Film:
    # TCP: over UDP most cameras lose packets, and a picture with holes finds nobody.
    options = {"rtsp_transport": "tcp"} if url.lower().startswith("rtsp") else {}
    return Film(url, name, options=options, timeout=_TIMEOUT, size=size)
