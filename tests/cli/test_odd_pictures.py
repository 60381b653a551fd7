"""Pictures that are unusual and not wrong."""

from __future__ import annotations

import json
import sys
import time

import cv2
import numpy as np
import pytest

LITE = ("--model", "lite", "--save", "json,video")


def frame_of(path):
    data = json.loads(path.read_text())
    (frame,) = data["frames"]
    return (data["width"], data["height"]), frame["people"]


@pytest.fixture
def pictures(two_people):
    bgr = two_people[..., ::-1]
    return {
        "deep.png": bgr.astype(np.uint16) * 257,
        "grey.png": cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY),
        "deep-grey.png": cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257,
        "alpha.png": np.dstack([bgr, np.full(bgr.shape[:2], 255, np.uint8)]),
        "picture.jpg": bgr,
        "picture.webp": bgr,
        "picture.bmp": bgr,
        "picture.tiff": bgr,
    }


NAMES = """deep.png grey.png deep-grey.png alpha.png picture.jpg picture.webp picture.bmp
picture.tiff""".split()


@pytest.mark.parametrize("name", NAMES)
def test_both_are_found_in_any_kind_of_picture(run, pictures, name, tmp_path):
    path = tmp_path / name
    assert cv2.imwrite(str(path), pictures[name])
    done = run("run", path, "--out", tmp_path / "out", *LITE)
    assert (done.code, done.err) == (0, "")
    size, people = frame_of(tmp_path / "out" / f"{path.stem}.json")
    assert size == (256, 192)
    assert len(people) == 2


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 5)])
def test_a_picture_with_room_for_nobody_holds_nobody(run, size, tmp_path):
    path = tmp_path / "tiny.png"
    cv2.imwrite(str(path), np.full((*size[::-1], 3), 90, np.uint8))
    done = run("run", path, "--out", tmp_path / "out", "--masks", *LITE)
    assert (done.code, done.err) == (0, "")
    assert frame_of(tmp_path / "out" / "tiny.json") == (size, [])


PEAK = """
import atexit, pathlib, re
from vitruvian.cli import main
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: print("peak", re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]))
main()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_panorama_takes_neither_long_nor_much_memory(environment, two_people, tmp_path):
    import subprocess

    sky = np.linspace(120, 200, 600).astype(np.uint8)
    wide = np.broadcast_to(sky[:, None, None], (600, 12_000, 3)).copy()
    large = cv2.resize(two_people, (512, 384), interpolation=cv2.INTER_CUBIC)
    for x in (2000, 9000):
        wide[150:534, x : x + 512] = large
    path = tmp_path / "panorama.png"
    cv2.imwrite(str(path), wide[..., ::-1])
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PEAK, "run", path, "--out", tmp_path / "out", *LITE],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - started < 60
    peak = int(done.stdout.split("peak")[1])
    assert peak < 700_000, f"{peak} kB"
    size, people = frame_of(tmp_path / "out" / "panorama.json")
    assert size == (12_000, 600)
    assert 2 <= len(people) <= 4
    for person in people:
        x0, _, x1, _ = person["box"]
        assert any(x - 60 < x0 < x1 < x + 572 for x in (2000, 9000))
