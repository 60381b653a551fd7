"""The command line as a user runs it, and small things to run it on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from vitruvian import cli

COMMAND = [sys.executable, "-c", "from vitruvian.cli import main; main()"]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capfd) -> Callable[..., Done]:
    """Runs the command line in this process; what C libraries print is seen too."""

    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["vitruvian", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        code = exit_.value.code
        return Done(code if isinstance(code, int) else 1, *capfd.readouterr())

    return call


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """For a process of its own."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@pytest.fixture(scope="session")
def start(environment) -> Callable[..., subprocess.Popen[str]]:
    """Starts the command line in a process of its own, which heeds Ctrl-C.

    A shell lets whatever it starts in the background ignore that, and processes inherit it.
    """
    heed = (
        None if sys.platform == "win32" else partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    )

    def call(*arguments: object, **options: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **{"preexec_fn": heed, **options},
        )

    return call


@pytest.fixture(scope="session")
def two_people(two_people_file) -> np.ndarray:
    """(192, 256, 3) RGB."""
    return cv2.cvtColor(cv2.imread(str(two_people_file)), cv2.COLOR_BGR2RGB)


@pytest.fixture(scope="session")
def film(tmp_path_factory, two_people) -> Path:
    """Two drawn people who drift to the right: 12 frames of 256x192 at 25 frames a second."""
    path = tmp_path_factory.mktemp("films") / "walk.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"g": "4"})
        stream.width, stream.height, stream.pix_fmt = 256, 192, "yuv420p"
        for step in range(12):
            rgb = av.VideoFrame.from_ndarray(np.roll(two_people, step, axis=1), "rgb24")
            container.mux(stream.encode(rgb))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="session")
def sound(tmp_path_factory) -> Path:
    """An MP4 without a picture."""
    path = tmp_path_factory.mktemp("sound") / "song.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        noise = np.random.default_rng(0).normal(0, 0.1, (1, 44100)).astype(np.float32)
        piece = av.AudioFrame.from_ndarray(noise, "fltp", "mono")
        piece.sample_rate = 44100
        container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path
