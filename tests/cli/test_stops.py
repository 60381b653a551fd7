"""A run that is stopped half-way leaves files that can be read, where they would have been."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time

import av
import pytest

from vitruvian import read_clip, weights

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

LITE = ("--model", "lite", "--people", 1)
PATIENCE = 60


@pytest.fixture(scope="module")
def long_film():
    return weights.obtain("demo-film")


def some_frames(path):
    """Some frames are on the disk: the file is written to about once a second."""
    return path.is_file() and path.read_bytes().count(b'"index"') >= 3


def all_written(path):
    """A write has just ended, and the film beside it has begun: no encoder gives at once."""
    try:
        json.loads(path.read_bytes())
        film = path.with_name("demo_annotated.mp4").read_bytes()
    except (OSError, ValueError):
        return False
    return some_frames(path) and b"moof" in film


def wait_for(there, process, path):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if there(path):
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    pytest.fail(f"nothing was written in {PATIENCE} s")


def stop(start, film, out, how, *options, there=some_frames):
    """Stop a run that is under way; what it said on stderr, and its exit code."""
    process = start("run", film, "--out", out, *LITE, *options)
    try:
        wait_for(there, process, out / "demo.json")
        process.send_signal(how)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    return process.returncode, [line for line in err.splitlines() if line.strip()]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_whole_files_under_their_own_names(start, long_film, tmp_path, how):
    code, said = stop(start, long_film, tmp_path, how, "--save", "json,csv,video")
    assert (code, said) == (130, ["stopped"])
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"demo.json", "demo.csv", "demo_annotated.mp4"}
    clip = read_clip(tmp_path / "demo.json")
    assert 3 <= len(clip.times) < 230
    with (tmp_path / "demo.csv").open(newline="") as file:
        frames = {int(row["frame"]) for row in csv.DictReader(file)}
    assert max(frames) in clip.indices
    with av.open(str(tmp_path / "demo_annotated.mp4")) as container:
        shown = sum(1 for _ in container.decode(video=0))
    # The frame under way may have reached one of the files and not the other.
    assert abs(shown - len(clip.times)) <= 1


def test_an_earlier_result_is_kept_and_the_part_lies_beside_it(start, long_film, tmp_path):
    (tmp_path / "demo.json").write_text('{"earlier": [{"index": 0}, {"index": 1}, {"index": 2}]}')
    process = start("run", long_film, "--out", tmp_path, *LITE, "--save", "json")
    try:
        wait_for(some_frames, process, tmp_path / "demo.part.json")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert "earlier" in json.loads((tmp_path / "demo.json").read_text())
    assert len(read_clip(tmp_path / "demo.part.json").times) >= 3


def test_a_killed_run_leaves_what_was_written_so_far(start, long_film, tmp_path):
    options = ("--save", "json,csv,video")
    code, said = stop(start, long_film, tmp_path, signal.SIGKILL, *options, there=all_written)
    assert (code, said) == (-signal.SIGKILL, [])
    clip = read_clip(tmp_path / "demo.json")
    assert len(clip.times) >= 3
    assert clip.present.any()
    with (tmp_path / "demo.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 3 * 33
    assert all(row["landmark"] for row in rows)
    with av.open(str(tmp_path / "demo_annotated.mp4")) as container:
        assert len(container.streams.video) == 1


def test_a_stop_before_the_first_frame_leaves_nothing(start, long_film, tmp_path):
    process = start("run", long_film, "--out", tmp_path / "out", *LITE)
    time.sleep(0.3)  # while Python itself starts, a Ctrl-C may get lost
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    left = list((tmp_path / "out").iterdir()) if (tmp_path / "out").is_dir() else []
    for path in left:
        assert path.stat().st_size > 0
    assert process.returncode != 0


def test_ctrl_c_while_the_command_line_is_loading(environment):
    pressed = (
        "import sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'vitruvian.cli':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "from vitruvian.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", pressed], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped\n")
