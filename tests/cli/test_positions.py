"""``vitruvian positions`` and ``train-pairs``: timelines, lists of pairs, and what they refuse."""

from __future__ import annotations

import csv
import json
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from vitruvian.classify.pair_model import PairModel
from vitruvian.cli import cli
from vitruvian.sink import About
from vitruvian.sink.json import JsonSink
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, blazepose_to_coco
from vitruvian.types import Frame, Landmarks, People

IMAGE = np.zeros((480, 640, 3), np.uint8)


def standing(x: float, facing: float) -> np.ndarray:
    """(17, 2) pixels of somebody upright, seen from the side."""
    heights = {"eye": 100, "ear": 105, "shoulder": 150, "elbow": 200, "wrist": 240, "hip": 250,
               "knee": 330, "ankle": 400}  # fmt: skip
    body = np.zeros((17, 2), np.float32)
    for name, y in heights.items():
        for side, dx in (("left", 8), ("right", -8)):
            forward = {"eye": 12, "wrist": 40, "elbow": 15, "knee": 8}.get(name, 0)
            body[COCO_17.index(f"{side}_{name}")] = x + dx + facing * forward, y
    body[0] = x + facing * 20, 105
    return body


@pytest.fixture
def match(tmp_path):
    """Two people who stand face to face for four seconds."""
    about = About("match.mp4", (640, 480), 30.0, False, BLAZEPOSE_33)
    with JsonSink(tmp_path, about) as sink:
        for index in range(120):
            body = Landmarks.missing(BLAZEPOSE_33, (2,))
            both = np.stack([standing(250, 1), standing(380, -1)])
            body.xy[:, list(blazepose_to_coco)] = both
            body.visibility[...] = 0.9
            boxes = np.concatenate([both.min(1), both.max(1)], axis=1)
            ones = np.ones(2, np.float32)
            people = People(boxes, ones, ids=np.array([1, 2]), body=body)
            sink.write(Frame(IMAGE, index=index, time=index / 30), people)
    return tmp_path / "match.json"


@pytest.fixture
def interrupted(match):
    """The same, but for a second and a half the second of them is not there."""
    data = json.loads(match.read_text())
    for frame in data["frames"][40:85]:
        frame["people"] = frame["people"][:1]
    match.write_text(json.dumps(data))
    return match


def run(*arguments):
    return CliRunner().invoke(cli, [str(part) for part in arguments])


def test_a_time_in_which_one_is_not_seen_is_told(interrupted, tmp_path):
    result = run("positions", interrupted, "--out", tmp_path / "out", "--save", "json")
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.output.splitlines() if "not seen" in line]
    start, end = float(line.split()[0]), float(line.split()[3])
    assert start == pytest.approx(1.3, abs=0.15)
    assert end == pytest.approx(2.83, abs=0.15)


def test_a_film_has_a_timeline(match, tmp_path):
    out = tmp_path / "out"
    result = run("positions", match, "--out", out, "--save", "png,svg,csv,json")
    assert result.exit_code == 0, result.output
    assert "standing" in result.output
    rows = list(csv.DictReader((out / "match.positions.csv").read_text().splitlines()))
    assert [row["label"] for row in rows] == ["standing"]
    told = json.loads((out / "match.positions.json").read_text())
    assert told["people"] == [1, 2]
    assert told["stretches"][0]["position"] == "standing"
    assert told["seconds"]["standing"] == pytest.approx(3.9, abs=0.2)
    assert told["transitions"] == []
    assert (out / "match.positions.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (out / "match.positions.svg").read_bytes()


def test_a_timeline_that_cannot_be_drawn_is_left_out(match, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run("positions", match, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    (line,) = result.stderr.splitlines()
    assert "the plot is left out" in line
    assert "pip install 'vitruvian[plot]'" in line
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".csv", ".json"}


def test_whoever_has_a_name_is_called_by_it(match, tmp_path):
    data = json.loads(match.read_text())
    for frame in data["frames"]:
        frame["people"][1]["name"] = "Ana"
    match.write_text(json.dumps(data))
    result = run("positions", match, "--out", tmp_path / "out", "--save", "json")
    assert result.output.splitlines()[0] == "1 and Ana"
    told = json.loads((tmp_path / "out" / "match.positions.json").read_text())
    assert told["names"] == [None, "Ana"]


def test_the_name_of_somebody_else_changes_nothing(match, tmp_path):
    data = json.loads(match.read_text())
    for frame in data["frames"]:
        other = frame["people"][1] | {"id": 9, "name": "Ana"}
        frame["people"].append(other)
    match.write_text(json.dumps(data))
    result = run("positions", match, "--out", tmp_path / "out", "--save", "json", "--ids", "1,2")
    assert result.output.splitlines()[0] == "people 1 and 2"


def pairs_file(path, count=8, **fields):
    samples = [
        {
            "image_id": f"i{n}",
            "pose1": standing(250 + n, 1).tolist(),
            "pose2": standing(380 if n % 2 else 900, -1).tolist(),
            **{key: value[n % len(value)] for key, value in fields.items()},
        }
        for n in range(count)
    ]
    path.write_text(json.dumps(samples))
    return path


def test_a_list_of_pairs_is_named_and_compared(tmp_path):
    pairs = pairs_file(tmp_path / "pairs.json", position=["standing", "mount1"])
    result = run("positions", "evaluate", pairs, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "8 labelled pairs: macro F1" in result.output
    rows = json.loads((tmp_path / "out" / "positions.json").read_text())
    assert [row["image_id"] for row in rows] == [f"i{n}" for n in range(8)]
    for row in rows:
        assert set(row) == {"image_id", "predicted", "top", "score"}
        assert row["top"] in (1, 2, None)
        assert 0 <= row["score"] <= 1
    assert {row["predicted"] for row in rows} == {"standing"}


def test_another_activity_is_learned_and_used(match, tmp_path):
    samples = pairs_file(tmp_path / "dance.json", 40, position=["apart", "close"])
    model = tmp_path / "dance.npz"
    result = run("train-pairs", samples, "--out", model, "--views", "1500", "--networks", "1")
    assert result.exit_code == 0, result.output
    assert PairModel.load(model).classes == ("apart", "close")
    result = run("positions", match, "--activities", model, "--out", tmp_path / "o")
    assert result.exit_code == 0, result.output
    assert "close" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("positions", "nowhere.mp4"), "nowhere.mp4"),
        (("positions", "MATCH", "--ids", "1"), "two ids"),
        (("positions", "MATCH", "--ids", "1,1"), "different ids"),
        (("positions", "MATCH", "--ids", "1,7"), "has id 7"),
        (("positions", "MATCH", "--save", "pdf"), "'pdf'"),
        (("positions", "MATCH", "--activities", "none.npz"), "cannot read none.npz"),
        (("positions", "evaluate", "none.json"), "cannot read none.json"),
        (("train-pairs", "none.json", "--out", "a.npz"), "cannot read none.json"),
        (("train-pairs", "none.json", "--out", "a.tflite"), "is a .npz"),
    ],
)
def test_what_is_of_no_use_is_refused_in_one_line(arguments, words, match, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parts = [match if part == "MATCH" else part for part in arguments]
    if "--out" not in parts:
        parts += ["--out", tmp_path / "out"]
    result = run(*parts)
    assert result.exit_code != 0
    assert words in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not list(tmp_path.glob("out/*"))
