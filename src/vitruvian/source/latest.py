"""The latest frame of something that does not wait."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator
from threading import Condition, Event, Thread
from typing import Self

from vitruvian.errors import SourceError, VitruvianError
from vitruvian.source.seam import Frames, Source
from vitruvian.types import Frame

__all__ = ["Latest", "LiveSource"]

_PATIENCE = 2.0
"""Seconds that `Latest.close` waits for a device that is in the middle of a read."""


class Latest:
    """Keeps reading in a thread; whoever asks is given the newest frame not yet given.

    Args:
        read: Given an event that is set when it should stop, the frames as they come.
    """

    def __init__(self, read: Callable[[Event], Generator[Frame]]) -> None:
        self.dropped = 0
        """Frames that came and were replaced by a newer one before anybody asked."""
        self._frame: Frame | None = None
        self._error: VitruvianError | None = None
        self._ended = False
        self._stop = Event()
        self._changed = Condition()
        # A daemon: a program may end while a camera is still waiting for light.
        self._thread = Thread(
            target=self._work, args=(read(self._stop),), name="vitruvian-live", daemon=True
        )
        self._thread.start()

    def _work(self, frames: Generator[Frame]) -> None:
        error: VitruvianError | None = SourceError("reading stopped unexpectedly")
        try:
            for frame in frames:
                if self._stop.is_set():
                    break
                self._put(frame)
            error = None
        except VitruvianError as problem:
            error = problem
        finally:
            frames.close()
            with self._changed:
                self._error, self._ended = error, True
                self._changed.notify_all()

    def _put(self, frame: Frame) -> None:
        with self._changed:
            self.dropped += self._frame is not None
            self._frame = frame
            self._changed.notify_all()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Frame:
        with self._changed:
            self._changed.wait_for(
                lambda: self._frame is not None or self._ended or self._stop.is_set()
            )
            frame, self._frame = self._frame, None
            if frame is not None and not self._stop.is_set():
                return frame
            if self._error is not None and not self._stop.is_set():
                raise self._error
            raise StopIteration

    def close(self) -> None:
        """Stop reading; may be called twice, by any thread.

        The thread frees the device when its read under way has come back.
        """
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(_PATIENCE)


class LiveSource(Source):
    """A source that does not wait: each pass goes on with what is seen now.

    Args:
        name: What a result says it was made from.
    """

    live = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._latest: Latest | None = None

    def read(self) -> Frames:
        """A new pass, from now on."""
        self._latest = Latest(self._frames)
        return self._latest

    @property
    def dropped(self) -> int:
        """How many frames were let go in the latest pass, because a newer one came."""
        return 0 if self._latest is None else self._latest.dropped

    @abstractmethod
    def _frames(self, stop: Event) -> Generator[Frame]:
        """Every frame as it comes, until the event is set."""
