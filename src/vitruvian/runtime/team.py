"""One model on all cores: a task alone has all of them, of several tasks each has one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from vitruvian.runtime.litert import LiteRTSession
from vitruvian.runtime.replay import ReplaySession
from vitruvian.runtime.session import Session, Shape, Spec

__all__ = ["Team", "open_session"]

T = TypeVar("T")
R = TypeVar("R")

_MOST_WORKERS = 4
_REST = 15
"""Calls without two tasks after which the models for several are let go (60 MB of full)."""


def open_session(
    path: str | os.PathLike[str], *, threads: int = 1, shape: Shape | None = None
) -> Session:
    """Load a model: a ``.tflite`` file, or an ``.npz`` recording of one.

    Args:
        path: The file.
        threads: How many cores one run may use.
        shape: Of the only input, where it is not to be as a ``.tflite`` file has it.

    Raises:
        InputError: The file is missing, or is neither of the two.
    """
    if os.fspath(path).endswith(".npz"):
        return ReplaySession(path)
    return LiteRTSession(path, threads=threads, shape=shape)


class Team:
    """Sessions of one model, as many as there are cores, from the second time that they are needed.

    Several tasks side by side, each on one core, cost less in all than splitting every layer of
    the model among the cores; one task alone is given all of them.

    Args:
        model: What `open_session` opens.
        name: What its threads are called.

    Raises:
        InputError: The file is missing, or is no model.
    """

    def __init__(self, model: Path, name: str) -> None:
        self._model = model
        self._name = name
        self._workers = min(os.cpu_count() or 1, _MOST_WORKERS)
        self._alone = open_session(model, threads=self._workers)
        self._idle: SimpleQueue[Session] = SimpleQueue()
        self._pool: ThreadPoolExecutor | None = None
        self._rested = 1

    @property
    def inputs(self) -> tuple[Spec, ...]:
        """Shape and dtype of every input of the model, by position."""
        return self._alone.inputs

    def each(self, work: Callable[[Session, T], R], tasks: Sequence[T]) -> list[R]:
        """Do each task with a session that nobody else has meanwhile.

        Args:
            work: Does one task; it is called by several threads.
            tasks: What is to be done.

        Returns:
            What came of each task, in their order.
        """
        if len(tasks) <= 1 or self._workers == 1:
            self.rest()
            return [work(self._alone, task) for task in tasks]
        once, self._rested = self._rested > 0, 0
        if once and self._pool is None:
            # Two tasks for once are not worth the memory of two models.
            return [work(self._alone, task) for task in tasks]
        # An odd one out goes faster on all cores than on one while the others rest.
        odd = len(tasks) % self._workers == 1
        pool = self._pool or self._start()
        results = list(pool.map(partial(self._lend, work), tasks[:-1] if odd else tasks))
        if odd:
            results.append(work(self._alone, tasks[-1]))
        return results

    def rest(self) -> None:
        """Tell that there are no two tasks now; after some such calls memory is given back."""
        self._rested += 1
        if self._rested > _REST:
            self.close()

    def close(self) -> None:
        """Let the threads and their models go; they come back when they are needed."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
            self._idle = SimpleQueue()

    def _start(self) -> ThreadPoolExecutor:
        for _ in range(self._workers):
            self._idle.put(open_session(self._model, threads=1))
        self._pool = ThreadPoolExecutor(self._workers, self._name)
        return self._pool

    def _lend(self, work: Callable[[Session, T], R], task: T) -> R:
        session = self._idle.get()
        try:
            return work(session, task)
        finally:
            self._idle.put(session)
