"""``vitruvian place`` and ``vitruvian triangulate``: a room from JSON, and what they refuse."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.geometry.cameras import Camera
from vitruvian.sink.clip import read_clip, write_clip
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks

SIZE = (640, 480)
TIMES = np.arange(30) / 30


def turned(degrees):
    """A camera 4 m from the origin, at the height of somebody's hips; y is down."""
    angle = np.radians(degrees)
    turn = np.array(
        [[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]]
    )
    return Camera.from_field_of_view(SIZE, 60).moved(turn, [0, 0, 4])


def people(figure):
    """(T, 33, 3) metres: a flat figure that stands and waves."""
    flat = figure(0, 0, 1.7)
    flat = flat - flat[[23, 24]].mean(0)
    body = np.concatenate([flat, np.linspace(-0.1, 0.1, 33)[:, None]], axis=1)
    moved = np.repeat(body[None], len(TIMES), 0).astype(np.float64)
    moved[:, 15, 1] += 0.1 * np.sin(9 * TIMES)
    return moved


@pytest.fixture
def folder(tmp_path, figure):
    """Three films' clips and their calibration."""
    truth, calibration = people(figure), {}
    for i, degrees in enumerate((0, 60, 120)):
        camera = turned(degrees)
        xy = camera.project(truth)[:, None].astype(np.float32)
        sure = np.full(xy.shape[:-1], 0.9, np.float32)
        world = (truth - truth[:, [23, 24]].mean(1, keepdims=True))[:, None].astype(np.float32)
        boxes = np.concatenate([xy.min(2), xy.max(2)], axis=-1)
        clip = Clip(
            f"cam{i}.mp4", SIZE, TIMES, np.arange(len(TIMES)), np.array([7]), boxes, sure[..., 0],
            Landmarks(BLAZEPOSE_33, xy, sure, sure, sure, world),
        )  # fmt: skip
        write_clip(clip, tmp_path, stem=f"cam{i}")
        calibration[f"cam{i}"] = {
            "size": SIZE, "matrix": camera.matrix.tolist(), "distortions": [0, 0, 0, 0],
            "rotation": camera.rotation.tolist(), "translation": camera.translation.tolist(),
        }  # fmt: skip
    (tmp_path / "calib.json").write_text(json.dumps(calibration))
    return tmp_path


def test_three_clips_make_a_room(run, folder, figure):
    clips = [folder / f"cam{i}.json" for i in (2, 0, 1)]
    out = folder / "out"
    done = run("triangulate", *clips, "--calibration", folder / "calib.json", "--out", out)
    assert (done.code, done.err) == (0, "")
    assert "1 person by 3 cameras: off by 0.0 pixels" in done.out
    clip = read_clip(out / "cam2.room.json")
    there = clip.body.world[:, 0] + clip.root[:, 0][:, None]
    np.testing.assert_allclose(there, people(figure), atol=2e-4)
    told = json.loads((out / "cam2.room.residuals.json").read_text())
    assert told["residual"] < 0.01
    assert [camera["name"] for camera in told["cameras"]] == ["cam2", "cam0", "cam1"]
    assert len(told["people"][0]["seen_as"]) == 3
    assert set(told["cameras"][0]["landmarks"]) == set(BLAZEPOSE_33.landmarks)


def test_a_wrong_calibration_is_one_line(run, folder):
    data = json.loads((folder / "calib.json").read_text())
    data["cam1"]["translation"][1] += 0.5
    (folder / "wrong.json").write_text(json.dumps(data))
    clips = [folder / f"cam{i}.json" for i in range(3)]
    done = run("triangulate", *clips, "--calibration", folder / "wrong.json", "--out", folder / "o")
    assert done.code == 1
    assert done.err.startswith("vitruvian: ")
    assert done.err.count("\n") == 1
    assert "agree" in done.err
    assert not (folder / "o").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("cam0.json",), 1, "two cameras and more"),
        (("cam0.json", "cam1.json", "--sync", "--offset", "1"), 2, "choose one"),
        (("cam0.json", "cam1.json", "--offset", "1", "--offset", "2"), 1, "1 times here, not 2"),
        (("cam0.json", "none.json"), 1, "cannot read none.json"),
    ],
)
def test_what_triangulate_refuses(run, folder, monkeypatch, arguments, code, said):
    monkeypatch.chdir(folder)
    done = run("triangulate", *arguments, "--calibration", "calib.json")
    assert done.code == code
    assert said in done.err


def test_one_clip_is_placed_and_assumptions_are_said(run, folder):
    out = folder / "out"
    done = run("place", folder / "cam0.json", "--out", out)
    assert done.code == 0
    assert "focal length is assumed" in done.err
    assert "height is assumed to be 1.7 m: id 7" in done.err
    assert "person 7: 1.70 m tall" in done.out
    assert read_clip(out / "cam0.json").root.shape == (30, 1, 3)
    known = ("--calibration", folder / "calib.json", "--camera", "cam0", "--height", "7=1.8")
    done = run("place", folder / "cam0.json", "--out", out, *known)
    assert (done.code, done.err) == (0, "")
    assert "1.80 m tall" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--out", "."), 1, "would replace"),
        (("--height", "tall"), 1, "--height takes 1.82"),
        (("--height", "9"), 1, "between 0.4 and 2.75"),
        (("--height", "1.8", "--height", "7=1.8"), 1, "not both"),
        (("--fov", "60", "--calibration", "calib.json"), 2, "choose one"),
        (("--camera", "cam0"), 2, "--calibration"),
        (("--calibration", "calib.json", "--camera", "cam9"), 1, "no camera is called 'cam9'"),
        (("--fov", "500"), 1, "1 to 170 degrees"),
    ],
)
def test_what_place_refuses(run, folder, monkeypatch, arguments, code, said):
    monkeypatch.chdir(folder)
    done = run("place", "cam0.json", *arguments)
    assert done.code == code
    assert said in done.err


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("place", ("--fov", "500"), "1 to 170 degrees"),
        ("place", ("--calibration", "none.toml"), "cannot read the calibration"),
        ("place", ("--film", "none.mp4"), "no file 'none.mp4'"),
        ("place", ("--height", "17"), "between 0.4 and 2.75"),
        ("lift", ("--height", "17"), "between 0.4 and 2.75"),
        ("fit", ("--focal", "0"), "more than 0 pixels"),
        ("fit", ("--person", "1", "--height", "17"), "a height must be between 0.9 and 2.4"),
    ],
)
def test_options_are_refused_before_a_film_is_looked_at(
    run, film, tmp_path, monkeypatch, command, options, said
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("vitruvian.recipe.Recipe.build", lambda *_, **__: pytest.fail("looked"))
    done = run(command, film, *options)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert said in done.err


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("lift", ()),
        ("fit", ()),
        ("place", ()),
        ("triangulate", ("cam1.json", "--calibration", "calib.json")),
    ],
)
def test_metres_are_not_laid_on_the_pixels_of_a_mirror(run, folder, monkeypatch, command, options):
    monkeypatch.chdir(folder)
    selfie = replace(read_clip("cam0.json"), mirrored=True)
    write_clip(selfie, folder, stem="cam0")
    done = run(command, "cam0.json", *options, "--out", "out")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "without --mirrored" in done.err
