"""Pictures that come faster than they are read: one at work, one waiting, the rest let go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from queue import Queue
from threading import Condition, Thread, current_thread
from typing import Any

__all__ = ["LiveStream"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Arrival:
    picture: Any
    stamp: int
    about: Any


class LiveStream:
    """Reads pictures on one thread and hands the results to a callback on another.

    While one picture is read, the newest one waits; those that came between are dropped. Results
    come in the order of the pictures. An error while reading or in the callback is logged. Both
    threads start with the first picture.

    Args:
        read: Gives the result for (picture, stamp, about).
        callback: Is given (result, picture, stamp).
    """

    def __init__(
        self, read: Callable[[Any, int, Any], Any], callback: Callable[[Any, Any, int], Any]
    ) -> None:
        self._read = read
        self._callback = callback
        self._changed = Condition()
        self._waiting: _Arrival | None = None
        self._closing = self._hurrying = False
        # No more than one result waits: a slow callback slows the reading, and fills no memory.
        self._results: Queue[tuple[Any, Any, int] | None] = Queue(1)
        self._threads: list[Thread] = []

    def send(self, picture: Any, stamp: int, about: Any) -> None:
        """Put a picture in, instead of the one that waits if there is one."""
        with self._changed:
            if self._closing:
                return
            self._waiting = _Arrival(picture, stamp, about)
            if not self._threads:
                self._start()
            self._changed.notify()

    def close(self, *, hurry: bool = False) -> None:
        """Wait until all results are delivered; may be called twice, also by the callback.

        Args:
            hurry: Whether the picture that waits is dropped too.
        """
        with self._changed:
            self._closing = True
            self._hurrying = self._hurrying or hurry
            if hurry:
                self._waiting = None
            self._changed.notify()
        if current_thread() not in self._threads:
            for thread in self._threads:
                thread.join()

    def _start(self) -> None:
        # Daemons, since whoever forgets to close must still be able to leave.
        for work in (self._read_all, self._deliver_all):
            thread = Thread(target=work, name=f"live stream, {work.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _next(self) -> _Arrival | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._closing)
            arrival, self._waiting = self._waiting, None
            return arrival

    def _read_all(self) -> None:
        while (arrival := self._next()) is not None:
            try:
                result = self._read(arrival.picture, arrival.stamp, arrival.about)
            except Exception as error:  # noqa: BLE001 - nobody is there to catch it
                if not self._hurrying:
                    _log.exception("Error in async operation: %r", error)
                continue
            self._results.put((result, arrival.picture, arrival.stamp))
        self._results.put(None)

    def _deliver_all(self) -> None:
        while (delivery := self._results.get()) is not None:
            try:
                self._callback(*delivery)
            except Exception as error:  # noqa: BLE001 - the caller's own
                _log.exception("Error in callback: %r", error)
