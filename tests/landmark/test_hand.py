from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry import regions
from vitruvian.landmark.hand import decode, duplicates, project, similar

RNG = np.random.default_rng(3)


def test_decode_reads_the_tensors_in_their_order():
    landmarks, world = RNG.normal(size=(1, 63)), RNG.normal(size=(1, 63))
    reading = decode(
        landmarks.astype(np.float32),
        np.array([[0.9]], np.float32),
        np.array([[0.2]], np.float32),
        world.astype(np.float32),
    )
    x, y, z = landmarks.reshape(21, 3).T
    np.testing.assert_allclose(
        reading.points, np.stack([x / 224, y / 224, z / 224 / 0.4], 1), rtol=1e-5
    )
    np.testing.assert_allclose(reading.world, world.reshape(21, 3), rtol=1e-5)
    assert (reading.score, reading.right) == pytest.approx((0.9, 0.2))


@pytest.fixture
def reading():
    numbers = (RNG.uniform(0, 224, (2, 63))).astype(np.float32)
    return decode(numbers[0], np.ones(1, np.float32), np.ones(1, np.float32), numbers[1] / 2240)


def test_project_lays_landmarks_into_the_region(reading):
    place = np.array([100, 50, 40, 0.7], np.float32)
    hand = project(reading, place)
    back = regions.apply(regions.inverse(regions.affine(place, 1)), hand.xy)
    np.testing.assert_allclose(back, reading.points[:, :2], atol=1e-5)
    np.testing.assert_allclose(hand.z, reading.points[:, 2] * 40, rtol=1e-5)


def test_project_turns_world_landmarks_with_the_picture(reading):
    quarter = project(reading, np.array([0, 0, 1, np.pi / 2], np.float32))
    x, y, z = reading.world.T
    np.testing.assert_allclose(quarter.world, np.stack([-y, x, z], 1), atol=1e-6)


def hand_at(x, size=100.0):
    points = RNG.uniform(0, size, (21, 2)) + np.array([x, 0])
    points[[0, 5, 17]] = [(x + size / 2, size), (x + size / 4, 0), (x + 3 * size / 4, 0)]
    return points


def test_a_hand_read_twice_is_one_and_the_earlier_stays():
    hand = hand_at(0)
    twice = hand + RNG.normal(size=(21, 2)) * 3
    xy = np.stack([hand, hand_at(500), twice]).astype(np.float32)
    assert duplicates(xy).tolist() == [False, False, True]
    assert similar(xy)[0].tolist() == [True, False, True]


@pytest.mark.parametrize(("near", "same"), [(9, False), (10, True)])
def test_ten_landmarks_decide(near, same):
    hand = hand_at(0)
    other = hand + np.array([24, 0])  # a fifth of the palm, 112 pixels, is 22.4
    other[:near] = hand[:near]
    xy = np.stack([hand, other]).astype(np.float32)
    assert bool(similar(xy)[0, 1]) is same
    assert duplicates(xy)[1] == same


def test_no_hand_is_no_duplicate():
    assert duplicates(np.zeros((0, 21, 2), np.float32)).shape == (0,)
