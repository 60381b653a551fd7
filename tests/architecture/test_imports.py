"""What may be loaded when, and who may import whom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = "cv2 av ai_edge_litert rich click pyarrow platformdirs http.client urllib.request".split()


@pytest.fixture(scope="module")
def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def loaded(environment, code):
    """The modules of a new process after some code, of those that take long to load."""
    report = (
        f"import json, sys\n{code}\nprint(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", report], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "code",
    [
        "import vitruvian",
        "import vitruvian; vitruvian.People, vitruvian.InputError, vitruvian.BLAZEPOSE_33",
        "import vitruvian; vitruvian.read_clip",
        "import vitruvian.weights",
        "import vitruvian.source",
        "import vitruvian.runtime",
        "from vitruvian.recipe import Recipe; Recipe()",
    ],
)
def test_what_is_light_loads_nothing_heavy(environment, code):
    assert loaded(environment, code) == []


def test_opening_loads_no_engine_and_help_loads_no_pictures(environment):
    engine = loaded(environment, "import vitruvian; vitruvian.open")
    assert not {"cv2", "av", "ai_edge_litert"} & set(engine)
    shown = "from vitruvian.cli import cli; cli.main(['run', '--help'], standalone_mode=False)"
    assert loaded(environment, shown) == ["click"]


def test_arrows_point_down_only():
    pytest.importorskip("importlinter")
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; "
         "lint_imports_command()", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_files_stay_small_enough_to_read():
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 420, f"{path.relative_to(ROOT)} has {lines} lines"


def test_no_module_has_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}
    source = ROOT / "src" / "vitruvian"
    paths = [path.relative_to(source).with_suffix("") for path in source.rglob("*.py")]
    # In compat the folders are called as in the package that they stand in for.
    names = {part for path in paths for part in path.parts if path.parts[0] != "compat"}
    assert not names & empty
