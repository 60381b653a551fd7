from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.geometry import hand_regions
from vitruvian.geometry.knuckles import KNUCKLES, centred

RNG = np.random.default_rng(7)
UPRIGHT = np.zeros((1, 21, 2), np.float32)
UPRIGHT[0, :, 0] = [0, 4, 6, 7, 8, *np.repeat([2, 0, -2, -4], 4)]
UPRIGHT[0, :, 1] = [0, -2, -4, -6, -7, *np.tile([-8, -11, -13, -15], 4)]
"""A stretched hand that points up: wrist at the origin, knuckles eight above it."""


def turned(points, angle, scale=1.0, shift=(0, 0)):
    cos, sin = np.cos(angle), np.sin(angle)
    return (scale * points @ np.array([[cos, sin], [-sin, cos]]) + shift).astype(np.float32)


def test_a_hand_that_points_up_is_looked_at_upright():
    ((x, y, side, angle),) = hand_regions.from_hand(UPRIGHT)
    assert angle == pytest.approx(0, abs=1e-6)
    assert side == pytest.approx(2.0 * 11)  # from the wrist to the joints above the knuckles
    assert (x, y) == pytest.approx((1.5, -5.5 - 0.1 * 11))


@given(st.floats(-3, 3), st.floats(0.5, 20), st.tuples(st.floats(-99, 99), st.floats(-99, 99)))
def test_the_region_moves_with_the_hand(angle, scale, shift):
    still = hand_regions.from_hand(UPRIGHT)[0]
    moved = hand_regions.from_hand(turned(UPRIGHT, angle, scale, shift))[0]
    assert moved[:2] == pytest.approx(turned(still[:2], angle, scale, shift), abs=2e-3)
    assert moved[2] == pytest.approx(scale * still[2], rel=1e-4)
    assert np.cos(moved[3] - angle) == pytest.approx(1, abs=1e-5)


def test_fingertips_do_not_move_the_region():
    closed = UPRIGHT.copy()
    closed[:, [4, 7, 8, 11, 12, 15, 16, 19, 20]] = RNG.normal(size=(9, 2)) * 4
    np.testing.assert_array_equal(hand_regions.from_hand(closed), hand_regions.from_hand(UPRIGHT))


def test_a_palm_s_region_is_larger_and_reaches_towards_the_fingers():
    palm = np.array([[10, 20, 30, 40]], np.float32)
    wrist, knuckle = np.array([[20, 40]], np.float32), np.array([[20, 20]], np.float32)
    ((x, y, side, angle),) = hand_regions.from_palm(palm, wrist, knuckle)
    assert (x, y, side, angle) == pytest.approx((20, 30 - 0.5 * 20, 2.6 * 20, 0))
    ((x, y, side, angle),) = hand_regions.from_palm(palm, wrist, knuckle, np.pi / 2)
    assert (x, y, side, angle) == pytest.approx((20 + 10, 30, 52, np.pi / 2))


def test_an_arm_s_region_is_centred_beyond_the_wrist():
    wrist, pinky, index = (np.array([point], np.float32) for point in ((0, 0), (-3, -9), (3, -9)))
    ((x, y, side, angle),) = hand_regions.from_arm(wrist, pinky, index)
    length = np.hypot(1, 9)
    assert side == pytest.approx(2.7 * 2 * length)
    assert angle == pytest.approx(np.arctan2(1, 9))
    assert (x, y) == pytest.approx((1 + 0.2 * 1, -9 - 0.2 * 9), abs=1e-4)


def test_boxes_of_regions_are_not_turned():
    place = np.array([[10, 20, 8, 1.2]], np.float32)
    assert hand_regions.boxes(place).tolist() == [[6, 16, 14, 24]]


def test_centred_has_the_knuckles_mean_at_the_origin():
    world = RNG.normal(size=(4, 21, 3)).astype(np.float32)
    moved = centred(world)
    assert moved[:, KNUCKLES].mean(1) == pytest.approx(np.zeros((4, 3)), abs=1e-6)
    np.testing.assert_allclose(np.diff(moved, axis=1), np.diff(world, axis=1), atol=1e-5)
