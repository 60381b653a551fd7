"""From a CSV to a classifier and its report, on the command line."""

from __future__ import annotations

import json
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from vitruvian.classify import COURSE, OURS, Collected, PoseClassifier, PoseTable, read_table
from vitruvian.cli import cli
from vitruvian.cli.classes import evaluate_classifier
from vitruvian.cli.train import _opened
from vitruvian.errors import InputError, VitruvianError
from vitruvian.skeletons import blazepose_to_coco


@pytest.fixture(scope="module")
def folder(tmp_path_factory, figure):
    """The landmarks of two poses as CSV, and a classifier learned from them."""
    out = tmp_path_factory.mktemp("train")
    rng = np.random.default_rng(0)
    bodies, files = [], []
    for arms in ("down", "up"):
        for i in range(6):
            world = np.concatenate([figure(0, -150, arms=arms) / 200, np.zeros((33, 1))], 1)
            world += rng.normal(0, 0.01, world.shape)
            bodies.append(np.concatenate([world[:, :2] * 200, np.ones((33, 1)), world], 1))
            files.append(f"{arms}/{i}.jpg")
    body = np.array(bodies, np.float32)
    points = body[:, list(blazepose_to_coco), :3]
    truth = np.repeat(np.arange(2), 6)
    table = PoseTable(tuple(files), ("down", "up"), truth, body, points)
    (out / "landmarks.csv").write_text(table.csv(OURS))
    (out / "landmarks_17.csv").write_text(table.csv(COURSE))
    run("train", out / "landmarks.csv", "--out", out / "arms.tflite", "--quiet")
    return out


def run(*arguments):
    return cli.main([str(a) for a in arguments], standalone_mode=False)


def test_the_report_is_whole(folder):
    report = folder / "arms_report"
    names = {path.name for path in report.iterdir()}
    assert names >= {"report.json", "confusion.png", "left_out.csv"}
    assert not [path for path in folder.rglob("*") if ".part" in path.name]
    data = json.loads((report / "report.json").read_text())
    assert data["classes"] == ["down", "up"]
    assert np.trace(data["confusion"]) / 12 == pytest.approx(data["accuracy"])
    assert len(data["predictions"]) == 12
    assert cv2.imread(str(report / "confusion.png")).shape[2] == 3


def test_a_class_without_a_pose_is_said_to_be_and_is_not_learned(
    folder, tmp_path, monkeypatch, capsys
):
    table, _ = read_table(folder / "landmarks.csv")
    table = replace(table, classes=("bow", *table.classes), truth=table.truth + 1)
    monkeypatch.setattr("vitruvian.cli.train.read_poses", lambda *_, **__: Collected(table, []))
    run("train", folder / "landmarks.csv", "--out", tmp_path / "c.tflite", "--quiet")
    assert "class 'bow' has no pose and is not learned" in capsys.readouterr().err
    assert PoseClassifier(tmp_path / "c.tflite").labels[:-1] == ("down", "up")
    report = json.loads((tmp_path / "c_report" / "report.json").read_text())
    assert report["classes"] == ["down", "up"]


def test_one_class_is_refused_before_anything_is_read_or_written(folder, tmp_path, monkeypatch):
    poses = tmp_path / "poses"
    (poses / "up").mkdir(parents=True)
    (poses / "down").mkdir()
    cv2.imwrite(str(poses / "up" / "a.png"), np.zeros((8, 8, 3), np.uint8))
    text = (folder / "landmarks.csv").read_text().splitlines()
    (tmp_path / "up.csv").write_text("\n".join([text[0], *text[7:]]))
    for source in (poses, tmp_path / "up.csv"):
        with pytest.raises(InputError, match="poses of 'up' only"):
            run("train", source, "--out", tmp_path / "o.tflite", "--quiet")
    assert {path.name for path in tmp_path.iterdir()} == {"poses", "up.csv"}


def test_who_counts_is_said_where_there_are_several(folder, tmp_path, monkeypatch, capsys):
    table, _ = read_table(folder / "landmarks.csv")
    found = Collected(table, several=3)
    monkeypatch.setattr("vitruvian.cli.train.read_poses", lambda *_, **__: found)
    run("train", folder / "landmarks.csv", "--out", tmp_path / "c.tflite", "--quiet")
    said = capsys.readouterr().err
    assert "several people are in 3 of the pictures" in said
    assert "the most prominent of each counts (--several)" in said


def test_a_frame_of_a_clip_is_shown_as_it_was_at_its_moment(tmp_path):
    path = tmp_path / "tree" / "clip#1.mkv"
    path.parent.mkdir()
    with av.open(str(path), "w") as file:
        stream = file.add_stream("ffv1", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "bgr0"
        for grey in (20, 90, 160):
            picture = np.full((32, 32, 3), grey, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        file.mux(stream.encode())
    seen = [_opened(path, f"tree/clip#1.mkv#{time}").mean() for time in ("0.00", "0.10", "0.20")]
    np.testing.assert_allclose(seen, [20, 90, 160], atol=2)
    assert _opened(path, "tree/clip#1.mkv").mean() == pytest.approx(20, abs=2)
    (tmp_path / "tree" / "text.png").write_text("no picture")
    assert _opened(tmp_path / "tree" / "text.png", "tree/text.png") is None


def test_training_again_gives_the_same_bytes(folder, tmp_path):
    run("train", folder / "landmarks.csv", "--out", tmp_path / "b.tflite", "--quiet")
    assert (tmp_path / "b.tflite").read_bytes() == (folder / "arms.tflite").read_bytes()


def test_the_course_table_alone_is_enough(folder, tmp_path, capsys):
    run("train", folder / "landmarks_17.csv", "--out", tmp_path / "c.tflite")
    assert "tells apart down, up" in capsys.readouterr().out


def test_a_quick_classifier_is_asked_by_its_keypoints_alone(folder, tmp_path, capsys):
    run("train", folder / "landmarks.csv", "--quick", "--out", tmp_path / "q.tflite", "--quiet")
    classifier = PoseClassifier(tmp_path / "q.tflite")
    assert classifier.wants_keypoints
    assert not classifier.wants_landmarks
    run("evaluate", tmp_path / "q.tflite", folder / "landmarks_17.csv")
    assert "accuracy 1.0000" in capsys.readouterr().out


def test_evaluation_is_written_as_json(folder, tmp_path, capsys):
    run(
        "evaluate", folder / "arms.tflite", folder / "landmarks.csv", "--save", "json",
        "--out", tmp_path,
    )  # fmt: skip
    data = json.loads((tmp_path / "evaluation.json").read_text())
    assert data["accuracy"] == data["macro_f1"] == 1
    assert data["classes"] == ["down", "up"]
    assert data["confusion"] == [[6, 0], [0, 6]]
    first = data["predictions"][0]
    assert set(first) == {"file", "truth", "predicted", "score"}
    assert "accuracy 1.0000" in capsys.readouterr().out


def test_a_class_that_never_occurs_is_said_to(folder, tmp_path, capsys):
    lines = (folder / "landmarks.csv").read_text().splitlines()
    (tmp_path / "down.csv").write_text("\n".join(lines[:7]))
    evaluate_classifier(
        folder / "arms.tflite", tmp_path / "down.csv", model="full", save=(), out=tmp_path,
        quiet=False,
    )  # fmt: skip
    assert "up    does not occur" in capsys.readouterr().out


def test_unknown_classes_are_refused_or_none_of_these(folder, tmp_path):
    text = (folder / "landmarks.csv").read_text()
    (tmp_path / "other.csv").write_text(text.replace(",down", ",left").replace(",up", ",right"))
    with pytest.raises(InputError, match="knows down, up"):
        evaluate_classifier(
            folder / "arms.tflite", tmp_path / "other.csv", model="full", save=(), out=tmp_path,
            quiet=True,
        )  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("landmarks.csv", "--out", "x.onnx"),
        ("landmarks.csv", "--out", "x.tflite", "--precision", "int4"),
        ("nowhere", "--out", "x.tflite"),
        ("nowhere", "--out", "x.tflite", "--several", "some"),
        ("landmarks.csv", "--out", "x.tflite", "--several", "all", "--quick"),
    ],
)
def test_bad_input_leaves_nothing_behind(folder, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "landmarks.csv").write_text((folder / "landmarks.csv").read_text())
    with pytest.raises(VitruvianError):
        run("train", *arguments, "--quiet")
    assert {path.name for path in tmp_path.iterdir()} == {"landmarks.csv"}
