"""``vitruvian segment``: what it writes, and what it refuses."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

LITE = ("--pose", "lite")


@pytest.fixture(scope="module")
def disc(tmp_path_factory):
    """A red disc on green: 160 x 120, round (60, 60)."""
    y, x = np.mgrid[:120, :160]
    image = np.where(((x - 60) ** 2 + (y - 60) ** 2 < 900)[..., None], (40, 50, 210), (70, 120, 60))
    image = image + np.random.default_rng(0).normal(0, 5, image.shape)
    path = tmp_path_factory.mktemp("disc") / "disc.png"
    cv2.imwrite(str(path), np.clip(image, 0, 255).astype(np.uint8))
    return path


def test_it_writes_mask_cut_out_and_overlay(run, disc, tmp_path):
    done = run("segment", disc, "--click", "60,60", *LITE, "--out", tmp_path / "cut")
    assert done.code == 0, done
    assert done.err == ""
    names = ["disc_cutout.png", "disc_mask.png", "disc_overlay.png"]
    assert sorted(path.name for path in (tmp_path / "cut").iterdir()) == names
    assert all(name in done.out for name in names)
    mask, cut, overlay = (
        cv2.imread(str(tmp_path / "cut" / f"disc_{name}.png"), cv2.IMREAD_UNCHANGED)
        for name in ("mask", "cutout", "overlay")
    )
    y, x = np.mgrid[:120, :160]
    truth = (x - 60) ** 2 + (y - 60) ** 2 < 900
    assert (mask.shape, cut.shape, overlay.shape) == ((120, 160), (120, 160, 4), (120, 160, 3))
    assert ((mask > 127) == truth).mean() > 0.97
    np.testing.assert_array_equal(cut[..., 3], mask)
    np.testing.assert_array_equal(cut[..., :3], cv2.imread(str(disc)))
    assert overlay[60, 60].tolist() == [185, 245, 0]


def test_lassos_strokes_and_exclusion(run, disc, tmp_path):
    done = run(
        "segment", disc, "--lasso", "20,20 100,20 100,100 20,100", "--stroke", "50,60 70,60",
        "--not", "60,40", *LITE, "--out", tmp_path, "-q",
    )  # fmt: skip
    assert (done.code, done.out, done.err) == (0, "", "")
    mask = cv2.imread(str(tmp_path / "disc_mask.png"), cv2.IMREAD_UNCHANGED)
    assert mask[60, 60] == 255
    assert mask[40, 60] == 0
    assert mask[5, 150] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--click", "500,60"), "500,60 is outside of the picture; it is 160 x 120"),
        (("--click", "60,60", "--not", "60,-4"), "60,-4 is outside"),
        (("--lasso", "1,1 5,5"), "three points or more"),
        (("--click", "60,60", "--model", "none.tflite"), "there is no model at none.tflite"),
        (("--click", "60,60", "--pose", "ful"), "did you mean 'full'?"),
        (("--click", "nan,60"), "finite"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(run, disc, tmp_path, arguments, said):
    out = tmp_path / "out"
    done = run("segment", disc, *arguments, "--out", out)
    assert done.code == 1, done
    (line,) = done.err.splitlines()
    assert line.startswith("vitruvian: ")
    assert said in line
    assert done.out == ""
    assert not out.exists()


@pytest.mark.parametrize("arguments", [(), ("--not", "5,5"), ("--click", "a,b"), ("--click", "5")])
def test_a_command_line_without_sense_is_a_usage_error(run, disc, tmp_path, arguments):
    done = run("segment", disc, *arguments, "--out", tmp_path / "out")
    assert done.code == 2
    assert not (tmp_path / "out").exists()


def test_a_model_of_another_kind(run, disc, tmp_path):
    from vitruvian import weights

    model = weights.obtain("blazepose-detector")
    done = run("segment", disc, "--click", "60,60", "--model", model, "--out", tmp_path / "out")
    assert done.code == 1
    assert "a model to click with takes 1xHxWx4" in done.err


def test_what_is_no_picture(run, film, tmp_path):
    text = tmp_path / "text.png"
    text.write_text("To whom it may concern")
    for source, said in (
        (tmp_path / "none.png", "there is no file"),
        (text, "text.png"),
        (film, "takes one picture"),
        (tmp_path, "one picture"),
    ):
        done = run("segment", source, "--click", "5,5", "--out", tmp_path / "out")
        assert done.code == 1, source
        assert len(done.err.splitlines()) == 1
        assert said in done.err or source == tmp_path
        assert not (tmp_path / "out").exists()


def test_where_nothing_stands_out(run, tmp_path):
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((60, 80, 3), 128, np.uint8))
    done = run("segment", path, "--click", "40,30", *LITE, "--out", tmp_path / "out")
    assert done.code == 1
    assert "nothing stands out at 40,30" in done.err
    assert not (tmp_path / "out").exists()


def test_a_disk_that_refuses_is_one_line(run, disc, tmp_path):
    (tmp_path / "file").write_text("")
    done = run("segment", disc, "--click", "60,60", *LITE, "--out", tmp_path / "file")
    assert done.code == 1
    assert "a file is where a folder is needed" in done.err
