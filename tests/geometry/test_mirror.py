"""Left and right of people seen in a mirror."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import vitruvian
from vitruvian.geometry.mirror import unmirrored
from vitruvian.skeletons import BLAZEPOSE_33, HAND_21
from vitruvian.types import Landmarks, People

LEFT, RIGHT = BLAZEPOSE_33.index("left_wrist"), BLAZEPOSE_33.index("right_wrist")


def some(skeleton, seed):
    random = np.random.default_rng(seed)

    def numbers(*shape):
        return random.random(shape, np.float32)

    k = len(skeleton)
    return Landmarks(
        skeleton, numbers(1, k, 2), numbers(1, k), numbers(1, k), numbers(1, k), numbers(1, k, 3)
    )


def people():
    return People(
        np.zeros((1, 4), np.float32),
        np.ones(1, np.float32),
        ids=np.array([7]),
        body=some(BLAZEPOSE_33, 1),
        left_hand=some(HAND_21, 2),
        right_hand=some(HAND_21, 3),
        root=np.array([[1, 2, 3]], np.float32),
    )


def test_left_and_right_are_exchanged_and_pixels_stay():
    before, after = people(), unmirrored(people())
    for part in ("xy", "z", "visibility", "presence"):
        was, now = getattr(before.body, part), getattr(after.body, part)
        np.testing.assert_array_equal(now[:, LEFT], was[:, RIGHT])
        np.testing.assert_array_equal(now[:, 0], was[:, 0])
    np.testing.assert_array_equal(after.left_hand.xy, before.right_hand.xy)
    np.testing.assert_array_equal(after.right_hand.z, before.left_hand.z)
    assert after.ids.tolist() == [7]


def test_metres_are_seen_from_the_other_side():
    before, after = people(), unmirrored(people())
    np.testing.assert_array_equal(
        after.body.world[:, LEFT], before.body.world[:, RIGHT] * np.float32([-1, 1, 1])
    )
    assert after.root.tolist() == [[-1, 2, 3]]


def test_twice_is_not_at_all():
    before, after = people(), unmirrored(unmirrored(people()))
    for part in ("body", "left_hand", "right_hand"):
        for column in ("xy", "z", "world"):
            was, now = (getattr(getattr(one, part), column) for one in (before, after))
            np.testing.assert_array_equal(now, was)


def test_columns_that_are_missing_stay_missing():
    assert unmirrored(People.none()).body is None


@pytest.fixture(scope="module")
def picture(data):
    return cv2.imread(str(data / "mediapipe" / "pose.jpg"))[..., ::-1].copy()


@pytest.mark.parametrize("film", [False, True])
def test_a_selfie_has_the_sides_of_the_picture_it_mirrors(picture, film):
    width = picture.shape[1]
    options = {"model": "lite", "people": 1, "hands": True}

    def look(image, **more):
        source = [image] * 3 if film else image
        *_, (_, people) = vitruvian.open(source, **options, **more).people()
        return people

    plain, selfie = look(picture), look(np.ascontiguousarray(picture[:, ::-1]), mirrored=True)
    flipped = selfie.body.xy * np.float32([-1, 1]) + np.float32([width - 1, 0])
    tall = np.ptp(plain.body.xy[0, :, 1])
    assert np.linalg.norm(flipped - plain.body.xy, axis=-1).mean() < 0.03 * tall
    assert np.linalg.norm(selfie.body.world - plain.body.world, axis=-1).mean() < 0.08
    for hand in ("left_hand", "right_hand"):
        one, other = getattr(plain, hand).xy[0, 0], getattr(selfie, hand).xy[0, 0]
        assert np.linalg.norm(one - (width - 1 - other[0], other[1])) < 0.03 * tall
