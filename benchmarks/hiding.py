"""One person hides another, and both are known: ``python -m benchmarks.hiding --cache DIR``.

Two of Pose2Sim's four films of one person become one: the person of one film, cut out by our own
masks, passes in front of the person of the other, backwards in time (`SCENES`, `drawn_scenes`).
Both are known in metres by the triangulation of all four cameras (`benchmarks.triangulated`).
What is measured is
what ``vitruvian run FILM --save json`` writes, and what ``vitruvian who`` and ``vitruvian lift``
make of it (``vitruvian lift FILM`` does all three): the share of frames in which each is found,
and `vitruvian.measure.bodies.BodyErrors`, of the moments in which they are seen and of those in
which they are only believed to be there (visibility 0). A lifted body is found where its metres
would be seen.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
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
from benchmarks.truth import data
from vitruvian.lift.camera import Camera
from vitruvian.measure.bodies import body_errors
from vitruvian.sink.clip import read_clip

Array = NDArray[Any]
_NEAR = 0.3
"""Of a person's height in the picture: a row whose points are nearer in the mean is them."""
_HIPS = (23, 24)


@dataclass(frozen=True)
class Scene:
    """Who hides whom.

    Args:
        name: Of the film.
        behind: Number of the camera whose film is the picture.
        before: Number of the camera from whose film the person in front is cut out.
        way: Pixels from the hips of one to the hips of the other, at the start; as many on the
            other side at the end.
        beside: Pixels by which the picture is wider on either side, so that there is room.
        passes: How often the films are shown, every second time backwards; one takes 1.7 s.
        larger: Whoever is in front is nearer, and so larger.
        lower: Pixels; and stands lower in the picture.
        late: Frames by which the film of whoever is in front is further on.
    """

    name: str
    behind: int
    before: int
    way: float
    beside: int = 0
    passes: int = 1
    larger: float = 1.12
    lower: float = 60
    late: int = 0

    def moments(self, count: int) -> tuple[Array, Array]:
        """Which of so many frames are shown, one after the other: of those behind, of the other."""
        last = count - 1
        time = np.arange(self.passes * last + 1)
        behind, before = (last - np.abs(t % (2 * last) - last) for t in (time, time + self.late))
        # Whoever is in front moves backwards in time.
        return behind, last - before


SCENES = (
    Scene("backs", 2, 0, 380),
    Scene("walks-1", 2, 0, 800, beside=400, passes=2),
    Scene("walks-2", 1, 3, 800, beside=400, passes=2),
    Scene("walks-3", 0, 2, 800, beside=400, passes=2),
)
"""The first person backs slowly past the other and is close all the time; the others pass by at a
walker's pace, 1.2 m/s."""


def drawn_scenes(seed: int, count: int) -> tuple[Scene, ...]:
    """Others, of which nobody chose who hides whom, from which side, how near and how slowly."""
    rng = np.random.default_rng(seed)
    scenes = []
    for i in range(count):
        behind, before = (int(n) for n in rng.permutation(len(CAMERAS))[:2])
        passes = int(rng.integers(1, 4))
        far = rng.uniform(300, 400) if passes == 1 else rng.uniform(450, 900)
        scenes.append(Scene(
            f"drawn-{seed}-{i + 1}", behind, before, float(rng.choice((-1, 1)) * far),
            0 if passes == 1 else 400, passes, float(rng.uniform(1, 1.3)),
            float(rng.uniform(0, 120)), int(rng.integers(100)),
        ))  # fmt: skip
    return tuple(scenes)


def composed(scene: Scene, films: list[Path], xy: list[Array], out: Path) -> tuple[Array, Array]:
    """Write the film; (T, 33, 2) pixels of whoever is behind and of whoever is in front.

    Args:
        scene: Who hides whom.
        films: All cameras'.
        xy: (T, 33, 2) pixels in each of these.
        out: The film to write.
    """
    cuts, pictures = list(_cut(films[scene.before])), list(_pictures(films[scene.behind]))
    aside = np.array((scene.beside, 0))
    moments = scene.moments(min(len(each) for each in xy))
    there, own = xy[scene.behind][moments[0]] + aside, xy[scene.before][moments[1]]
    ways = np.linspace(scene.way, -scene.way, len(there))
    middle = there[:, _HIPS].mean(1)
    if scene.passes > 1:
        middle[:] = middle.mean(0)
    goals = middle + np.c_[ways, np.full(len(ways), scene.lower)]
    shifts = goals - scene.larger * own[:, _HIPS].mean(1)
    with av.open(str(out), "w") as target:
        stream = target.add_stream("mpeg4", rate=60)
        stream.bit_rate = 40_000_000
        height, width = pictures[0].shape[:2]
        size = stream.width, stream.height = width + 2 * scene.beside, height
        for t, own_t, shift in zip(*moments, shifts, strict=True):
            picture = cv2.copyMakeBorder(
                pictures[t], 0, 0, scene.beside, scene.beside, cv2.BORDER_REPLICATE
            )
            matrix = np.array([[scene.larger, 0, shift[0]], [0, scene.larger, shift[1]]])
            person, mask = (cv2.warpAffine(each, matrix, size) for each in cuts[own_t])
            share = mask[..., None].astype(np.float32) / 255
            mixed = picture * (1 - share) + person * share
            target.mux(stream.encode(av.VideoFrame.from_ndarray(mixed.astype(np.uint8), "rgb24")))
        target.mux(stream.encode())
    return there, scene.larger * own + shifts[:, None]


def _pictures(film: Path) -> Iterator[Array]:
    with av.open(str(film)) as source:
        for frame in source.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


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


def people(
    scene: Scene, views: list[View], points: Array, alone: list[Array], shown: tuple[Array, Array]
) -> dict[str, tuple[Array, Array]]:
    """Of either person (T, 33, 2) pixels and (T, 33, 3) metres."""
    behind, before = scene.moments(len(points))
    aside = np.array((scene.beside, 0))
    own = alone[scene.before][before]
    passing = turned(
        views[scene.before].local(points)[before], views[scene.before],
        (own, shown[1] - aside),
    )  # fmt: skip
    return {
        "behind": (shown[0], views[scene.behind].local(points)[behind]),
        "in front": (shown[1], passing),
    }


def main() -> None:
    """Compose, run and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder of ground truth")
    parser.add_argument("--cache", type=Path, required=True, help="where all files are kept")
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--drawn", type=int, default=0, help="so many drawn scenes, too")
    parser.add_argument("--seed", type=int, default=1, help="of the drawn scenes")
    parser.add_argument("--scenes", help="names, separated by commas; all of them by default")
    parser.add_argument("--peer", action="store_true", help="what MediaPipe finds, too")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = (given.data or data()) / "pose2sim" / "Demo_SinglePerson"
    films = [folder / "videos" / f"{name}.mp4" for name in CAMERAS]
    clips = [read(film, "heavy", given.cache) for film in films]
    views, points, note = truth_of(folder, clips)
    alone = [clip.body.xy[:, 0].astype(np.float64) for clip in clips]
    report = Report()
    found: list[Row] = []
    for scene in (*SCENES, *drawn_scenes(given.seed, given.drawn)):
        if given.scenes is None or scene.name in given.scenes.split(","):
            film, places = given.cache / f"{scene.name}.mp4", given.cache / f"{scene.name}.npy"
            if not places.exists():
                np.save(places, composed(scene, films, alone, film))
            shown = np.load(places)
            both = people(scene, views, points, alone, (shown[0], shown[1]))
            found += _measure(report, scene, film, both, given.model, peers=given.peer)
    report.add("Share of frames in which each person is found", found, note)
    report.save(given.json)


def _measure(
    report: Report, scene: Scene, film: Path, both: dict[str, tuple[Array, Array]], model: str,
    *, peers: bool,
) -> list[Row]:  # fmt: skip
    """One film's errors, into the report, and who is found by whom."""
    seen, lifted = film.parent / f"seen-{model}", film.parent / f"lifted-{model}"
    if not (seen / f"{scene.name}.json").exists():
        run(seen, "run", str(film), "--model", model, "--save", "json")
    settled = film.parent / f"settled-{model}"
    run(settled, "who", str(seen / f"{scene.name}.json"), "--save", "json")
    run(lifted, "lift", str(settled / f"{scene.name}.json"))
    clips = {
        name: read_clip(path / f"{scene.name}.json")
        for name, path in (("input", seen), ("lifted", lifted))
    }
    found: list[Row] = []
    for person, (xy, truth) in both.items():
        rows = [row for name, clip in clips.items() for row in measured(name, clip, xy, truth)]
        report.add(f"{scene.name}: whoever is {person}", rows)
        ours = {
            name: next(row["found"] for row in rows if row["method"].startswith(name))
            for name in clips
        }
        found.append({"film": scene.name, "person": person, "MediaPipe": float("nan")} | ours)
    if peers:
        places = {person: xy for person, (xy, _) in both.items()}
        for row, other in zip(found, found_by_peer(film, model, places), strict=True):
            row["MediaPipe"] = other["found"]
    return found


if __name__ == "__main__":
    main()
