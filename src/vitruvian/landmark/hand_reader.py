"""The hand model at work: the hands of one frame, on all cores."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from vitruvian.errors import InputError
from vitruvian.geometry import regions, warps
from vitruvian.landmark.hand import INPUT_SIZE, HandReading, decode
from vitruvian.runtime import Session, open_session
from vitruvian.types import Floats, Frame

__all__ = ["HandReader"]

_MOST_WORKERS = 4
_POINTS = 63


class HandReader:
    """Reads the landmarks in each of several regions of a frame.

    One region alone is given all cores; of several, each worker reads its share on one core.

    Args:
        model: A MediaPipe hand landmark model, lite or full.

    Raises:
        InputError: The file is not such a model.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self._alone = open_session(model, threads=min(os.cpu_count() or 1, _MOST_WORKERS))
        shape = self._alone.inputs[0][0] if len(self._alone.inputs) == 1 else ()
        if shape != (1, INPUT_SIZE, INPUT_SIZE, 3):
            raise InputError(f"{model.name} takes {shape}; a hand landmark model takes 1x224x224x3")
        self._team: list[Session] = []
        self._pool: ThreadPoolExecutor | None = None

    def read(self, frame: Frame, places: Floats) -> list[HandReading]:
        """What the model says about each of (N, 4) regions."""
        workers = min(os.cpu_count() or 1, _MOST_WORKERS)
        if len(places) <= 1 or workers == 1:
            return [_read(self._alone, frame, place) for place in places]
        # An odd one out goes faster on all cores than on one while the others rest.
        shared = len(places) - (len(places) % workers == 1)
        pool = self._pool or self._start(workers)

        def read_share(worker: int) -> list[HandReading]:
            return [_read(self._team[worker], frame, p) for p in places[worker:shared:workers]]

        shares = pool.map(read_share, range(workers))
        readings: dict[int, HandReading] = {}
        for worker, share in enumerate(shares):
            readings.update(zip(range(worker, shared, workers), share, strict=True))
        if shared < len(places):
            readings[shared] = _read(self._alone, frame, places[shared])
        return [readings[i] for i in range(len(places))]

    def close(self) -> None:
        """Let the worker threads and their models go; they come back when they are needed."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
            self._team = []

    def _start(self, workers: int) -> ThreadPoolExecutor:
        self._team = [open_session(self._model, threads=1) for _ in range(workers)]
        self._pool = ThreadPoolExecutor(workers, "hand")
        return self._pool


def _read(session: Session, frame: Frame, place: Floats) -> HandReading:
    size = (INPUT_SIZE, INPUT_SIZE)
    crop = warps.crop(frame, regions.affine(place, INPUT_SIZE), size, replicate=True)
    outputs = session.run(crop[None])
    # Landmarks, presence, handedness and world lie in this order in every published file.
    if [output.size for output in outputs] != [_POINTS, 1, 1, _POINTS]:
        sizes = ", ".join(str(output.size) for output in outputs)
        raise InputError(f"a hand landmark model gives 63, 1, 1 and 63 numbers, not {sizes}")
    landmarks, flag, handedness, world = (np.asarray(output, np.float32) for output in outputs)
    return decode(landmarks, flag, handedness, world)
