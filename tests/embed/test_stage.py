from __future__ import annotations

import numpy as np
import pytest

from vitruvian.embed import Describe
from vitruvian.measure.appearance import PARTS, similarity
from vitruvian.source.planes import yuv_to_rgb
from vitruvian.types import Frame, People, Planes


def look(frame, people):
    return Describe()(frame, people).vectors


def parts_seen(vector):
    return {part for part, block in zip(PARTS, vector.reshape(8, -1), strict=True) if block[0] >= 0}


@pytest.fixture
def scene(dressed, people_of, figure):
    """Two people side by side, in red and in green."""
    red, green = figure(150, 120, 300), figure(450, 120, 300)
    return dressed((red, "red"), (green, "green")), people_of(red, green)


def test_every_part_of_somebody_in_full_view_is_described(scene):
    vectors = look(*scene)
    assert vectors.shape == (2, 160)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors.reshape(2, 8, -1), axis=-1), 1, atol=1e-5)


def test_people_in_other_clothes_are_told_apart(scene):
    vectors = look(*scene)
    table = similarity(vectors, vectors)
    assert np.diag(table).min() > 0.95
    assert table[0, 1] < 0.1


@pytest.mark.parametrize("light", [0.6, 1.3])
@pytest.mark.parametrize("height", [120, 330])
@pytest.mark.parametrize("arms", ["up", "out"])
def test_somebody_is_the_same_elsewhere_larger_and_in_other_light(
    scene, dressed, people_of, figure, light, height, arms
):
    known = look(*scene)
    red = figure(400, 140, height, arms=arms, turn=0.2)
    again = look(dressed((red, "red"), light=light), people_of(red))
    mine, other = similarity(again, known)[0]
    assert mine > 0.8
    assert other < 0.2


@pytest.mark.parametrize("step", [1, 2])
def test_planes_and_picture_give_the_same(scene, step):
    frame, people = scene
    matrix = yuv_to_rgb(1, full=True)
    yuv = (frame.image - matrix[:, 3]) @ np.linalg.inv(matrix[:, :3]).T
    y, u, v = np.rint(np.moveaxis(yuv, -1, 0)).clip(0, 255).astype(np.uint8)
    planes = Planes(y, u[::step, ::step], v[::step, ::step], matrix)
    decoded = Frame(planes=planes, render=lambda: pytest.fail("the picture was rendered"))
    table = similarity(look(frame, people), look(decoded, people))
    assert np.diag(table).min() > 0.95


def test_a_part_that_is_not_visible_is_not_described(dressed, people_of, figure):
    red = figure(300, 120, 300)
    seen = np.full(33, 0.9, np.float32)
    seen[25:] = 0.1
    frame = dressed((red, "red"))
    assert parts_seen(look(frame, people_of(red, visibility=[seen]))[0]) == set(PARTS) - {
        "shanks",
        "feet",
    }


def test_a_part_outside_the_picture_is_not_described(dressed, people_of, figure):
    red = figure(300, 300, 300)
    seen = parts_seen(look(dressed((red, "red")), people_of(red))[0])
    assert "chest" in seen
    assert "shanks" not in seen


def test_landmarks_that_are_missing_are_no_error(dressed, people_of, figure):
    red = figure(300, 120, 300)
    gone = np.full_like(red, np.nan)
    vectors = look(dressed((red, "red")), people_of(red, gone))
    assert np.isfinite(vectors[0]).all()
    assert np.isnan(vectors[1]).all()


def test_where_somebody_stands_in_front_neither_is_described_by_the_other(
    dressed, people_of, figure
):
    behind, front = figure(300, 100, 300), figure(320, 110, 300)
    frame = dressed((behind, "green"), (front, "red"))
    hidden, clear = np.full(33, 0.55), np.full(33, 0.95)
    vectors = look(frame, people_of(behind, front, visibility=[hidden, clear]))
    alone = look(dressed((front, "red")), people_of(front))
    assert "chest" not in parts_seen(vectors[0])
    assert similarity(vectors[1:], alone)[0, 0] > 0.8
    doubtful = look(frame, people_of(behind, front))
    assert "chest" not in parts_seen(doubtful[0]) | parts_seen(doubtful[1])


def test_places_outside_the_mask_do_not_count(scene):
    frame, people = scene
    masks = np.zeros((2, *frame.size[::-1]), np.float32)
    masks[:, :250] = 1
    seen = parts_seen(look(frame, people.having(masks=masks))[0])
    assert "chest" in seen
    assert "shanks" not in seen


def test_nobody_has_no_vectors(scene):
    frame, _ = scene
    assert look(frame, People.none()).shape == (0, 160)
