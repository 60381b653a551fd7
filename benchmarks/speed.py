"""Frames a second, agreement and memory beside MediaPipe: ``python -m benchmarks.speed``.

The sample film, whole loop: decoding, inference, tracking, smoothing. MediaPipe decodes with
OpenCV's ``VideoCapture``, as its users do; Vitruvian as it always does. Each run is a process of
its own, the systems take turns, and the median of the rounds counts. The clock runs from the
first frame's result to the last frame's, so that loading the models is in neither.

Parts (``--only``): ``one`` person, ``many`` people, ``memory`` over 20 passes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import peer
from benchmarks.agreement import Bodies, also_found, landmark_distance
from benchmarks.bound import bound
from benchmarks.peer import Poses
from benchmarks.report import Report, machine
from vitruvian.weights import obtain

MODELS = ("lite", "full", "heavy")
Runs = dict[str, Callable[[], Poses]]


def one(report: Report, options: argparse.Namespace) -> None:
    """One person wanted, on both sides."""
    compare(report, options, "one person", theirs=1, ours=1)


def many(report: Report, options: argparse.Namespace) -> None:
    """``num_poses=4`` there, everybody here."""
    compare(report, options, "everybody (num_poses=4 there)", theirs=4, ours=None)


def compare(
    report: Report, options: argparse.Namespace, title: str, *, theirs: int, ours: int | None
) -> None:
    """One table of speed and one of agreement, a row per model."""
    film, rate, size = sample()
    speeds, likeness = [], []
    for model in options.models:
        runs = systems(film, rate, model, theirs, ours, options.peers)
        seen = in_turns(runs, options.rounds)
        for name, poses in seen.items():
            speeds.append({"model": model, "system": name} | speed(poses))
        if options.peers:
            continue
        them, us = (poses[-1] for poses in seen.values())
        speeds[-1] |= against_bound(film, model, us, speeds[-1]["fps"], speeds[-2]["fps"])
        speeds[-2] |= {name: float("nan") for name in speeds[-1] if name not in speeds[-2]}
        likeness.append({"model": model} | agreement(us, them, size))
    note = f"{options.rounds} rounds in turns, median; {machine()}."
    report.add(f"Speed, {title}", speeds, note)
    if likeness:
        report.add(f"Agreement, {title}", likeness, "Distances in % of the person's diagonal.")


def systems(
    film: Path, rate: float, model: str, theirs: int, ours: int | None, peers_only: bool
) -> Runs:
    """What takes turns."""
    runs: Runs = {f"MediaPipe {peer.VERSION}": lambda: peer.timed(film, model, theirs, rate=rate)}
    if not peers_only:
        runs["Vitruvian"] = lambda: peer.ours_timed(film, model, ours)
    return runs


def in_turns(runs: Runs, rounds: int) -> dict[str, list[Poses]]:
    """A B A B …, so that whatever else the machine does hits all alike."""
    seen: dict[str, list[Poses]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            seen[name].append(run())
    return seen


def speed(rounds: list[Poses]) -> dict[str, Any]:
    """The median over the rounds, and the memory of the worst."""
    fps = [(len(run.done) - 1) / (run.done[-1] - run.done[0]) for run in rounds]
    return {
        "fps": float(np.median(fps)),
        "least": min(fps),
        "most": max(fps),
        "peak MB": max(run.peak for run in rounds),
        "people a frame": float(np.mean([len(bodies) for bodies in rounds[-1].landmarks])),
    }


def against_bound(film: Path, model: str, us: Poses, fps: float, theirs: float) -> dict[str, Any]:
    """How much faster than the peer, and how near to what cannot be undercut."""
    least = bound(film, model)
    people = float(np.mean([len(bodies) for bodies in us.landmarks]))
    floor = least.per_frame(people)
    return {
        "times": fps / theirs,
        "ms": 1000 / fps,
        "bound ms": floor,
        "of bound": 1000 / fps / floor,
        "decode ms": least.decode,
        "model ms": least.alone,
    }


def agreement(us: Poses, them: Poses, size: tuple[int, int]) -> dict[str, Any]:
    """Distances of landmarks and people found by both."""
    theirs: Bodies = [bodies[..., :2] * size for bodies in them.landmarks]
    return landmark_distance(us.landmarks, theirs, size) | also_found(us.landmarks, theirs, size)


def memory(report: Report, options: argparse.Namespace) -> None:
    """The resident memory after each of 20 passes through the film, in one process."""
    film, _, _ = sample()
    rows = []
    for model in options.models:
        run = peer.ours_timed(film, model, None, passes=options.passes)
        first, last = float(run.resident[0]), float(run.resident[-1])
        rows.append({"model": model, "first MB": first, "last MB": last, "peak MB": run.peak})
    report.add(f"Memory over {options.passes} passes", rows)


def sample() -> tuple[Path, float, tuple[int, int]]:
    """The film, its rate and its size."""
    path = obtain("demo-film")
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    size = tuple(int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    capture.release()
    return path, rate, (size[0], size[1])


PARTS = {"one": one, "many": many, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    parser.add_argument("--models", choices=MODELS, nargs="+", default=MODELS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passes", type=int, default=20)
    parser.add_argument("--peers", action="store_true", help="leave Vitruvian out")
    parser.add_argument("--json", type=Path, help="write the tables there too")
    options = parser.parse_args()
    report = Report()
    for name in options.only or (("one", "many") if options.peers else PARTS):
        PARTS[name](report, options)
    report.save(options.json)


if __name__ == "__main__":
    main()
