"""``vitruvian lift``: the same JSON with better metres, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian import read_clip
from vitruvian.cli import film as cli_film
from vitruvian.clip import Clip
from vitruvian.sink.clip import write_clip
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks


@pytest.fixture
def clip() -> Clip:
    """Half a second of two people who shake."""
    rng = np.random.default_rng(0)
    world = np.zeros((33, 3))
    for i in range(11, 33):
        side = 1 if i % 2 else -1
        world[i] = side * 0.15, -0.5 + 0.07 * (i - 11), 0
    world[:11] = 0, -0.7, -0.1
    world = world + rng.normal(0, 0.02, (15, 2, 33, 3))
    xy = (world[..., :2] + [[[1.5, 1.5]], [[3.0, 1.5]]]) * 300
    ones = np.ones((15, 2, 33), np.float32)
    body = Landmarks(
        BLAZEPOSE_33, xy.astype(np.float32), world[..., 2].astype(np.float32), ones, ones,
        world.astype(np.float32),
    )  # fmt: skip
    boxes = np.concatenate([xy.min(2), xy.max(2)], -1).astype(np.float32)
    return Clip(
        "two.mp4", (1280, 960), np.arange(15) / 30, np.arange(15), np.array([1, 4]), boxes,
        np.ones((15, 2), np.float32), body, names=("Ana", None),
    )  # fmt: skip


@pytest.fixture
def file(clip, tmp_path):
    return write_clip(clip, tmp_path / "given")


def test_the_same_json_with_world_and_root(run, file, clip, tmp_path):
    done = run("lift", file, "--out", tmp_path / "out")
    assert done.code == 0
    assert "taken to stand still" in done.out
    result = read_clip(tmp_path / "out" / "two.json")
    assert result.names == ("Ana", None)
    assert np.allclose(result.body.xy, clip.body.xy, atol=0.01)
    assert np.isfinite(result.root).all()
    jerk = [np.abs(np.diff(c.body.world, 2, axis=0)).mean() for c in (clip, result)]
    assert jerk[1] < jerk[0] / 5


def test_of_a_film_who_is_hidden_is_led_through(run, clip, tmp_path, monkeypatch):
    away = np.zeros((15, 2), bool)
    away[5:9, 1] = True
    for column in (clip.boxes, clip.scores, clip.body.xy, clip.body.z, clip.body.world):
        column[away] = np.nan
    clip.body.visibility[away] = clip.body.presence[away] = np.nan
    monkeypatch.setattr(cli_film, "_look", lambda *_: clip)
    assert run("lift", "two.mp4", "--out", tmp_path / "film").code == 0
    result = read_clip(tmp_path / "film" / "two.json")
    assert np.isfinite(result.root).all()
    assert (result.body.visibility[5:9, 1] == 0).all()
    # What somebody has saved is not decided anew.
    saved = write_clip(clip, tmp_path / "given")
    assert run("lift", saved, "--out", tmp_path / "json").code == 0
    assert np.isnan(read_clip(tmp_path / "json" / "two.json").root[away]).all()


def test_heights_by_name_and_id(run, file, tmp_path):
    done = run("lift", file, "--out", tmp_path / "out", "--height", "Ana=1.6", "--height", "4=1.9")
    assert done.code == 0
    lines = done.out.splitlines()
    assert "person Ana: 1.6" in lines[1]
    assert "person 4: 1.9" in lines[2]
    assert "as given" in lines[2]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--height", "17"), "between 0.4 and 2.75"),
        (("--height", "tall"), "1.82"),
        (("--height", "Bob=1.7"), "Bob is not in"),
        (("--height", "1.7", "--height", "Ana=1.6"), "not both"),
    ],
)
def test_heights_that_make_no_sense_are_one_line(run, file, tmp_path, options, words):
    done = run("lift", file, "--out", tmp_path / "out", *options)
    assert done.code == 1
    assert words in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["lift", "place"])
def test_a_name_in_a_film_is_refused_before_it_is_looked_at(run, tmp_path, monkeypatch, command):
    monkeypatch.setattr(cli_film, "_look", lambda *_: pytest.fail("the film was looked at"))
    done = run(command, "two.mp4", "--out", tmp_path / "out", "--height", "Ana=1.7")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "nobody in a film has a name yet" in done.err
    assert "1=1.82" in done.err


def test_the_source_is_never_replaced(run, file):
    before = file.read_bytes()
    done = run("lift", file, "--out", file.parent)
    assert done.code == 1
    assert "another --out" in done.err
    assert file.read_bytes() == before


def test_a_clip_is_written_as_it_is_read(clip, tmp_path):
    gone = replace(clip, root=np.full((15, 2, 3), 1.5, np.float32))
    gone.scores[3, 1] = np.nan
    back = read_clip(write_clip(gone, tmp_path))
    assert np.array_equal(back.present, gone.present)
    assert np.isnan(back.root[3, 1]).all()
    assert np.allclose(back.root[gone.present], 1.5)
    assert np.allclose(back.body.world[gone.present], gone.body.world[gone.present], atol=1e-4)
    assert back.size == gone.size
