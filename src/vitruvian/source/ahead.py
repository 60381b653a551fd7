"""Read in another thread: a few frames ahead of a film, or the latest frame of something live."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Self

from vitruvian.types import Frame

__all__ = ["Ahead"]

_NICE = 10


class Ahead:
    """Frames read ahead by one thread, so that decoding has a core of its own.

    No more than ``depth`` frames are waiting or in the making; the thread sleeps while they do.

    Args:
        frames: What to read; only the thread touches it until it has ended.
        depth: Frames ahead of the one the caller holds.
        close: Called once, after the thread has ended.
    """

    def __init__(
        self, frames: Iterator[Frame], depth: int, close: Callable[[], None] = lambda: None
    ) -> None:
        self._frames = frames
        self._close = close
        self._closed = False
        self._pool = ThreadPoolExecutor(
            1, thread_name_prefix="vitruvian-source", initializer=_give_way
        )
        self._waiting: deque[Future[Frame | None]] = deque()
        for _ in range(depth):
            self._ask()

    def _ask(self) -> None:
        self._waiting.append(self._pool.submit(next, self._frames, None))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Frame:
        if self._closed:
            raise StopIteration
        try:
            frame = self._waiting.popleft().result()
            if frame is not None:
                self._ask()
                return frame
        except (CancelledError, IndexError, RuntimeError):
            # Somebody closed the pass while this thread was waiting for a frame.
            if not self._closed:
                raise
        self.close()
        raise StopIteration

    def close(self) -> None:
        """End the thread, then free what was read from; may be called twice, by any thread."""
        if self._closed:
            return
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._waiting.clear()
        self._close()


def _give_way() -> None:
    """Let this thread decode in the time that the model leaves.

    A model on two cores runs at the pace of the slower one: sharing a core with the decoder at
    equal rights took it 9 ms instead of 5. Only Linux has threads of different niceness.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
