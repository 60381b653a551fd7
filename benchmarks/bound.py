"""What a frame costs at the very least: decoding it, and one landmark inference per person.

``python -m benchmarks.bound FILM MODEL OUT`` is the least that a program can do that reads its film
with OpenCV, one frame after the other: it reads, converts, and runs the landmark model once, on all
cores. OUT is an ``.npz`` with ``done``, the seconds from the start to the end of each frame.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from vitruvian.runtime import open_session
from vitruvian.weights import obtain

CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Bound:
    """Milliseconds, all cores busy.

    Args:
        decode: A frame out of the film, FFmpeg's threads on all cores, no colour conversion.
        alone: One inference without the mask, a thread a core: one person cannot be split further.
        shared: One inference on one thread, over the cores: several people share them.
    """

    decode: float
    alone: float
    shared: float

    def per_frame(self, people: float) -> float:
        """The least time for a frame with so many people in it, on average."""
        each = self.alone if people <= 1 else min(self.alone, self.shared)
        return self.decode + people * each


def bound(film: Path, model: str) -> Bound:
    """Measure all three now, on the machine as busy as it is."""
    weights = obtain(f"blazepose-{model}-nomask")
    one, every = (_inference(weights, threads) for threads in (1, CORES))
    return Bound(_decode(film), every, one / CORES)


def loop(film: str, model: str, out: str) -> None:
    """Read, convert, run the model on nothing in particular; note when each frame was done."""
    session = open_session(obtain(model), threads=CORES)
    (shape, dtype) = session.inputs[0]
    crop = np.random.default_rng(0).random(shape).astype(dtype)
    done = []
    capture = cv2.VideoCapture(film)
    while (read := capture.read())[0]:
        cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)
        session.run(crop)
        done.append(time.perf_counter())
    np.savez(out, done=np.array(done))


def _decode(film: Path) -> float:
    def every_frame() -> int:
        with av.open(film) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            return sum(1 for _ in container.decode(stream))

    frames = every_frame()
    return _median(every_frame, 3) / frames


def _inference(weights: Path, threads: int) -> float:
    session = open_session(weights, threads=threads)
    (shape, dtype) = session.inputs[0]
    crop = np.random.default_rng(0).random(shape).astype(dtype)
    session.run(crop)
    return _median(lambda: session.run(crop), 40)


def _median(work: Callable[[], object], times: int) -> float:
    """The median of several runs, in milliseconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return float(np.median(taken)) * 1000


if __name__ == "__main__":
    loop(*sys.argv[1:])
