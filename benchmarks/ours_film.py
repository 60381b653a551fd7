"""Vitruvian on a film in a process of its own, the counterpart of `peer_mediapipe`'s ``film``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peer_mediapipe import memory_megabytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--film", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--people", type=int, help="the most people wanted; all if left out")
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    import vitruvian

    counts: list[int] = []
    bodies: list[NDArray[np.float32]] = []
    done: list[float] = []
    resident = []
    started = time.perf_counter()
    for _ in range(options.passes):
        for kept in (counts, bodies, done):
            kept.clear()
        with vitruvian.open(options.film, model=options.model, people=options.people) as film:
            for _frame, people in film.people():
                done.append(time.perf_counter() - started)
                counts.append(len(people))
                if people.body is not None:
                    bodies.append(people.body.xy)
        resident.append(memory_megabytes("VmRSS"))
    np.savez(
        options.out,
        counts=counts,
        landmarks=np.concatenate([np.zeros((0, 33, 2), np.float32), *bodies]),
        done=done,
        resident=resident,
        peak=memory_megabytes("VmHWM"),
    )


if __name__ == "__main__":
    main()
