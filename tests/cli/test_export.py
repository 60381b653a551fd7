"""``vitruvian export``: a file for everybody, and a film is lifted first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.export import JOINTS
from vitruvian.sink.clip import write_clip
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

IMAGE = np.zeros((48, 64, 3), np.uint8)


def clip_of(*names):
    """People who stand for two seconds, by their names."""
    from vitruvian.clip import Clip

    world = np.random.default_rng(0).normal(0, 0.3, (1, 33, 3)).astype(np.float32)
    world = np.tile(world, (len(names), 1, 1))
    sure = np.ones(world.shape[:2], np.float32)
    body = Landmarks(BLAZEPOSE_33, world[..., :2] * 20 + 30, sure, sure, sure, world)
    people = People(
        np.tile(np.array([[1, 1, 9, 9]], np.float32), (len(names), 1)),
        np.ones(len(names), np.float32), ids=np.arange(len(names)) + 1, body=body, names=names,
    )  # fmt: skip
    moments = [(Frame(IMAGE, index=i, time=i / 30), people) for i in range(60)]
    return Clip.gather("two.mp4", BLAZEPOSE_33, moments)


def test_no_two_people_are_written_to_one_file(run, tmp_path):
    source = write_clip(clip_of("Ana B", "ana/b"), tmp_path, stem="two")
    done = run("export", source, "--to", "bvh", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == ["two.Ana_B_1.bvh", "two.ana_b_2.bvh"]
    assert f"vitruvian lift {source}" in done.out


@pytest.mark.parametrize("film", [True, False])
def test_a_film_is_lifted_and_a_result_is_taken_as_it_is(run, tmp_path, monkeypatch, film):
    clip = clip_of("Ana")
    if film:
        source = tmp_path / "two.mp4"
        monkeypatch.setattr("vitruvian.cli.film._look", lambda *_: clip)
    else:
        source = write_clip(clip, tmp_path, stem="two")
    root = np.tile(np.array([0, 0, 4], np.float32), (60, 1, 1))
    monkeypatch.setattr("vitruvian.lift.lift", lambda clip: replace(clip, root=root))
    done = run("export", source, "--to", "trc", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    rows = (tmp_path / "out" / "two.Ana.trc").read_text().splitlines()[6:]
    hips = np.array([row.split("\t") for row in rows], float)[:, 2 + 3 * JOINTS.index("hips") :]
    np.testing.assert_allclose(hips[:, 2], -4 if film else 0, atol=1e-6)
