from __future__ import annotations

import json
import sys
import types
from importlib import import_module

import numpy as np
import pytest

from vitruvian import read_clip

evaluate = import_module("vitruvian.cli.evaluate")

TRUTH = "1,1,1,1,10,10,1,-1,-1,-1\n1,2,41,1,10,10,1,-1,-1,-1\n2,1,1,1,10,10,1,-1,-1,-1\n"
FOUND = "1,7,1,1,10,10\n1,9,41,1,10,10\n2,9,1,1,10,10\n"


@pytest.fixture
def truth(tmp_path):
    path = tmp_path / "gt.txt"
    path.write_text(TRUTH)
    return path


@pytest.fixture
def found(tmp_path):
    path = tmp_path / "found.txt"
    path.write_text(FOUND)
    return path


def test_a_table_of_measures_is_printed(run, truth, found):
    done = run("evaluate", found, truth)
    assert (done.code, done.err) == (0, "")
    head, *lines = done.out.splitlines()
    assert head == "found.txt: 2 frames, 2 people, 2 ids"
    table = dict(line.split() for line in lines)
    assert float(table["IDF1"]) == pytest.approx(2 / 3, abs=1e-4)
    assert float(table["MOTA"]) == pytest.approx(2 / 3, abs=1e-4)
    assert table["switches"] == "1"
    assert float(table["DetA"]) == 1


def test_quiet_prints_nothing(run, truth, found):
    assert run("evaluate", found, truth, "-q").out == ""


def test_the_numbers_are_saved_and_an_older_file_is_replaced(run, truth, found, tmp_path):
    out = tmp_path / "made" / "here"
    for _ in range(2):
        done = run("evaluate", found, truth, "--save", "json", "--out", out)
        assert done.code == 0
        assert str(out / "evaluation.json") in done.out
    assert [path.name for path in out.iterdir()] == ["evaluation.json"]
    saved = json.loads((out / "evaluation.json").read_text())
    assert (saved["format"], saved["version"]) == ("vitruvian.evaluation", 1)
    assert (saved["kind"], saved["people"], saved["ids"]) == ("tracks", 2, 2)
    assert saved["measures"]["switches"] == 1


def test_the_threshold_counts(run, truth, tmp_path):
    near = tmp_path / "near.txt"
    near.write_text("1,1,3,1,10,10\n")  # IoU 2/3
    assert "recall           0.3333" in run("evaluate", near, truth).out
    assert "recall           0.0000" in run("evaluate", near, truth, "--threshold", 0.7).out
    assert run("evaluate", near, truth, "--threshold", 1.5).code == 2


def test_a_film_is_run_and_its_json_says_the_same(run, film, tmp_path):
    quick = ("--model", "lite", "-q")
    assert run("run", film, *quick, "--save", "json", "--out", tmp_path).code == 0
    clip = read_clip(tmp_path / "walk.json")
    rows = [
        f"{index + 1},{i},{x0 + 1},{y0 + 1},{x1 - x0},{y1 - y0}\n"
        for index, boxes in zip(clip.indices, clip.boxes, strict=True)
        for i, (x0, y0, x1, y1) in zip(clip.ids, boxes, strict=True)
        if np.isfinite(x0)
    ]
    assert len(rows) > 10
    (tmp_path / "gt.txt").write_text("".join(rows))
    for result in (tmp_path / "walk.json", film):
        arguments = ("evaluate", result, tmp_path / "gt.txt", "--model", "lite")
        done = run(*arguments, "--save", "json", "--out", tmp_path)
        assert done.code == 0, done.err
        measures = json.loads((tmp_path / "evaluation.json").read_text())["measures"]
        assert measures["IDF1"] == pytest.approx(1)
        assert measures["HOTA"] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.txt", None, "cannot read"),
        ("none.json", None, "cannot read"),
        ("none.mp4", None, "there is no file"),
        ("empty.txt", b"", "is empty"),
        ("other.json", b"{}", "is not a clip"),
        ("words.txt", b"hello", "line 1 of"),
        ("text.mp4", b"To whom it may concern.\n" * 40, "text.mp4"),
    ],
)
def test_a_bad_result_is_one_line(run, truth, tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    refused(run("evaluate", tmp_path / name, truth), said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read"),
        (b"", "is empty"),
        (b"1,1,1\n", "line 1 of"),
        (b"1,1,1,1,9,9,0,1,1\n", "has nobody in it"),
        (b"\xff\xd8\xff", "is not text"),
    ],
)
def test_a_bad_truth_is_one_line(run, found, tmp_path, content, said):
    path = tmp_path / "truth.txt"
    if content is not None:
        path.write_bytes(content)
    refused(run("evaluate", found, path), said)


def test_what_is_no_film_has_no_tracks(run, truth, two_people_file):
    refused(run("evaluate", two_people_file, truth), "is not a film")


def test_where_it_cannot_be_saved(run, truth, found, tmp_path):
    (tmp_path / "file").write_text("")
    done = run("evaluate", found, truth, "-q", "--save", "json", "--out", tmp_path / "file")
    refused(done, "--out")


def classified(result, truth, options):
    return evaluate.Evaluation("classes", {"pictures": 3}, {"accuracy": 0.5, "threshold": 1})


def test_another_kind_of_result_is_one_line_more(run, truth, found, monkeypatch):
    home = types.SimpleNamespace(classified=classified)
    monkeypatch.setitem(sys.modules, "somewhere", home)
    monkeypatch.setitem(evaluate._KINDS, ".txt", "somewhere:classified")
    done = run("evaluate", found, truth)
    assert done.out.split() == "found.txt: 3 pictures accuracy 0.5000 threshold 1".split()


def test_two_arguments_are_needed(run, found):
    assert run("evaluate", found).code == 2


def refused(done, said):
    assert done.code == 1, done
    (line,) = done.err.splitlines()
    assert line.startswith("vitruvian: ")
    assert said in line
