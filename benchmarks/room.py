"""Cameras in a room, measured: ``python -m benchmarks.room``.

Pose2Sim's ``Demo_SinglePerson``: four calibrated cameras, one person who balances, 100 frames at 60
a second. How far the cameras are off together, with and without bundle adjustment; how much bones
vary; and one camera's path beside that of all four. Landmarks are read once for each model and kept
in ``--cache``. `benchmarks.truth.data` says where the data is looked for.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import vitruvian
from benchmarks.report import Report
from benchmarks.truth import data
from vitruvian.clip import Clip
from vitruvian.geometry.calibrations import read_calibration
from vitruvian.geometry.cameras import Camera
from vitruvian.lift import lift
from vitruvian.lift.bones import bone_lengths, stature
from vitruvian.lift.room import place
from vitruvian.lift.triangulate import Triangulation, triangulate
from vitruvian.sink.clip import write_clip

DEMO = ("pose2sim", "Demo_SinglePerson")
NAMES = ("cam01", "cam02", "cam03", "cam04")
Array = NDArray[np.floating[Any]]
LIMBS = np.array([
    [11, 13], [12, 14], [13, 15], [14, 16], [23, 25], [24, 26], [25, 27], [26, 28],
    [11, 12], [23, 24], [11, 23], [12, 24],
])  # fmt: skip


def clips(model: str, cache: Path) -> list[Clip]:
    """What each camera saw, one person at most."""
    found = []
    for name in NAMES:
        path = cache / f"{name}.{model}.json"
        if not path.exists():
            video = data(*DEMO, "videos", f"{name}.mp4")
            with vitruvian.open(video, model=model, people=1) as film:
                write_clip(film.clip(), cache, stem=path.stem)
        found.append(vitruvian.read_clip(path))
    return found


def together(model: str, seen: Sequence[Clip], cameras: Sequence[Camera]) -> list[dict[str, Any]]:
    """All four cameras, as they were calibrated and adjusted."""
    rows = []
    for adjust in (False, True):
        begin = time.perf_counter()
        result = triangulate(seen, cameras, adjust=adjust)
        rows.append({
            "model": model,
            "cameras": "adjusted" if adjust else "as shipped",
            "residual, px": result.residual,
            "mean, px": float(np.nanmean(result.residuals)),
            **dict(zip(NAMES, result.by_camera(), strict=True)),
            "bones vary by, %": variation(result.clip),
            "seconds": time.perf_counter() - begin,
        })  # fmt: skip
    return rows


def variation(clip: Clip) -> float:
    """The mean over twelve bones of their lengths' deviation over time, in per cent."""
    world = clip.body.world
    if world is None:
        return float("nan")
    ends = world[:, 0][:, LIMBS]
    lengths = np.linalg.norm(ends[:, :, 0] - ends[:, :, 1], axis=-1)
    return float(np.nanmean(np.nanstd(lengths, axis=0) / np.nanmean(lengths, axis=0)) * 100)


def alone(
    model: str, seen: Sequence[Clip], truth: Triangulation, height: float
) -> Iterator[dict[str, Any]]:
    """Each camera by itself beside all four."""
    if truth.clip.root is None:
        return
    room = truth.clip.root[:, 0].astype(np.float64) @ truth.turn
    for clip, full in zip(seen, truth.cameras, strict=True):
        inside = full.moved(np.eye(3), np.zeros(3))
        there = full.seen(room)
        for what, camera in (("assumed", None), ("lens known", inside), ("place known", full)):
            for how, one in (("landmarks", clip), ("lifted", lift(clip))):
                result = place(one, camera, height)
                if result.clip.root is None:
                    continue
                own = result.camera.seen(result.clip.root[:, 0].astype(np.float64))
                off, shape = own - there, own - own.mean(0) - there + there.mean(0)
                yield {
                    "model": model, "film": clip.source, "camera": what, "of": how,
                    "away, m": float(np.linalg.norm(there, axis=-1).mean()),
                    "off, m": float(np.linalg.norm(off, axis=-1).mean()),
                    "off round its middle, m": float(np.linalg.norm(shape, axis=-1).mean()),
                    "camera's height, m": -float(result.camera.centre[1]),
                }  # fmt: skip


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["full"])
    parser.add_argument("--cache", type=Path, default=Path("benchmarks/.bench/room"))
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    cameras = read_calibration(data(*DEMO, "calibration", "Calib.qca.txt"))
    report = Report()
    rows, paths = [], []
    for model in chosen.models:
        seen = clips(model, chosen.cache)
        rows += together(model, seen, cameras)
        truth = triangulate(seen, cameras, adjust=True)
        world = truth.clip.body.world
        if world is not None:
            points = world[:, 0].astype(np.float64)
            height = stature(bone_lengths(points, np.ones(points.shape[:2])))
            paths += list(alone(model, seen, truth, height))
    report.add("Four cameras together", rows, "Medians over landmarks and moments, by camera too.")
    report.add(
        "One camera's path beside that of all four", paths,
        "The height given is that of the triangulated body. Below the residual, in metres at the "
        "person's distance, differences mean nothing: 5 px are 10 mm.",
    )  # fmt: skip
    report.save(chosen.json)


if __name__ == "__main__":
    main()
