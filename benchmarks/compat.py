"""The stand-in for MediaPipe beside MediaPipe and ourselves: ``python -m benchmarks.compat``.

Parts (``--only``): ``same``, whether the same calls on the same film give the same landmarks as
MediaPipe, and how far MediaPipe is from itself when every pixel is off by a level; ``cost``, what
the stand-in takes on top of our own interface, once with films as each side's users open them and
once on frames that are decoded already; ``race``, one and the same program on MediaPipe and on the
stand-in, poses and hands, films read by OpenCV; ``soak``, memory over many calls and over many
lives of a task.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import hands, peer
from benchmarks.agreement import Bodies, landmark_distance
from benchmarks.peer_mediapipe import memory_megabytes
from benchmarks.report import Report, machine
from benchmarks.speed import sample
from benchmarks.truth import data
from vitruvian.compat import mediapipe as mp
from vitruvian.recipe import MODELS, Recipe
from vitruvian.types import Frame

vision = mp.tasks.vision
Frames = list[NDArray[np.uint8]]


def same(report: Report, options: argparse.Namespace) -> None:
    """One person wanted, on both sides."""
    film, rate, size = sample()
    rows = []
    for model in options.models:
        theirs = peer.of_film(film, model, 1, mode="VIDEO", step=1, rate=rate)
        pixels = [there[..., :2] * size for there in theirs.landmarks]
        for name, found in (
            ("Vitruvian", list(bodies(model, decoded(film), rate))),
            ("MediaPipe, noise of one level", with_noise(model, film, rate, size)),
        ):
            row: dict[str, Any] = {"model": model, "beside MediaPipe": name}
            rows.append(row | landmark_distance(found, pixels, size))
    report.add(f"The stand-in and MediaPipe {peer.VERSION}", rows, "In % of the person's diagonal.")


def with_noise(model: str, film: Path, rate: float, size: tuple[int, int]) -> Bodies:
    """What MediaPipe finds where every pixel is off by at most one level."""
    out = peer.BENCH / "noise.npz"
    arguments = ("--film", film, "--task", peer.BENCH / f"{model}.task", "--rate", rate)
    module = [str(peer.python()), "-m", "benchmarks.peer_noise"]
    peer.check("MediaPipe", [*module, *map(str, arguments), "--out", str(out)])
    return [there[..., :2] * size for there in peer.Poses.read(out).landmarks]


def bodies(
    model: str, frames: Iterator[NDArray[np.uint8]], rate: float
) -> Iterator[NDArray[np.float32]]:
    """Per frame (N, 33, 2) pixels, by the calls that MediaPipe's users write."""
    with landmarker(model) as task:
        for index, rgb in enumerate(frames):
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
            result = task.detect_for_video(image, int(index * 1000 / rate))
            points = [[(p.x, p.y) for p in pose] for pose in result.pose_landmarks]
            shares = np.array(points, np.float32).reshape(-1, 33, 2)
            yield shares * np.array([rgb.shape[1], rgb.shape[0]], np.float32)


def landmarker(model: str) -> vision.PoseLandmarker:
    base = mp.tasks.BaseOptions(model_asset_path=model)
    return vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(base_options=base, running_mode=vision.RunningMode.VIDEO)
    )


def hand_landmarker(model: str) -> vision.HandLandmarker:
    base = mp.tasks.BaseOptions(model_asset_path=model)
    return vision.HandLandmarker.create_from_options(
        vision.HandLandmarkerOptions(
            base_options=base, running_mode=vision.RunningMode.VIDEO, num_hands=2
        )
    )


def decoded(film: Path) -> Iterator[NDArray[np.uint8]]:
    """Every frame as RGB, by OpenCV."""
    capture = cv2.VideoCapture(str(film))
    while True:
        there, bgr = capture.read()
        if not there:
            break
        yield np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
    capture.release()


def cost(report: Report, options: argparse.Namespace) -> None:
    """Frames a second of both, in turns."""
    film, rate, _ = sample()
    frames = list(islice(decoded(film), options.frames))
    rows = []
    for model in options.models:
        runs: dict[str, Callable[[], int]] = {
            "own, film": lambda model=model: own_film(film, model),  # type: ignore[misc]
            "stand-in, film": lambda model=model: through(model, decoded(film), rate),  # type: ignore[misc]
            "own, frames": lambda model=model: own_frames(model, frames, rate),  # type: ignore[misc]
            "stand-in, frames": lambda model=model: through(model, iter(frames), rate),  # type: ignore[misc]
        }
        for kind in options.kinds:
            pair = {name: run for name, run in runs.items() if name.endswith(kind)}
            rows.append({"model": model, "what": kind} | in_turns(pair, options.rounds))
    note = f"ms a frame, median of {options.rounds} rounds in turns; {machine()}."
    report.add("What the stand-in costs", rows, note)


def in_turns(runs: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """Time on the clock and of the processor, which a busy machine does not change; and excess."""
    clock: dict[str, list[float]] = {name: [] for name in runs}
    processor: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            began = time.perf_counter(), time.process_time()
            count = run()
            clock[name].append(1000 * (time.perf_counter() - began[0]) / count)
            processor[name].append(1000 * (time.process_time() - began[1]) / count)
    found: dict[str, float] = {}
    for title, times in (("clock", clock), ("processor", processor)):
        own, ours = (float(np.median(each)) for each in times.values())
        found |= {f"own {title}": own, f"stand-in {title}": ours}
        found[f"{title} %"] = 100 * (ours / own - 1)
    return found


def own_film(film: Path, model: str) -> int:
    import vitruvian

    return sum(1 for _ in vitruvian.open(film, model=model, people=1).people())


def own_frames(model: str, frames: Frames, rate: float) -> int:
    pipeline = Recipe(model=model, people=1).build(stills=False)
    pictures = (Frame(rgb, index=i, time=i / rate) for i, rgb in enumerate(frames))
    return sum(1 for _ in pipeline.run(pictures))


def through(model: str, frames: Iterator[NDArray[np.uint8]], rate: float) -> int:
    return sum(1 for _ in bodies(model, frames, rate))


def race(report: Report, options: argparse.Namespace) -> None:
    """The same loop over the same film in a process of its own; the systems take turns."""
    film, rate, _ = sample()
    out = peer.BENCH / "race.npz"
    rows = []
    for model in options.models:
        for people in (1, 4):
            task = peer.BENCH / f"{model}.task"
            loop = ["film", "--film", film, "--rate", rate, "--people", people]
            loop += ["--task", task, "--out", out]
            least = [film, f"blazepose-{model}-nomask", out] if people == 1 else []
            runs = race_of("poses", peer.SCRIPT, loop, least)
            name = f"{model}, num_poses={people}"
            rows.append({"what": name} | in_rounds(runs, out, options.rounds))
    for model in ("full", "lite") if options.hands else ():
        for most in (1, 2):
            loop = ["mediapipe", "--film", data(*hands.FILM), "--hands", most]
            loop += ["--task", hands.bundle(model), "--out", out]
            least = [data(*hands.FILM), f"hand-{model}", out] if most == 1 else []
            runs = race_of("hands", peer.SCRIPT.with_name("peer_hands.py"), loop, least)
            name = f"{model}, num_hands={most}"
            rows.append({"what": name} | in_rounds(runs, out, options.rounds))
    note = (
        "The bound reads the film and runs the landmark model, nothing else. "
        f"Frames a second, median of {options.rounds} rounds in turns; {machine()}."
    )
    report.add(f"One program on MediaPipe {peer.VERSION} and on the stand-in", rows, note)


def race_of(
    kind: str, script: Path, loop: list[object], least: list[object]
) -> dict[str, list[str]]:
    """The commands of MediaPipe, of the stand-in, and of a loop that does nothing but read."""
    runs: dict[str, list[object]] = {
        "MediaPipe": [peer.python(), "-m", f"benchmarks.{script.stem}", *loop],
        "stand-in": [sys.executable, "-m", "benchmarks.stand_in", kind, *loop],
    }
    if least:
        runs["bound"] = [sys.executable, "-m", "benchmarks.bound", *least]
    return {name: list(map(str, command)) for name, command in runs.items()}


def in_rounds(runs: dict[str, list[str]], out: Path, rounds: int) -> dict[str, float]:
    """Frames a second of each, and how many times as fast as MediaPipe the stand-in is."""
    fps: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, command in runs.items():
            peer.check(name, command)
            with np.load(out) as saved:
                done = saved["done"]
            fps[name].append((len(done) - 1) / float(done[-1] - done[0]))
    found = {"bound": float("nan")} | {name: float(np.median(each)) for name, each in fps.items()}
    return found | {"times": found["stand-in"] / found["MediaPipe"]}


def soak(report: Report, options: argparse.Namespace) -> None:
    """Memory in a process of its own, which must end well."""
    data(*hands.FILM)  # Whatever is missing is said before the work is done.
    rows = []
    for task in SOAKED:
        for kind, count in (("calls", options.calls), ("lives", options.lives)):
            command = [sys.executable, "-m", "benchmarks.compat", "--soak-here", task, kind]
            done = subprocess.run(
                [*command, str(count)], capture_output=True, text=True, check=False
            )
            numbers = [float(word) for word in done.stdout.split()] or [float("nan")]
            rows.append(
                {
                    "what": f"{task}, {kind}",
                    "count": count,
                    "after a tenth MB": numbers[0],
                    "half MB": numbers[len(numbers) // 2],
                    "end MB": numbers[-1],
                    "exit code": done.returncode,
                    "stderr": len(done.stderr),
                }
            )
    report.add("Memory of the stand-in", rows, "Lite, 240 x 135 pixels.")


def soak_here(task: str, kind: str, count: int) -> None:
    """Print the resident memory ten times over so many calls or lives."""
    film = sample()[0] if task == "poses" else data(*hands.FILM)
    small = [cv2.resize(rgb, (240, 135)) for rgb in islice(decoded(film), 48, 68)]
    images = [mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb) for rgb in small]
    work: Any = _calls if kind == "calls" else _lives
    for done in work(SOAKED[task], images, count):
        if done % max(1, count // 10) == 0:
            print(memory_megabytes("VmRSS"), flush=True)


def _calls(start: Callable[[str], Any], images: list[mp.Image], count: int) -> Iterator[int]:
    with start("lite") as task:
        for stamp in range(1, count + 1):
            task.detect_for_video(images[stamp % len(images)], stamp * 33)
            yield stamp


def _lives(start: Callable[[str], Any], images: list[mp.Image], count: int) -> Iterator[int]:
    for life in range(1, count + 1):
        with start("lite") as task:
            task.detect_for_video(images[0], 0)
        yield life


SOAKED = {"poses": landmarker, "hands": hand_landmarker}
PARTS = {"same": same, "cost": cost, "race": race, "soak": soak}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compat", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    parser.add_argument("--models", choices=MODELS, nargs="+", default=MODELS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--kinds", choices=("film", "frames"), nargs="+", default=("film", "frames")
    )
    parser.add_argument(
        "--no-hands", dest="hands", action="store_false", help="a race of poses only"
    )
    parser.add_argument("--frames", type=int, default=60, help="held in memory for cost")
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--lives", type=int, default=1_000)
    parser.add_argument("--json", type=Path, help="write the tables there too")
    parser.add_argument(
        "--soak-here", nargs=3, metavar=("TASK", "KIND", "COUNT"), help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.soak_here:
        task, kind, count = options.soak_here
        soak_here(task, kind, int(count))
        return
    report = Report()
    for name in options.only or PARTS:
        PARTS[name](report, options)
    report.save(options.json)


if __name__ == "__main__":
    main()
