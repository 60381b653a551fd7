"""One person hides another, and both are known: ``python -m benchmarks.hiding --data DATA``.

Two of Pose2Sim's four films of one person become one: the person of one film, cut out by our own
masks, walks before the person of the other, backwards in time. Both are known in metres by the
triangulation of all four cameras (`benchmarks.triangulated`). What ``vitruvian run FILM
--save json`` and ``vitruvian lift`` write is measured: the share of frames in which each is found,
and `vitruvian.measure.bodies.BodyErrors`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

import vitruvian
from benchmarks.lift import CAMERAS, JOINTS, Row, averaged
from benchmarks.lift import landmarks as read
from benchmarks.lift import triangulation as truth_of
from benchmarks.report import Report
from benchmarks.triangulated import View
from vitruvian.measure.bodies import body_errors
from vitruvian.sink.clip import read_clip

Array = NDArray[Any]
BEHIND, BEFORE = 2, 0
"""Which camera's person stands behind, and which one's walks by: cam03 and cam01."""
_LARGER = 1.12
"""Who is before is nearer."""
_WAY = (380.0, -380.0)
"""Pixels from the hips of one to the hips of the other, at the start and at the end."""
_NEAR = 0.3
"""Of a person's height in the picture: a row whose landmarks are nearer in the mean is them."""
_HIPS = (23, 24)


def composed(behind: Path, before: Path, xy: tuple[Array, Array], out: Path) -> Array:
    """Write the film; (T, 33, 2) pixels, where whoever is before is shown in it.

    Args:
        behind: The film that is the picture.
        before: The film from which the person is cut out.
        xy: (T, 33, 2) pixels of either.
        out: The film to write.
    """
    cuts = list(_cut(before))[::-1]
    there, own = xy[0], xy[1][::-1]
    count = min(len(cuts), len(there))
    moved = np.empty_like(there[:count])
    with av.open(str(behind)) as source, av.open(str(out), "w") as target:
        stream = target.add_stream("mpeg4", rate=60)
        stream.bit_rate = 40_000_000
        size = source.streams.video[0].width, source.streams.video[0].height
        stream.width, stream.height = size
        for t, frame in zip(range(count), source.decode(video=0), strict=False):
            picture = frame.to_ndarray(format="rgb24")
            way = np.interp(t / (count - 1), (0, 1), _WAY)
            goal = there[t, _HIPS, :].mean(0) + np.array((way, 60))
            shift = goal - _LARGER * own[t, _HIPS, :].mean(0)
            moved[t] = _LARGER * own[t] + shift
            matrix = np.array([[_LARGER, 0, shift[0]], [0, _LARGER, shift[1]]])
            person, mask = (cv2.warpAffine(each, matrix, size) for each in cuts[t])
            share = mask[..., None].astype(np.float32) / 255
            mixed = picture * (1 - share) + person * share
            target.mux(stream.encode(av.VideoFrame.from_ndarray(mixed.astype(np.uint8), "rgb24")))
        target.mux(stream.encode())
    return moved


def _cut(film: Path) -> Iterator[tuple[Array, Array]]:
    """Each picture, and 0..255 where the one person is."""
    with vitruvian.open(film, model="heavy", people=1, masks=True) as footage:
        for frame, people in footage.people():
            mask = np.zeros(frame.image.shape[:2], np.uint8)
            if len(people) and people.masks is not None:
                mask = (np.clip(people.masks[0] * 2 - 0.5, 0, 1) * 255).astype(np.uint8)
            yield frame.image, mask


def turned(points: Array, view: View, xy: tuple[Array, Array]) -> Array:
    """(T, 33, 3) metres as seen elsewhere in the picture: turned with the way to the hips."""
    ways = [
        np.c_[(each[:, _HIPS].mean(1) - view.matrix[:2, 2]) / view.matrix[0, 0], np.ones(len(each))]
        for each in xy
    ]
    old, new = (way / np.linalg.norm(way, axis=1, keepdims=True) for way in ways)
    axis = np.cross(old, new)
    angle = np.arcsin(np.linalg.norm(axis, axis=1))
    axis *= (angle / np.maximum(np.sin(angle), 1e-9))[:, None]
    turns = np.stack([cv2.Rodrigues(each)[0] for each in axis])
    return np.asarray(points @ np.swapaxes(turns, -1, -2))


def rows_of(clip: vitruvian.Clip, xy: Array) -> tuple[Array, Array]:
    """(T, 33, 3) metres of whoever is where a person is known to be, and (T,) their ids or -1."""
    count = len(xy)
    world = np.full((count, 33, 3), np.nan)
    ids = np.full(count, -1)
    given = clip.body.world
    size = np.ptp(xy[..., 1], axis=1)
    for t, index in enumerate(clip.indices.tolist()):
        if index >= count or given is None:
            continue
        far = np.linalg.norm(clip.body.xy[t] - xy[index], axis=-1).mean(-1) / size[index]
        far[~(clip.present[t] & np.isfinite(given[t]).all((-1, -2)))] = np.inf
        if len(far) and far.min() < _NEAR:
            world[index], ids[index] = given[t, far.argmin()], clip.ids[far.argmin()]
    return world, ids


def measured(method: str, clip: vitruvian.Clip, xy: Array, truth: Array) -> list[Row]:
    """A row for all landmarks and one for the joints; frames in which nobody is found are left."""
    world, ids = rows_of(clip, xy)
    found = ids >= 0
    found_rows: list[Row] = []
    for name, chosen in (("33 landmarks", tuple(range(33))), ("12 joints", JOINTS)):
        errors = averaged([body_errors(world[found], truth[found], chosen)])
        known = {"found": round(100 * float(found.mean()), 1), "ids": len(set(ids[found]))}
        found_rows.append({"method": f"{method}, {name}"} | known | errors)
    return found_rows


def run(out: Path, *command: str) -> None:
    """A command of ours, as anybody would run it."""
    subprocess.run([sys.executable, "-m", "vitruvian", *command, "--out", str(out)], check=True)


def main() -> None:
    """Compose, run and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, required=True, help="where all files are kept")
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = given.data / "pose2sim" / "Demo_SinglePerson"
    films = [folder / "videos" / f"{name}.mp4" for name in CAMERAS]
    clips = [read(film, "heavy", given.cache) for film in films]
    views, points, note = truth_of(folder, clips)
    alone = [clips[i].body.xy[:, 0].astype(np.float64) for i in (BEHIND, BEFORE)]
    film, places = given.cache / "hiding.mp4", given.cache / "hiding.npy"
    if not places.exists():
        np.save(places, composed(films[BEHIND], films[BEFORE], (alone[0], alone[1]), film))
    shown = np.load(places)
    count = len(shown)
    passing = turned(
        views[BEFORE].local(points)[::-1][:count], views[BEFORE], (alone[1][::-1][:count], shown)
    )
    people = {
        "behind": (alone[0][:count], views[BEHIND].local(points)[:count]),
        "before": (shown, passing),
    }
    first, second = given.cache / "seen", given.cache / "lifted"
    if not (first / "hiding.json").exists():
        run(first, "run", str(film), "--model", given.model, "--save", "json")
    run(second, "lift", str(first / "hiding.json"))
    report = Report()
    for name, (xy, truth) in people.items():
        rows = measured("input", read_clip(first / "hiding.json"), xy, truth)
        rows += measured("lifted", read_clip(second / "hiding.json"), xy, truth)
        report.add(f"Whoever is {name}", rows, note)
    report.save(given.json)


if __name__ == "__main__":
    main()
