from __future__ import annotations

import csv
import json

import av
import cv2
import numpy as np
import pytest

import vitruvian
from vitruvian import BLAZEPOSE_33, WeightsError, weights

LITE = ("--model", "lite")


def loaded(path):
    return json.loads(path.read_text())


def test_a_film_gives_json_as_the_contract_says_and_a_video(run, film, tmp_path):
    done = run("run", film, "--out", tmp_path / "out", *LITE)
    assert (done.code, done.err) == (0, "")
    assert "walk.mp4: 2 people in 12 frames" in done.out
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"walk.json", "walk_annotated.mp4"}
    for name in names:
        assert str(tmp_path / "out" / name) in done.out
    data = loaded(tmp_path / "out" / "walk.json")
    assert list(data) == "format version source width height skeleton hand_skeleton frames".split()
    assert (data["format"], data["version"]) == ("vitruvian.clip", 1)
    assert (data["source"], data["width"], data["height"]) == ("walk.mp4", 256, 192)
    assert data["skeleton"]["name"] == "blazepose-33"
    assert tuple(data["skeleton"]["landmarks"]) == BLAZEPOSE_33.landmarks
    assert [frame["index"] for frame in data["frames"]] == list(range(12))
    for frame in data["frames"]:
        assert frame["time"] == pytest.approx(frame["index"] / 25, abs=1e-4)
        assert [person["id"] for person in frame["people"]] == [1, 2]
        for person in frame["people"]:
            x0, y0, x1, y1 = person["box"]
            assert x0 < x1
            assert y0 < y1
            assert 0.5 < person["score"] <= 1
            points = person["landmarks"]
            assert {len(points[name]) for name in points} == {33}
            assert list(points) == ["xy", "z", "visibility", "presence"]
            assert np.shape(points["xy"]) == (33, 2)
            assert np.shape(person["world"]) == (33, 3)


def test_the_video_shows_what_was_found(run, film, tmp_path, two_people):
    run("run", film, "--out", tmp_path, "--save", "video", *LITE)
    with av.open(str(tmp_path / "walk_annotated.mp4")) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(pictures) == 12
    assert pictures[0].shape == two_people.shape
    assert (np.abs(pictures[0].astype(int) - two_people).max(2) > 60).mean() > 0.01


def test_what_is_saved_can_be_read_as_a_clip(run, film, tmp_path):
    run("run", film, "--out", tmp_path, "--save", "json", *LITE)
    saved = vitruvian.read_clip(tmp_path / "walk.json")
    direct = vitruvian.open(film, model="lite").clip()
    np.testing.assert_array_equal(saved.ids, direct.ids)
    np.testing.assert_allclose(saved.body.xy, direct.body.xy, atol=0.01)
    np.testing.assert_allclose(saved.body.world, direct.body.world, atol=1e-4)


def test_tables_have_a_row_per_person_and_landmark(run, film, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    done = run("run", film, "--out", tmp_path, "--save", "csv, parquet", *LITE)
    assert (done.code, done.err) == (0, "")
    with (tmp_path / "walk.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    table = parquet.read_table(tmp_path / "walk.parquet").to_pylist()
    assert len(rows) == len(table) == 12 * 2 * 33
    assert {row["landmark"] for row in rows} == set(BLAZEPOSE_33.landmarks)
    assert list(rows[0])[:8] == "frame time name id score landmark x y".split()
    for text, typed in zip(rows[::97], table[::97], strict=True):
        assert (int(text["id"]), text["landmark"]) == (typed["id"], typed["landmark"])
        assert float(text["x"]) == pytest.approx(typed["x"], abs=0.01)


def test_pictures_give_annotated_pictures_and_masks(run, two_people_file, tmp_path, two_people):
    done = run("run", two_people_file, "--out", tmp_path, "--masks", *LITE)
    assert (done.code, done.err) == (0, "")
    assert "2 people in 1 picture" in done.out
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert {name for name in names if "mask" not in name} == {
        "two_people.json",
        "two_people_annotated.png",
    }
    masks = [
        cv2.imread(str(tmp_path / name), cv2.IMREAD_UNCHANGED) for name in names if "/" in name
    ]
    assert [mask.shape for mask in masks] == [(192, 256)] * 2
    assert all(0.03 < (mask > 127).mean() < 0.4 for mask in masks)
    drawn = cv2.imread(str(tmp_path / "two_people_annotated.png"))[..., ::-1]
    assert drawn.shape == two_people.shape
    assert (drawn != two_people).any(2).mean() > 0.01


def test_without_its_weights_the_second_opinion_is_said_how_to_do_without(
    run, two_people_file, tmp_path, monkeypatch
):
    def obtain(name, **options):
        if name == "movenet-thunder":
            raise WeightsError("cannot get movenet-thunder.json (VITRUVIAN_OFFLINE is set)")
        return known(name, **options)

    known = weights.obtain
    monkeypatch.setattr(weights, "obtain", obtain)
    command = ("run", two_people_file, "--out", tmp_path, "--save", "json", *LITE)
    done = run(*command)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "cannot get movenet-thunder.json" in done.err
    assert "--no-second-opinion" in done.err
    assert not list(tmp_path.iterdir())
    done = run(*command, "--no-second-opinion")
    assert (done.code, done.err) == (0, "")
    assert len(loaded(tmp_path / "two_people.json")["frames"][0]["people"]) == 2


def test_a_folder_is_one_clip_in_name_order_with_names(run, two_people, tmp_path):
    folder = tmp_path / "shots"
    folder.mkdir()
    empty = np.full((60, 90, 3), 100, np.uint8)
    for name, image in (("b.png", two_people), ("a.jpg", empty), ("c.png", two_people[:, :128])):
        cv2.imwrite(str(folder / name), image[..., ::-1])
    done = run("run", folder, "--out", tmp_path / "out", "--save", "json,video", *LITE)
    assert (done.code, done.err) == (0, "")
    (path,) = (tmp_path / "out").glob("*.json")
    assert path.name == "shots.json"
    data = loaded(path)
    assert [(f["index"], f["name"]) for f in data["frames"]] == [
        (0, "a.jpg"),
        (1, "b.png"),
        (2, "c.png"),
    ]
    assert [[p["id"] for p in f["people"]] for f in data["frames"]] == [[], [1, 2], [1]]
    assert (data["width"], data["height"]) == (None, None)
    assert (
        len(list((tmp_path / "out").rglob("*.png")) + list((tmp_path / "out").rglob("*.jpg"))) == 3
    )


def test_pictures_with_a_rate_are_a_film(run, two_people, tmp_path):
    for step in range(4):
        cv2.imwrite(str(tmp_path / f"{step}.png"), np.roll(two_people, step, 1)[..., ::-1])
    pattern = tmp_path / "*.png"
    done = run("run", pattern, "--rate", 10, "--out", tmp_path / "out", "--save", "json", *LITE)
    assert done.code == 0
    (path,) = (tmp_path / "out").glob("*.json")
    data = loaded(path)
    assert [frame["time"] for frame in data["frames"]] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert {tuple(p["id"] for p in f["people"]) for f in data["frames"]} == {(1, 2)}


@pytest.mark.parametrize("source", ["film", "two_people_file"])
def test_one_is_wanted_and_one_is_written(run, request, source, tmp_path):
    path = request.getfixturevalue(source)
    run("run", path, "--people", 1, "--out", tmp_path, "--save", "json", *LITE)
    frames = loaded(tmp_path / f"{path.stem}.json")["frames"]
    assert frames
    assert all([person["id"] for person in frame["people"]] == [1] for frame in frames)


def test_smoothing_can_be_left_out(run, film, tmp_path):
    for name, options in (("smooth", []), ("raw", ["--no-smooth"])):
        run("run", film, "--out", tmp_path / name, "--save", "json", *LITE, *options)
    smooth, raw = (
        vitruvian.read_clip(tmp_path / n / "walk.json").body.xy for n in ("smooth", "raw")
    )
    np.testing.assert_array_equal(smooth[0], raw[0])
    assert np.abs(smooth - raw).max() > 0.05


def test_of_a_selfie_left_and_right_change_places(run, film, tmp_path):
    for name, options in (("plain", ()), ("selfie", ("--mirrored",))):
        run("run", film, "--out", tmp_path / name, "--save", "json", *LITE, *options)
    plain, selfie = (
        vitruvian.read_clip(tmp_path / name / "walk.json").body for name in ("plain", "selfie")
    )
    np.testing.assert_array_equal(selfie.xy[..., list(BLAZEPOSE_33.mirror), :], plain.xy)
    assert not np.array_equal(selfie.xy, plain.xy)
    told = [vitruvian.read_clip(tmp_path / n / "walk.json").mirrored for n in ("plain", "selfie")]
    assert told == [False, True]


def test_several_sources_give_a_result_each(run, film, two_people_file, tmp_path):
    done = run("run", film, two_people_file, "--out", tmp_path, "--save", "json", *LITE)
    assert done.code == 0
    clips = [loaded(path) for path in tmp_path.iterdir()]
    assert sorted(len(clip["frames"]) for clip in clips) == [1, 12]
    assert (tmp_path / "walk.json").is_file()


def test_two_films_of_one_name_do_not_overwrite_each_other(run, film, tmp_path):
    for folder in ("left", "right"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "walk.mp4").write_bytes(film.read_bytes())
    films = [tmp_path / folder / "walk.mp4" for folder in ("left", "right")]
    done = run("run", *films, "--out", tmp_path / "out", "--save", "json", *LITE)
    assert (done.code, done.err) == (0, "")
    clips = [loaded(path) for path in (tmp_path / "out").iterdir()]
    assert [len(clip["frames"]) for clip in clips] == [12, 12]


def test_the_folder_one_is_in_gives_its_name(run, two_people_file, tmp_path, monkeypatch):
    folder = tmp_path / "shots"
    folder.mkdir()
    (folder / "a.png").write_bytes(two_people_file.read_bytes())
    monkeypatch.chdir(folder)
    run("run", ".", "--out", tmp_path / "out", "--save", "json", *LITE)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["shots.json"]


def test_quiet_prints_nothing_at_all(run, film, two_people_file, tmp_path):
    for source in (film, two_people_file):
        done = run("run", source, "--out", tmp_path, "--quiet", *LITE)
        assert (done.code, done.out, done.err) == (0, "", "")
    assert (tmp_path / "walk.json").is_file()


def test_an_earlier_result_is_replaced(run, film, tmp_path):
    (tmp_path / "walk.json").write_text("an earlier result")
    assert run("run", film, "--out", tmp_path, "--save", "json", *LITE).code == 0
    assert len(loaded(tmp_path / "walk.json")["frames"]) == 12
    assert [path.name for path in tmp_path.iterdir()] == ["walk.json"]


@pytest.mark.parametrize("command", [["--help"], ["run", "--help"], ["models", "--help"], ["-h"]])
def test_help_is_printed_and_names_every_option(run, command):
    done = run(*command)
    assert (done.code, done.err) == (0, "")
    if "run" in command:
        for (
            option
        ) in "--out --save --model --people --detector --no-smooth --masks --quiet".split():
            assert option in done.out


def test_the_version_is_the_package_s(run):
    assert run("--version").out.split()[-1] == vitruvian.__version__


@pytest.mark.parametrize(
    "command",
    [["run"], ["rnu"], ["run", "x.mp4", "--people", "many"], ["run", "x.mp4", "--speed"], []],
)
def test_a_command_line_that_makes_no_sense_ends_with_two(run, command):
    done = run(*command)
    assert done.code == 2
    assert "Usage" in done.err + done.out
    assert "Traceback" not in done.err
