"""ARCHITECTURE.md tells of the code as it is."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "vitruvian"
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_tree_is_the_tree():
    block = TEXT.partition("src/vitruvian/\n")[2].partition("\ntests/")[0]
    told = {line.split()[0].rstrip("/") for line in block.splitlines()}
    files = {path.name for path in SOURCE.glob("*.py")}
    folders = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert told == files | folders


def test_the_layers_are_those_that_are_checked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if "layers" in contract)
    assert "```\n" + "\n".join(layers) + "\n```" in TEXT


def test_every_file_named_exists():
    for name in re.findall(r"`((?:tests|[a-z]+)/[\w./]*)`", TEXT):
        assert (SOURCE / name).exists() or (ROOT / name).exists(), name


def test_every_stage_named_is_one():
    (row,) = (line for line in TEXT.splitlines() if line.startswith("| `Stage`"))
    homes = "detect landmark embed associate smooth fit segment classify".split()
    stages = {
        name
        for home in homes
        for module in [import_module(f"vitruvian.{home}")]
        for name in module.__all__
        if hasattr(getattr(module, name), "needs")
    }
    assert stages == set(row.split("|")[3].replace(" ", "").split(","))
