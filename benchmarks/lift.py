"""How good lifted motion is: ``python -m benchmarks.lift``.

Two truths: CMU recordings that were kept back, seen from random cameras with errors of two kinds;
and four calibrated films of one person (Pose2Sim), each camera alone against the triangulation of
all four. Columns are those of `vitruvian.measure.bodies.BodyErrors`, over all 33 landmarks and over
the 12 joints of arms and legs.
"""

from __future__ import annotations

import argparse
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter
from training.lift_mocap import KEPT_BACK, RATE, Motion, kept_back, read_motions
from training.lift_views import Noise, look

import vitruvian
from benchmarks.report import Report
from benchmarks.triangulated import View, adjusted, read_qualisys, residuals, triangulate
from benchmarks.truth import data as ground_truth
from vitruvian.lift.film import lift_body
from vitruvian.measure.bodies import BodyErrors, body_errors
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Landmarks

Array = NDArray[Any]
CAMERAS = ("cam01", "cam02", "cam03", "cam04")
NOISES = {
    "invented": Noise(bones=0.0, slow=0.028, jitter=0.0148, plane=0.008),
    "as measured": Noise(),
}
"""Errors for CMU: of every landmark by itself, strong enough for the figures of the input that
others reported (64 mm, 64 mm a frame squared, 15 %), and like those of our own landmarks."""
_FRAMES = 240
_JUMP = 100.0
"""Millimetres per frame squared, of all landmarks on average: 9 g, four times what runners have;
some recordings turn a body about from one frame to the next."""
JOINTS = (11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
"""Shoulders, elbows, wrists, hips, knees and ankles."""
_PEER = {
    "pa_mpjpe": 82.0, "mpjpe": 110.0, "rigid": float("nan"), "acceleration": 15.0, "bones": 7.0,
    "sides": 15.0,
}  # fmt: skip
"""MediaPipe 1.2.2 heavy on the same films, as it was measured beforehand; over the 12 joints, since
our own input, which is like it, has the same figures there and others over all 33."""
Row = dict[str, Any]


def methods(body: Landmarks, times: Array, size: tuple[int, int]) -> dict[str, Array]:
    """World landmarks (T, 33, 3) as they come, filtered, corrected and fitted."""
    world = np.asarray(body.world, np.float64)
    given = savgol_filter(
        np.nan_to_num(world), min(15, len(world) - (len(world) + 1) % 2), 3, axis=0
    )
    fitted = lift_body(body, times, size)
    return {
        "input": world, "Savitzky-Golay": given, "network": fitted.corrected,
        "network and fit": fitted.world,
    }  # fmt: skip


def averaged(errors: Iterable[BodyErrors]) -> Row:
    """The mean of each error."""
    rows = [asdict(each) for each in errors]
    return {name: round(float(np.mean([row[name] for row in rows])), 3) for name in rows[0]}


# CMU ------------------------------------------------------------------------------------------


def recordings(data: Path) -> list[Motion]:
    """The recordings that no training saw, at most `_FRAMES` of each."""
    with tempfile.TemporaryDirectory() as folder:
        for archive in sorted((data / "cmu").glob("*.tar.xz")):
            with tarfile.open(archive) as packed:
                members = [m for m in packed.getmembers() if _wanted(m.name)]
                packed.extractall(folder, members, filter="data")
        motions = read_motions(Path(folder))
    seen: dict[str, Motion] = {}
    for motion in motions:
        if kept_back(motion):
            seen.setdefault(motion.name, Motion(motion.name, motion.points[:_FRAMES]))
    return list(seen.values())


def _wanted(name: str) -> bool:
    return name.endswith(".asf") or Path(name).name.startswith(KEPT_BACK)


def cmu(data: Path, report: Report) -> None:
    """Each kept back recording from three cameras, 33 points and 17."""
    motions = recordings(data)
    for title, noise in NOISES.items():
        for points in (33, 17):
            rng = np.random.default_rng(7)
            errors: dict[str, list[BodyErrors]] = {}
            for motion in motions:
                for _ in range(3):
                    _cmu_view(motion, noise, points, rng, errors)
            rows = [{"method": name} | averaged(each) for name, each in errors.items()]
            report.add(
                f"CMU kept back, {points} points, errors {title}", rows,
                f"{len(motions)} recordings from 3 cameras each, {RATE:.0f} frames a second; "
                '"joints": the 12 joints alone; "no jumps": acceleration without the moments at '
                f"which the recording itself has more than {_JUMP:.0f} mm per frame squared",
            )  # fmt: skip


def _cmu_view(
    motion: Motion, noise: Noise, points: int, rng: np.random.Generator,
    errors: dict[str, list[BodyErrors]],
) -> None:  # fmt: skip
    frames = len(motion.points)
    view = look(motion.points[None].astype(np.float64), np.ones((1, frames)), rng, noise)
    seen, size = view.seen, (1280, 1280)
    focal = 1.2 * size[0]
    xy = seen.plane[0] / float(seen.focal[0]) * focal + size[0] / 2
    world, z = seen.world[0].copy(), seen.z[0].copy()
    body = Landmarks(
        BLAZEPOSE_33, *(each.astype(np.float32) for each in (xy, z, seen.visibility[0],
        seen.visibility[0], world)),
    )  # fmt: skip
    if points == 17:
        missing = np.setdiff1d(np.arange(33), blazepose_to_coco)
        for column in (body.xy, body.z, body.visibility, body.world):
            if column is not None:
                column[:, missing] = np.nan
    chosen = list(blazepose_to_coco) if points == 17 else list(range(33))
    found = methods(body, np.arange(frames) / RATE, size)
    for name, moved in found.items():
        errors.setdefault(name, []).append(body_errors(moved, view.truth[0], chosen))
        limbs = body_errors(moved, view.truth[0], JOINTS)
        errors.setdefault(f"{name}, joints", []).append(limbs)
        calm = replace(
            errors[name][-1], acceleration=calm_acceleration(moved, view.truth[0], chosen)
        )
        errors.setdefault(f"{name}, no jumps", []).append(calm)


def calm_acceleration(points: Array, truth: Array, chosen: list[int]) -> float:
    """Millimetres per frame squared, without moments at which the recording itself jumps."""
    found, true = (
        np.diff((each - each[:, 23:25].mean(1, keepdims=True))[:, chosen], n=2, axis=0) * 1000
        for each in (points, truth)
    )
    calm = np.linalg.norm(true, axis=-1).mean(1) < _JUMP
    return float(np.linalg.norm(found - true, axis=-1)[calm].mean())


# Pose2Sim -------------------------------------------------------------------------------------


def pose2sim(data: Path, report: Report, models: tuple[str, ...], cache: Path | None) -> None:
    """Each camera alone against the triangulation of all four by the model ``heavy``."""
    folder = data / "pose2sim" / "Demo_SinglePerson"
    clips = {
        model: [landmarks(folder / "videos" / f"{name}.mp4", model, cache) for name in CAMERAS]
        for model in dict.fromkeys(("heavy", *models))
    }
    views, points, note = triangulation(folder, clips["heavy"])
    for model in models:
        errors: dict[str, list[BodyErrors]] = {}
        joints: dict[str, list[BodyErrors]] = {}
        spent, frames = 0.0, 0
        for view, clip in zip(views, clips[model], strict=True):
            truth = view.local(points)
            body = clip.body[:, 0]
            size = clip.size or (0, 0)
            began = time.perf_counter()
            found = methods(body, clip.times, size)
            spent, frames = spent + time.perf_counter() - began, frames + len(truth)
            for name, moved in found.items():
                errors.setdefault(name, []).append(body_errors(moved, truth))
                joints.setdefault(name, []).append(body_errors(moved, truth, JOINTS))
        report.add(f"Pose2Sim, one camera, {model}, 33 landmarks", _rows(model, errors), note)
        rows: list[Row] = [{"method": "MediaPipe 1.2.2 heavy"} | _PEER]
        report.add(f"Pose2Sim, one camera, {model}, 12 joints", rows + _rows(model, joints), note)
        report.add(
            f"Pose2Sim, camera by camera, {model}, 33 landmarks",
            _by_camera(errors),
            f"lifting: {frames / spent:.0f} frames/s",
        )


def _rows(model: str, errors: dict[str, list[BodyErrors]]) -> list[Row]:
    return [{"method": f"{model}, {name}"} | averaged(each) for name, each in errors.items()]


def _by_camera(errors: dict[str, list[BodyErrors]]) -> list[Row]:
    return [
        {"camera": camera, "method": name, "pa_mpjpe": one.pa_mpjpe, "mpjpe": one.mpjpe}
        for name in ("input", "network and fit")
        for camera, one in zip(CAMERAS, errors[name], strict=True)
    ]


def landmarks(film: Path, model: str, cache: Path | None) -> vitruvian.Clip:
    """The film's one person, from the cache if it was looked at before."""
    from vitruvian.sink.clip import read_clip, write_clip

    stem = f"{film.stem}-{model}"
    if cache is not None and (cache / f"{stem}.json").exists():
        return read_clip(cache / f"{stem}.json")
    with vitruvian.open(film, model=model, people=1) as footage:
        clip = footage.clip()
    if cache is not None:
        write_clip(clip, cache, stem=stem)
    return clip


def triangulation(folder: Path, clips: list[vitruvian.Clip]) -> tuple[list[View], Array, str]:
    """The adjusted cameras, (T, 33, 3) metres, and how well they agree."""
    frames = len(clips[0].times)
    views = read_qualisys(folder / "calibration" / "Calib.qca.txt")
    xy = np.stack([clip.body.xy[:, 0].reshape(-1, 2) for clip in clips]).astype(np.float64)
    sure = np.maximum(np.stack([clip.body.visibility[:, 0].ravel() for clip in clips]), 0.05)
    before = residuals(views, triangulate(views, xy, sure), xy)
    some = np.arange(frames * 33).reshape(frames, 33)[::3].ravel()
    views = adjusted(views, xy[:, some], sure[:, some])
    points = triangulate(views, xy, sure)
    after = residuals(views, points, xy)
    note = (
        f"truth: {len(views)} cameras, reprojection residual {before.mean():.1f} px (median "
        f"{np.median(before):.1f}), after bundle adjustment {after.mean():.1f} px (median "
        f"{np.median(after):.1f}); smoothed over 9 frames (Savitzky-Golay, cubic)"
    )
    return views, savgol_filter(points.reshape(frames, 33, 3), 9, 3, axis=0), note


def main() -> None:
    """Measure what is asked for."""
    parts: dict[str, Callable[[], None]]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder of ground truth")
    parser.add_argument("--only", choices=("cmu", "pose2sim"))
    parser.add_argument("--models", default="full,heavy")
    parser.add_argument("--cache", type=Path, help="where landmarks of the films are kept")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    report = Report()
    models = tuple(given.models.split(","))
    folder = given.data or ground_truth()
    parts = {
        "cmu": lambda: cmu(folder, report),
        "pose2sim": lambda: pose2sim(folder, report, models, given.cache),
    }
    for name, part in parts.items():
        if given.only in (None, name):
            part()
    report.save(given.json)


if __name__ == "__main__":
    main()
