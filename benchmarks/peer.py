"""Sets MediaPipe up in ``.bench/`` and runs it there, on the same weights as ours."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vitruvian.weights import obtain

VERSION = "1.2.2"
BENCH = Path(".bench")
SCRIPT = Path(__file__).with_name("peer_mediapipe.py")


@dataclass(frozen=True)
class Poses:
    """What a process found in a list of pictures or the frames of a film.

    Args:
        landmarks: Per picture (N, 33, 5) from MediaPipe, x, y as shares of the picture, z,
            visibility, presence; (N, 33, 2) pixels from ours.
        done: Per frame of a film, when its result was there, in seconds since work began.
        resident: Per pass of a film, the memory in use after it, in MB.
        peak: The most memory the process ever used, in MB.
    """

    landmarks: list[NDArray[np.float32]]
    done: NDArray[np.float64]
    resident: NDArray[np.float64]
    peak: float

    @classmethod
    def read(cls, path: Path) -> Poses:
        """Read what `peer_mediapipe` or `ours_film` wrote."""
        with np.load(path) as saved:
            ends = np.cumsum(saved["counts"])
            return cls(
                np.split(saved["landmarks"], ends[:-1]),
                saved["done"] if "done" in saved else np.zeros(0),
                saved["resident"] if "resident" in saved else np.zeros(0),
                float(saved["peak"]) if "peak" in saved else float("nan"),
            )


def of_pictures(paths: Sequence[Path], model: str, people: int) -> Poses:
    """The peer on single pictures; kept, because it always answers the same."""
    listed = BENCH / "pictures.txt"
    BENCH.mkdir(exist_ok=True)
    listed.write_text("".join(f"{path}\n" for path in paths))
    return _kept("pictures", listed.read_text(), "--list", listed, model=model, people=people)


def of_film(film: Path, model: str, people: int, *, mode: str, step: int, rate: float) -> Poses:
    """The peer on a film, for what it finds and not for how long it takes; kept."""
    options = ("--film", film, "--mode", mode, "--step", step, "--rate", rate)
    return _kept("film", "", *options, model=model, people=people)


def timed(film: Path, model: str, people: int, *, rate: float, passes: int = 1) -> Poses:
    """The peer on a film, run now."""
    out = BENCH / "timed.npz"
    arguments = ("--film", film, "--rate", rate, "--passes", passes, *_task(model, people))
    _run("film", *arguments, "--out", out)
    return Poses.read(out)


def ours_timed(film: Path, model: str, people: int | None, *, passes: int = 1) -> Poses:
    """Vitruvian on a film, run now, in a process of its own as well."""
    out = BENCH / "timed.npz"
    out.parent.mkdir(exist_ok=True)
    options: list[object] = ["--film", film, "--model", model, "--passes", passes, "--out", out]
    if people is not None:
        options += ["--people", people]
    command = [sys.executable, "-m", "benchmarks.ours_film", *map(str, options)]
    check("Vitruvian", command)
    return Poses.read(out)


def _kept(command: str, also: str, *options: object, model: str, people: int) -> Poses:
    arguments = (*options, *_task(model, people))
    key = " ".join(map(str, (VERSION, SCRIPT.read_text(), also, command, *arguments)))
    out = BENCH / "results" / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    if not out.exists():
        out.parent.mkdir(exist_ok=True)
        _run(command, *arguments, "--out", out)
    return Poses.read(out)


def _task(model: str, people: int) -> tuple[object, ...]:
    return ("--task", _bundle(model), "--people", people)


def _bundle(model: str) -> Path:
    made = BENCH / f"{model}.task"
    if not made.exists():
        BENCH.mkdir(exist_ok=True)
        detector, landmarks = obtain("blazepose-detector"), obtain(f"blazepose-{model}")
        half = made.with_suffix(".half")
        _run("bundle", "--detector", detector, "--landmarks", landmarks, "--out", half)
        half.rename(made)
    return made


def python() -> Path:
    """The interpreter that has MediaPipe; makes its environment the first time."""
    python = BENCH / "venv" / "bin" / "python"
    ready = BENCH / "venv" / f"mediapipe-{VERSION}"
    if not ready.exists():
        say(f"making {python.parent.parent} with mediapipe {VERSION}")
        subprocess.run([sys.executable, "-m", "venv", BENCH / "venv"], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, f"mediapipe=={VERSION}"], check=True)
        subprocess.run([*pip, "--no-deps", "ai-edge-litert"], check=True)
        ready.touch()
    return python


def _run(*arguments: object) -> None:
    check("MediaPipe", [str(python()), str(SCRIPT), *map(str, arguments)])


def check(name: str, command: list[str]) -> None:
    """Run a command; what it says goes into the error if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")


def say(text: str) -> None:
    """Tell the person waiting what is going on; results go to stdout, this does not."""
    print(text, file=sys.stderr, flush=True)
