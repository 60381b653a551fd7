"""MediaPipe on a film with noise too small to see; started by `benchmarks.compat`.

Every pixel is brighter or darker by at most one of 255 levels. How far the landmarks then are from
those of the film as it is says how near another program can come to MediaPipe, that computes the
same with other rounding. Runs in the peer's own environment and needs nothing of Vitruvian.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.peer_mediapipe import as_image, frames, landmarker, write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("film", "task", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--people", type=int, default=1)
    options = parser.parse_args()
    levels, results = np.random.default_rng(0), []
    with landmarker(options, "VIDEO") as task:
        for index, bgr in frames(options.film, 1):
            noise = levels.integers(-1, 2, (*bgr.shape[:2], 1), np.int16)
            noisy = np.clip(bgr + noise, 0, 255).astype(np.uint8)
            stamp = int(index * 1000 / options.rate)
            results.append(task.detect_for_video(as_image(noisy), stamp))
    write(options.out, results)


if __name__ == "__main__":
    main()
