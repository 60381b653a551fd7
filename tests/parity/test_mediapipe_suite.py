"""MediaPipe's own tests, out of its wheel, against `vitruvian.compat.mediapipe`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITE = Path(__file__).with_name("mediapipe_suite.py")

TESTS = "mediapipe/tasks/python/test/"
EXPECTED = {
    "image_test": (13, 0),
    "pose_landmarker_test": (31, 0),
    "hand_landmarker_test": (20, 11),
    "image_embedder_test": (15, 10),
    "interactive_segmenter_legacy_test": (5, 7),
}
"""How many tests pass, and how many need files that are nowhere to be had."""


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A folder that holds the MediaPipe 1.x wheel, unpacked or installed."""
    named = os.environ.get("VITRUVIAN_MEDIAPIPE")
    folders = [Path(named)] if named else sorted(ROOT.glob(".bench/venv/lib/python*/site-packages"))
    if named and zipfile.is_zipfile(named):
        folders = [tmp_path_factory.mktemp("wheel")]
        with zipfile.ZipFile(named) as wheel:
            tests = [name for name in wheel.namelist() if name.startswith(TESTS)]
            wheel.extractall(folders[0], tests)
    for folder in folders:
        if (folder / TESTS / "vision").is_dir():
            return folder
    pytest.skip("needs mediapipe's wheel, named by VITRUVIAN_MEDIAPIPE; see docs/migrating.md")


@pytest.mark.parametrize("module", EXPECTED)
def test_its_own_tests_pass(packages, data, module):
    command = [sys.executable, str(SUITE), str(packages), str(data / "mediapipe"), module]
    path = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if "No module named 'absl'" in done.stderr:
        pytest.skip("needs absl-py, beside mediapipe or installed")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    failed = {name: text for name, text in outcome.items() if text.startswith("failed")}
    assert not failed, "\n".join(f"{name}\n{text}" for name, text in failed.items())
    passed = sum(text == "passed" for text in outcome.values())
    assert (passed, len(outcome) - passed) == EXPECTED[module]
