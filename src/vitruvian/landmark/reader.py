"""The landmark model at work: many regions of one frame, on all cores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from vitruvian.errors import InputError
from vitruvian.geometry import regions, warps
from vitruvian.landmark.blazepose import INPUT_SIZE, Reading, decode
from vitruvian.landmark.hiding import hide
from vitruvian.runtime import Session, open_session
from vitruvian.types import Floats, Frame

__all__ = ["BodyReader"]

_OUTPUTS = {195: "landmarks", 1: "flag", 64 * 64 * 39: "heatmap", 117: "world", 256 * 256: "mask"}
_MOST_WORKERS = 4
_REST = 15
"""Frames without two people after which the models for several are let go (60 MB of full)."""


class BodyReader:
    """Reads the landmarks in each of several regions of a frame.

    One region alone is given all cores; several are read side by side, each on one core, which
    costs less in all than splitting every layer of the model.

    Args:
        model: A BlazePose landmark model, with or without its mask head.

    Raises:
        InputError: The file is not such a model.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self._workers = min(os.cpu_count() or 1, _MOST_WORKERS)
        self._alone = open_session(model, threads=self._workers)
        shape = self._alone.inputs[0][0] if len(self._alone.inputs) == 1 else ()
        if shape != (1, INPUT_SIZE, INPUT_SIZE, 3):
            raise InputError(f"{model.name} takes {shape}; a pose landmark model takes 1x256x256x3")
        self._idle: SimpleQueue[Session] = SimpleQueue()
        self._pool: ThreadPoolExecutor | None = None
        self._rested = 0

    def read(
        self,
        frame: Frame,
        places: Floats,
        *,
        mirrored: bool = False,
        without: Sequence[Floats] | None = None,
    ) -> list[Reading]:
        """What the model says about each region.

        Args:
            frame: The picture.
            places: (N, 4) regions.
            mirrored: Whether the model is shown each crop as in a mirror.
            without: For each region the bodies (M, 33, 2) that are covered before it is read.
        """
        tasks = [
            _Task(frame, place, mirrored, None if without is None else without[i])
            for i, place in enumerate(places)
        ]
        if len(tasks) <= 1 or self._workers == 1:
            self.rest()
            return [_read(task, self._alone) for task in tasks]
        self._rested = 0
        # An odd one out goes faster on all cores than on one while the others rest.
        odd = len(tasks) % self._workers == 1
        pool = self._pool or self._start()
        readings = list(pool.map(self._borrow, tasks[:-1] if odd else tasks))
        if odd:
            readings.append(_read(tasks[-1], self._alone))
        return readings

    def rest(self) -> None:
        """Tell that this frame has no two regions; after some such frames memory is given back."""
        self._rested += 1
        if self._rested > _REST:
            self.close()

    def close(self) -> None:
        """Let the worker threads and their models go; they come back when they are needed."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
            self._idle = SimpleQueue()

    def _start(self) -> ThreadPoolExecutor:
        for _ in range(self._workers):
            self._idle.put(open_session(self._model, threads=1))
        self._pool = ThreadPoolExecutor(self._workers, "landmark")
        return self._pool

    def _borrow(self, task: _Task) -> Reading:
        session = self._idle.get()
        try:
            return _read(task, session)
        finally:
            self._idle.put(session)


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    frame: Frame
    place: Floats
    mirrored: bool
    without: Floats | None


def _read(task: _Task, session: Session) -> Reading:
    matrix = regions.affine(task.place, INPUT_SIZE)
    crop = warps.crop(task.frame, matrix, (INPUT_SIZE, INPUT_SIZE), replicate=True)
    if task.without is not None and len(task.without):
        crop = hide(crop, regions.apply(regions.inverse(matrix), task.without))
    if task.mirrored:
        crop = np.ascontiguousarray(crop[:, ::-1])
    return _decode(session.run(crop[None]))


def _decode(outputs: Sequence[Floats]) -> Reading:
    """Tell the outputs apart by their size: files order them differently."""
    named = {_OUTPUTS[output.size]: output for output in outputs if output.size in _OUTPUTS}
    missing = [name for name in _OUTPUTS.values() if name not in named and name != "mask"]
    if missing:
        raise InputError(f"a pose landmark model gives {', '.join(missing)}; this one does not")
    return decode(
        named["landmarks"], named["flag"], named["heatmap"], named["world"], named.get("mask")
    )
