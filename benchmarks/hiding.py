"""One person hides another, and both are known: ``python -m benchmarks.hiding --data DATA``.

Two of Pose2Sim's four films of one person become one: the person of one film, cut out by our own
masks, walks in front of the person of the other, backwards in time. Both are known in metres by the
triangulation of all four cameras (`benchmarks.triangulated`). What ``vitruvian run FILM
--save json`` and ``vitruvian lift`` write is measured: the share of frames in which each is found,
and `vitruvian.measure.bodies.BodyErrors`, of the moments in which they are seen and of those in
which they are only believed to be there (visibility 0). A lifted body is found where its metres
would be seen.
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
from benchmarks import peer
from benchmarks.lift import CAMERAS, JOINTS, Row, averaged
from benchmarks.lift import landmarks as read
from benchmarks.lift import triangulation as truth_of
from benchmarks.report import Report
from benchmarks.triangulated import View
from vitruvian.lift.camera import Camera
from vitruvian.measure.bodies import body_errors
from vitruvian.sink.clip import read_clip

Array = NDArray[Any]
BEHIND, BEFORE = 2, 0
"""Which camera's person stands behind, and which one's walks by: cam03 and cam01."""
_LARGER = 1.12
"""Whoever is in front is nearer, and so larger."""
_WAY = (380.0, -380.0)
"""Pixels from the hips of one to the hips of the other, at the start and at the end."""
_NEAR = 0.3
"""Of a person's height in the picture: a row whose points are nearer in the mean is them."""
_HIPS = (23, 24)


def composed(behind: Path, before: Path, xy: tuple[Array, Array], out: Path) -> Array:
    """Write the film; (T, 33, 2) pixels, where whoever is in front is shown in it.

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


def distances(xy: Array, place: Array) -> Array:
    """(T, P) how far rows (T, P, 33, 2) are from a person (T, 33, 2), in heights; inf if absent."""
    far = np.linalg.norm(xy - place[:, None], axis=-1).mean(-1)
    return np.asarray(np.nan_to_num(far / np.ptp(place[..., 1], axis=1)[:, None], nan=np.inf))


def drawn(clip: vitruvian.Clip) -> Array:
    """(T, P, 33, 2) pixels of a clip's people; of a lifted one, where their metres are seen."""
    if clip.root is None or clip.body.world is None or clip.size is None:
        return clip.body.xy.astype(np.float64)
    points = clip.body.world.astype(np.float64) + clip.root[:, :, None]
    camera = Camera.assumed(clip.size)
    return np.asarray(points[..., :2] / points[..., 2:] * camera.focal + np.array(camera.centre))


def measured(method: str, clip: vitruvian.Clip, place: Array, truth: Array) -> list[Row]:
    """Rows of the id that is most often where a person is: all moments, and each kind of them."""
    count = min(len(place), len(clip.times))
    far = distances(drawn(clip)[:count], place[:count])
    column = int((far < _NEAR).sum(0).argmax())
    there = np.isfinite(far[:, column])
    unseen = there & (clip.body.visibility[:count, column] == 0).all(-1)
    world = np.asarray(clip.body.world)[:count, column]
    moments = {"all": there, "seen": there & ~unseen, "believed": unseen}
    rows: list[Row] = []
    for name, some in moments.items():
        for points, chosen in (("33 landmarks", tuple(range(33))), ("12 joints", JOINTS)):
            if some.any():
                errors = averaged([body_errors(world[some], truth[:count][some], chosen)])
                shares = {
                    "moments": name, "share": round(100 * float(some.mean()), 1),
                    "found": round(100 * float((far[some, column] < _NEAR).sum() / count), 1),
                }  # fmt: skip
                rows.append({"method": f"{method}, {points}"} | shares | errors)
    for row in rows:
        # Second differences reach over what was left out.
        row["acceleration"] = row["acceleration"] if row["moments"] == "all" else float("nan")
    return rows


def found_by_peer(film: Path, model: str, places: dict[str, Array]) -> list[Row]:
    """The share of frames in which MediaPipe, told that there are two, finds each of them."""
    poses = peer.of_film(film, model, 2, mode="VIDEO", step=1, rate=60.0).landmarks
    with av.open(str(film)) as opened:
        stream = opened.streams.video[0]
        size = np.array([stream.width, stream.height])
    rows = []
    for name, place in places.items():
        near = [
            (distances(pose[None, :, :, :2] * size, place[t][None]) < _NEAR).any()
            for t, pose in enumerate(poses[: len(place)])
        ]
        rows.append({"person": name, "found": round(100 * float(np.mean(near)), 1)})
    return rows


def run(out: Path, *command: str) -> None:
    """A command of ours, as anybody would run it."""
    subprocess.run([sys.executable, "-m", "vitruvian", *command, "--out", str(out)], check=True)


def main() -> None:
    """Compose, run and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, required=True, help="where all files are kept")
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--peer", action="store_true", help="what MediaPipe finds, too")
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
        "in front": (shown, passing),
    }
    first, second = given.cache / "seen", given.cache / "lifted"
    if not (first / "hiding.json").exists():
        run(first, "run", str(film), "--model", given.model, "--save", "json")
    run(second, "lift", str(first / "hiding.json"))
    report = Report()
    if given.peer:
        places_of = {name: xy for name, (xy, _) in people.items()}
        report.add(f"MediaPipe {peer.VERSION}", found_by_peer(film, given.model, places_of))
    for name, (xy, truth) in people.items():
        rows = measured("input", read_clip(first / "hiding.json"), xy, truth)
        rows += measured("lifted", read_clip(second / "hiding.json"), xy, truth)
        report.add(f"Whoever is {name}", rows, note)
    report.save(given.json)


if __name__ == "__main__":
    main()
