"""``vitruvian angles`` and ``vitruvian count``: tables, plots, and what they refuse."""

from __future__ import annotations

import csv
import io
import json
import sys

import av
import numpy as np
import pytest
from click.testing import CliRunner

from vitruvian.cli import cli
from vitruvian.recipe import Recipe
from vitruvian.sink import About
from vitruvian.sink.json import JsonSink
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.source.array import ArraySource
from vitruvian.types import Frame, Landmarks, People

LITE = ("--model", "lite")
IMAGE = np.zeros((48, 64, 3), np.uint8)
TIMES = np.arange(0, 9, 1 / 30)


def squatting(knee: float) -> np.ndarray:
    """A body in metres whose left knee is bent by so many degrees."""
    world = np.zeros((33, 3), np.float32)
    for side, x in (("left", 0.1), ("right", -0.1)):
        for name, place in (
            ("shoulder", (2 * x, -0.5, 0)),
            ("hip", (x, 0, 0)),
            ("knee", (x, 0.45, 0)),
            ("ankle", (x, 0.9, 0)),
        ):
            world[BLAZEPOSE_33.index(f"{side}_{name}")] = place
    bend = np.radians(knee)
    row = BLAZEPOSE_33.index("left_ankle")
    world[row] = 0.1, 0.45 + 0.45 * np.cos(bend), 0.45 * np.sin(bend)
    return world


@pytest.fixture
def clip(tmp_path):
    """Four bends of a knee in eight seconds, labelled."""
    about = About("gym.mp4", (64, 48), 30.0, False, BLAZEPOSE_33)
    with JsonSink(tmp_path, about) as sink:
        for index, time in enumerate(TIMES.tolist()):
            knee = 45 - 45 * np.cos(2 * np.pi * min(time, 8) / 2)
            world = squatting(knee)[None]
            sure = np.ones((1, 33), np.float32)
            body = Landmarks(BLAZEPOSE_33, world[..., :2] * 10, sure, sure, sure, world)
            people = People(
                np.array([[1, 1, 9, 9]], np.float32),
                np.ones(1, np.float32),
                ids=np.array([3]),
                body=body,
                names=("Ana",),
                labels=("down" if knee > 45 else "up",),
                label_scores=np.array([0.9], np.float32),
            )
            sink.write(Frame(IMAGE, index=index, time=time), people)
    return tmp_path / "gym.json"


def table(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def run(*arguments):
    return CliRunner().invoke(cli, [str(part) for part in arguments])


def test_angles_are_told_written_and_drawn(clip, tmp_path):
    out = tmp_path / "out"
    result = run("angles", clip, "--out", out, "--save", "csv,png,svg,parquet")
    assert result.exit_code == 0, result.output
    assert "person Ana" in result.output
    assert "left_knee_flexion" in result.output
    rows = table(out / "gym.angles.csv")
    assert len(rows) == len(TIMES)
    knee = np.array([float(row["left_knee_flexion"]) for row in rows])
    np.testing.assert_allclose(knee[:240], 45 - 45 * np.cos(np.pi * TIMES[:240]), atol=0.1)
    pace = np.array([float(row["left_knee_flexion_speed"]) for row in rows])
    np.testing.assert_allclose(pace[5:235], 45 * np.pi * np.sin(np.pi * TIMES[5:235]), atol=2)
    (knee_range,) = [
        row for row in table(out / "gym.ranges.csv") if row["angle"] == "left_knee_flexion"
    ]
    assert (knee_range["id"], knee_range["person"]) == ("3", "Ana")
    assert float(knee_range["range"]) == pytest.approx(90, abs=1)
    assert float(knee_range["speed"]) == pytest.approx(45 * np.pi, abs=3)
    assert rows[0]["left_elbow_flexion"] == "" or float(rows[0]["left_elbow_flexion"]) >= 0
    assert (out / "gym.angles.png").read_bytes().startswith(b"\x89PNG")
    drawing = (out / "gym.angles.svg").read_bytes()
    assert b"<svg" in drawing
    assert b">Ana<" in drawing
    assert (out / "gym.angles.parquet").read_bytes().startswith(b"PAR1")


def test_parquet_that_cannot_be_written_is_refused_before_a_film_is_looked_at(
    clip, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run("angles", clip, "--out", tmp_path / "out", "--save", "csv,parquet")
    assert "pip install 'vitruvian[parquet]'" in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["angles", "count", "positions"])
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_plot_that_cannot_be_drawn_is_refused_before_a_film_is_looked_at(
    command, kind, run, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr("vitruvian.cli.film.read_film", lambda *_: pytest.fail("it is looked at"))
    monkeypatch.setattr("vitruvian.cli.motion.read_film", lambda *_: pytest.fail("it is looked at"))
    done = run(command, "gym.mp4", "--out", tmp_path / "out", "--save", f"csv,{kind}")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "pip install 'vitruvian[plot]'" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["angles", "count"])
def test_a_plot_nobody_asked_for_is_left_out_where_it_cannot_be_drawn(
    command, clip, run, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run(command, clip, "--out", tmp_path / "out")
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert "the plot is left out" in done.err
    assert "pip install 'vitruvian[plot]'" in done.err
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".csv"}
    assert run(command, clip, "--out", tmp_path / "out", "--save", "csv").err == ""


def test_repetitions_of_a_class_are_drawn_beside_its_score(clip, tmp_path):
    result = run("count", clip, "--out", tmp_path, "--save", "svg", "--label", "down")
    assert result.exit_code == 0, result.output
    drawing = (tmp_path / "gym.repetitions.svg").read_bytes()
    assert b">down<" in drawing
    assert b">(score)<" in drawing
    assert b">left knee flexion<" in drawing
    assert b">(degrees)<" in drawing


def test_repetitions_are_counted_with_and_without_a_class(clip, tmp_path):
    for options in ((), ("--label", "down")):
        result = run("count", clip, "--out", tmp_path, "--save", "csv,png", *options)
        assert result.exit_code == 0, result.output
        assert "person Ana: 4 repetitions" in result.output
        rows = table(tmp_path / "gym.repetitions.csv")
        peaks = [float(row["peak"]) for row in rows]
        assert [(row["id"], row["person"]) for row in rows] == [("3", "Ana")] * 4
        np.testing.assert_allclose(np.diff(peaks), 2, atol=0.2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("angles", "nowhere.json"), "nowhere.json"),
        (("angles", "nowhere.mp4"), "nowhere.mp4"),
        (("angles", "CLIP", "--save", "pdf"), "no kind of output is called 'pdf'"),
        (("angles", "CLIP", "--only", "kneee"), "no angle is called 'kneee'"),
        (("count", "CLIP", "--label", "dwn"), "did you mean 'down'?"),
        (("count", "CLIP", "--label", "down", "--enter", "0.2"), "leave must be below enter"),
        (("count", "EMPTY"), "nobody was found"),
        (("count", "FRAMELESS"), "frameless.json holds no frame"),
        (("angles", "FRAMELESS"), "frameless.json holds no frame"),
        (("count", "UNLABELLED", "--label", "down"), "has no labels"),
        (("angles", "PICTURES"), "pictures"),
    ],
)
def test_what_is_of_no_use_is_refused_in_one_line(arguments, words, clip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = json.loads(clip.read_text())
    plain = json.loads(clip.read_text())
    for frame in plain["frames"]:
        for person in frame["people"]:
            del person["label"]
    (tmp_path / "unlabelled.json").write_text(json.dumps(plain))
    for frame in data["frames"]:
        frame["name"] = f"{frame['index']}.png"
    (tmp_path / "pictures.json").write_text(json.dumps(data))
    for frame in data["frames"]:
        frame["people"] = []
        del frame["name"]
    (tmp_path / "empty.json").write_text(json.dumps(data))
    (tmp_path / "frameless.json").write_text(json.dumps(data | {"frames": []}))
    others = ("EMPTY", "FRAMELESS", "PICTURES", "UNLABELLED")
    files = {"CLIP": clip} | {word: f"{word.lower()}.json" for word in others}
    result = run(*(files.get(part, part) for part in arguments), "--out", tmp_path / "out")
    assert result.exit_code != 0
    assert words in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not list(tmp_path.glob("out/*"))


def test_a_film_that_is_looked_at_shows_how_far_it_is(run, film, tmp_path, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    assert run("angles", film, "--out", tmp_path, *LITE).code == 0
    assert "walk.mp4" in shown.getvalue()
    assert "12/12" in shown.getvalue()


def test_a_film_cut_off_says_how_much_could_be_read(run, film, tmp_path):
    cut = tmp_path / "cut.mkv"
    with av.open(str(film)) as source, av.open(str(cut), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    said = run("run", cut, "--out", tmp_path, "--save", "json", *LITE)
    assert run("angles", cut, "--out", tmp_path, *LITE).err == said.err


def test_what_is_no_film_is_refused_before_it_is_looked_at(
    run, two_people_file, two_people, monkeypatch
):
    monkeypatch.setattr(Recipe, "build", lambda *_, **__: pytest.fail("it is looked at"))
    done = run("count", two_people_file)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "a film is needed" in done.err
    live = ArraySource([two_people])
    live.stills, live.live = False, True
    monkeypatch.setattr("vitruvian.source.open_source", lambda *_, **__: live)
    done = run("count", "0")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "vitruvian run --save json" in done.err


def test_labels_of_a_film_are_asked_for_before_it_is_looked_at(run, film, tmp_path, monkeypatch):
    monkeypatch.setattr("vitruvian.pipeline.Pipeline.run", lambda *_: pytest.fail("looked"))
    done = run("count", film, "--label", "up", "--model", "lite", "--out", tmp_path)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "a film has no labels yet" in done.err
