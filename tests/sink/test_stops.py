"""A process that is killed, and a disk that is full, leave files that ordinary readers open."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Frames = Callable[[Path], list[int]]

ENDLESS = """
import sys, time
from pathlib import Path
import numpy as np
from vitruvian.sink import About, Sinks, make_sinks
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

about = About("demo.mp4", (64, 48), 25.0, False, BLAZEPOSE_33)
sinks = Sinks(make_sinks(["json", "csv", "video"], Path(sys.argv[1]), about))
people = People(np.zeros((1, 4), np.float32), np.ones(1, np.float32), ids=np.ones(1, np.int64),
                body=Landmarks.missing(BLAZEPOSE_33, (1,)))
for index in range(10**9):
    image = np.full((48, 64, 3), index % 255, np.uint8)
    sinks.write(Frame(image, index=index, time=index / 25), people)
    if index == 100:
        time.sleep(1.1)
    if index == 200:
        print("under way", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_process_that_is_killed_leaves_readable_files(tmp_path: Path, frames_in: Frames) -> None:
    command = [sys.executable, "-c", ENDLESS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "under way\n"
        process.send_signal(signal.SIGKILL)
    for name in ("demo.json", "demo.csv", "demo_annotated.mp4"):
        frames = frames_in(tmp_path / name)
        assert len(frames) > 80
        assert frames == list(range(len(frames)))


LITTLE_ROOM = """
import resource, sys
from pathlib import Path
import numpy as np
from vitruvian.errors import SinkError
from vitruvian.sink import About, make_sinks
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

kind, out, room, frames = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
about = About("demo.mp4", (64, 48), 25.0, False, BLAZEPOSE_33)
rng = np.random.default_rng(0)
n = 40 if kind == "parquet" else 1
one = lambda *shape: rng.random((n, 33, *shape)).astype(np.float32)
crowd = lambda: People(np.zeros((n, 4), np.float32), np.ones(n, np.float32), ids=np.arange(n),
                       body=Landmarks(BLAZEPOSE_33, one(2), one(), one(), one(), one(3)))
try:
    with make_sinks([kind], out, about)[0] as sink:
        for index in range(frames):
            image = rng.integers(0, 255, (48, 64, 3), np.uint8)
            sink.write(Frame(image, index=index, time=index / 25), crowd())
except SinkError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("name", "room", "frames"),
    [
        ("demo.json", 400_000, 500),
        ("demo.csv", 400_000, 500),
        ("demo.parquet", 4_500_000, 150),
        ("demo_annotated.mp4", 100_000, 300),
    ],
)
def test_a_full_disk_is_said_and_leaves_what_was_written(
    name: str, room: int, frames: int, tmp_path: Path, frames_in: Frames
) -> None:
    pytest.importorskip("resource", reason="the size of a file cannot be limited here")
    kind = "video" if name.endswith("mp4") else name.partition(".")[2]
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    command = [sys.executable, "-W", "error", "-c", LITTLE_ROOM, kind, str(tmp_path), str(room)]
    run = subprocess.run([*command, str(frames)], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.startswith(f"cannot write {tmp_path / name}: no space is left")
    assert run.stdout.count("\n") == 1
    got = frames_in(tmp_path / name)
    assert 0 < len(got) < frames
    assert got == list(range(len(got)))
