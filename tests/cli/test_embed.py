from __future__ import annotations

import json

import cv2
import numpy as np
import pytest


@pytest.fixture
def pictures(tmp_path, two_people_file):
    """One picture, the same a little darker, and noise."""
    image = cv2.imread(str(two_people_file))
    noise = np.random.default_rng(0).integers(0, 255, image.shape, np.uint8)
    paths = []
    for name, pixels in (("a", image), ("b", image * 0.8), ("c", noise)):
        paths.append(tmp_path / f"{name}.png")
        cv2.imwrite(str(paths[-1]), pixels.astype(np.uint8))
    return paths


def test_the_first_is_compared_with_every_other(run, pictures):
    done = run("embed", *pictures)
    assert done.code == 0
    (near, b), (far, c) = (line.split() for line in done.out.splitlines())
    assert (b, c) == (str(pictures[1]), str(pictures[2]))
    assert float(near) > float(far) + 0.3


def test_the_vector_of_one_is_printed(run, pictures):
    vector = json.loads(run("embed", pictures[0], "--l2-normalize").out)
    assert len(vector) == 1280
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_vectors_are_written(run, pictures, tmp_path):
    assert run("embed", *pictures, "--quantize", "--out", tmp_path / "made" / "v.npy").code == 0
    table = np.load(tmp_path / "made" / "v.npy")
    assert table.shape == (3, 1280)
    assert table.dtype == np.int8
    assert run("embed", *pictures, "--quantize", "--save", tmp_path / "v.json").code == 0
    rows = json.loads((tmp_path / "v.json").read_text())
    assert [row["name"] for row in rows] == [str(path) for path in pictures]
    assert rows[2]["vector"] == table[2].tolist()


def test_a_film_is_no_picture(run, film):
    done = run("embed", film)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "walk.mp4 is damaged or no picture; expected JPEG" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.png"], "none.png cannot be read"),
        (["a.png", "--out", "v.csv"], "a .json or a .npy, not to v.csv"),
        (["a.png", "--model", "none.tflite"], "there is no file none.tflite"),
        (["a.png", "--model", "mobilenet-v9"], "did you mean 'mobilenet-v2'"),
        (["a.png", "--model", "a.png"], "is not a TFLite model"),
    ],
)
def test_what_is_wrong_is_one_line(run, pictures, monkeypatch, arguments, said):
    monkeypatch.chdir(pictures[0].parent)
    done = run("embed", *arguments)
    assert done.code == 1
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not list(pictures[0].parent.glob("v.*"))
