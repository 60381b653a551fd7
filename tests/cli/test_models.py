from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from vitruvian import weights
from vitruvian.cli.models import models
from vitruvian.errors import UnknownNameError, WeightsError


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(models, arguments)


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRUVIAN_CACHE", str(tmp_path))
    monkeypatch.setenv("VITRUVIAN_OFFLINE", "1")
    return tmp_path


def test_the_table_has_every_model_with_licence_size_and_state(run, empty):
    lines = run().output.splitlines()
    for row in weights.rows():
        (line,) = (line for line in lines if line.startswith(f"{row.name} "))
        size = [f"{row.size / 1e6:.1f}", "MB"]
        assert line.split()[1:] == [row.kind, *row.licence.split(), *size, "missing"]
    assert lines[-1] == f"kept in {empty}"


def test_json_has_the_same_for_machines(run, empty):
    (empty / "pose_landmark_lite.tflite").write_bytes(b"damaged")
    entries = {entry["name"]: entry for entry in json.loads(run("--json").output)}
    assert entries.keys() == {row.name for row in weights.rows()}
    assert entries["blazepose-lite"]["state"] == "damaged"
    assert entries["blazepose-full"]["state"] == "missing"
    assert entries["blazepose-full"]["licence"] == "Apache-2.0"
    assert len(entries["blazepose-full"]["files"][0]["sha256"]) == 64


def test_pull_fetches_and_is_quiet_without_a_terminal(run):
    name = "movenet-lightning"
    result = run("pull", name)
    assert (result.output, result.exit_code) == ("", 0)
    assert weights.state(weights.row(name)) == "cached"


def test_pull_of_a_wrong_name_suggests_and_fetches_nothing(run, empty):
    result = run("pull", "blazepose-lite", "blazepose-ful")
    assert isinstance(result.exception, UnknownNameError)
    assert "did you mean 'blazepose-full'" in str(result.exception)
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("command", ["pull", "path"])
@pytest.mark.parametrize("size", ["lite", "full"])
def test_the_names_that_run_knows_are_the_landmark_models(run, command, size):
    result = run(command, size)
    expected = f"{weights.obtain(f'blazepose-{size}')}\n" if command == "path" else ""
    assert (result.exit_code, result.output) == (0, expected)


def test_pull_that_fails_raises_what_the_edge_prints(run, empty):
    result = run("pull", "blazepose-lite")
    assert isinstance(result.exception, WeightsError)


def test_a_size_that_is_nearly_right_suggests_the_size(run, empty):
    assert "did you mean 'full'" in str(run("pull", "ful").exception)


def test_path_prints_the_file_and_nothing_else(run):
    result = run("path", "blazepose-lite")
    assert result.exit_code == 0
    assert result.output == f"{weights.obtain('blazepose-lite')}\n"


def test_path_of_a_wrong_name_suggests(run, empty):
    result = run("path", "demo-flim")
    assert isinstance(result.exception, UnknownNameError)
    assert "did you mean 'demo-film'" in str(result.exception)
