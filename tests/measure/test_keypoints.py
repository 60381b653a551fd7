from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitruvian.errors import InputError
from vitruvian.measure import COCO_SIGMAS, oks, pck

pixels = st.floats(0, 1000)
crowd = arrays(np.float64, (4, 5, 2), elements=pixels)
sizes = arrays(np.float64, 4, elements=st.floats(1, 300))
sigmas = np.array(COCO_SIGMAS[:5])


@given(crowd, sizes)
def test_truth_itself_is_all_correct(truth, torso):
    np.testing.assert_array_equal(pck(truth, truth, torso), 1)


@given(crowd, crowd, sizes, st.floats(0, 1), st.floats(0, 1))
def test_more_tolerance_never_loses_a_keypoint(guess, truth, torso, one, other):
    strict, loose = sorted((one, other))
    assert (pck(guess, truth, torso, strict) <= pck(guess, truth, torso, loose)).all()


@given(crowd, crowd, sizes, st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_pck_does_not_depend_on_the_picture_size(guess, truth, torso, scale):
    np.testing.assert_array_equal(
        pck(guess * scale, truth * scale, torso * scale), pck(guess, truth, torso)
    )


def test_a_miss_is_wrong_and_an_unlabelled_truth_is_not_counted():
    truth = np.zeros((2, 3, 2))
    truth[0, 1] = truth[:, 2] = np.nan
    guess = np.zeros((2, 3, 2))
    guess[1, :2] = np.nan
    np.testing.assert_array_equal(pck(guess, truth, [10, 10]), [0.5, 0, np.nan])


def test_the_threshold_is_in_reference_lengths_and_inclusive():
    truth = np.zeros((2, 1, 2))
    guess = truth + np.array([2.0, 0.0])
    assert pck(guess, truth, [10.0, 9.9], 0.2).tolist() == [0.5]


def test_pck_refuses_unlike_shapes():
    with pytest.raises(InputError, match="pck compares"):
        pck(np.zeros((1, 3, 2)), np.zeros((1, 4, 2)), [1.0])


@given(crowd, crowd, sizes)
def test_oks_is_a_similarity(guess, truth, side):
    table = oks(guess, truth, side**2, sigmas)
    assert table.shape == (4, 4)
    assert ((table >= 0) & (table <= 1)).all()
    np.testing.assert_allclose(np.diag(oks(truth, truth, side**2, sigmas)), 1)


@given(crowd, crowd, sizes, st.permutations(range(4)))
def test_oks_compares_every_pair_on_its_own(guess, truth, side, order):
    table = oks(guess, truth, side**2, sigmas)
    np.testing.assert_array_equal(oks(guess[order], truth, side**2, sigmas), table[order])
    np.testing.assert_array_equal(
        oks(guess, truth[order], side[order] ** 2, sigmas), table[:, order]
    )


def test_one_coco_deviation_off_is_exp_of_minus_a_half():
    # COCO: the deviation of a keypoint is 2 sigma times the square root of the area.
    area, sigma = 400.0, 0.05
    off = 2 * sigma * np.sqrt(area)
    assert oks([[[off, 0]]], [[[0, 0]]], [area], [sigma])[0, 0] == pytest.approx(np.exp(-0.5))


def test_only_labelled_keypoints_count_and_missing_ones_cost():
    truth = np.array([[[0, 0], [50, 50]]], np.float64)
    guess = np.array([[[0, 0], [np.nan, np.nan]]])
    assert oks(guess, truth, [100.0], [0.1, 0.1]).tolist() == [[0.5]]
    assert oks(guess, truth, [100.0], [0.1, 0.1], [[True, False]]).tolist() == [[1.0]]
    assert oks(guess, truth, [100.0], [0.1, 0.1], [[False, False]]).tolist() == [[0.0]]


def test_oks_of_nobody_is_an_empty_table():
    assert oks(np.zeros((0, 5, 2)), np.zeros((3, 5, 2)), np.ones(3), sigmas).shape == (0, 3)


def test_oks_refuses_unlike_shapes():
    with pytest.raises(InputError, match="oks needs"):
        oks(np.zeros((1, 5, 2)), np.zeros((1, 5, 2)), [1.0], sigmas[:4])
