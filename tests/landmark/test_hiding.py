from __future__ import annotations

import numpy as np
import pytest

from vitruvian.landmark.hiding import Cover, hide
from vitruvian.skeletons import BLAZEPOSE_33


def crop_with(figure, *places):
    """A smooth crop, and bodies in it."""
    x, y = np.meshgrid(np.linspace(0, 1, 256), np.linspace(0, 1, 256))
    crop = np.stack([x, y, (x + y) / 2], -1).astype(np.float32)
    return crop, np.stack([figure(x, 40, 160) for x in places]).astype(np.float32)


def test_a_body_is_painted_out_with_what_is_round_it(figure):
    crop, bodies = crop_with(figure, 128)
    with_a_person = crop.copy()
    for x, y in bodies[0].astype(int):
        with_a_person[y - 3 : y + 4, x - 3 : x + 4] = (1, 0, 0)
    painted = hide(with_a_person, Cover(bodies))
    at = tuple(bodies[0][[11, 12, 13, 23, 24, 25, 26]].astype(int).T[::-1])
    assert np.abs(with_a_person[at] - crop[at]).max() > 0.3
    assert np.abs(painted[at] - crop[at]).max() < 0.15
    np.testing.assert_array_equal(painted[:, :20], crop[:, :20])
    assert painted.dtype == np.float32


def test_what_lies_along_ones_own_limbs_stays(figure):
    crop, bodies = crop_with(figure, 118, 138)
    other, own = bodies
    crop += np.random.default_rng(0).uniform(-0.2, 0.2, crop.shape).astype(np.float32)
    alone, kept = hide(crop, Cover(other[None])), hide(crop, Cover(other[None], own[None]))
    mine = tuple(own[[11, 12, 23, 24, 25, 26]].astype(int).T[::-1])
    assert (alone[mine] != crop[mine]).any()
    np.testing.assert_array_equal(kept[mine], crop[mine])
    changed, less = (alone != crop).any(-1), (kept != crop).any(-1)
    assert 0 < less.sum() < changed.sum()
    assert not (less & ~changed).any()


@pytest.mark.parametrize(
    "bodies", [np.zeros((0, 33, 2)), np.zeros((1, 33, 2)), np.full((1, 33, 2), np.nan)]
)
def test_nobody_to_paint_out_leaves_the_crop_as_it_is(figure, bodies):
    crop, _ = crop_with(figure, 128)
    np.testing.assert_array_equal(hide(crop, Cover(bodies.astype(np.float32))), crop)


@pytest.mark.parametrize("where", [np.nan, np.inf])
@pytest.mark.parametrize("landmark", ["left_ear", "left_wrist", "left_hip"])
def test_a_body_of_which_a_landmark_is_missing_is_not_painted_out(figure, landmark, where):
    crop, bodies = crop_with(figure, 128, 60)
    both = hide(crop, Cover(bodies))
    bodies[0, BLAZEPOSE_33.index(landmark)] = where
    np.testing.assert_array_equal(hide(crop, Cover(bodies)), hide(crop, Cover(bodies[1:])))
    assert (both != hide(crop, Cover(bodies))).any()


@pytest.mark.parametrize("size", [1e4, 1e6, 1e9, 1e20])
def test_whoever_is_much_larger_than_the_crop_is_painted_out_too(figure, size):
    crop, bodies = crop_with(figure, 128)
    middle = bodies[0, [23, 25]].mean(0)
    huge = (bodies - middle) * np.float32(size) + middle
    painted = hide(crop, Cover(np.concatenate([huge, bodies])))
    own = hide(crop, Cover(huge, bodies))
    assert painted.shape == own.shape == crop.shape
    assert np.isfinite(painted).all()
    x, y = bodies[0, 25].astype(int)
    assert (painted[y, x] != crop[y, x]).any()
    np.testing.assert_array_equal(own[y, x], crop[y, x])


def test_one_landmark_far_away_leaves_the_others_where_they_are(figure):
    crop, bodies = crop_with(figure, 128)
    bodies[0, BLAZEPOSE_33.index("left_wrist")] = 1e12
    x, y = bodies[0, BLAZEPOSE_33.index("right_knee")].astype(int)
    assert (hide(crop, Cover(bodies))[y, x] != crop[y, x]).any()


def test_a_body_out_of_the_crop_changes_nothing(figure):
    crop, bodies = crop_with(figure, 900)
    np.testing.assert_array_equal(hide(crop, Cover(bodies)), crop)


def test_a_cover_moves_with_both_bodies(figure):
    _, bodies = crop_with(figure, 100, 150)
    matrix = np.array([[2, 0, 5], [0, 2, -7]], np.float32)
    moved = Cover(bodies[:1], bodies[1:]).moved(matrix)
    np.testing.assert_allclose(moved.others, bodies[:1] * 2 + (5, -7))
    np.testing.assert_allclose(moved.own, bodies[1:] * 2 + (5, -7))
    assert Cover(bodies).moved(matrix).own is None
