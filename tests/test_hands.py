"""Hands without bodies, on MediaPipe's picture of two left hands."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

import vitruvian
from vitruvian.errors import InputError, UnknownNameError
from vitruvian.types import Frame

MARGIN = 0.03
"""What MediaPipe's tests allow, in parts of the picture's width and height."""
SIZE = (720, 382)


@pytest.fixture(scope="module")
def picture(data):
    image = cv2.imread(str(data / "mediapipe" / "left_hands.jpg"))
    return np.ascontiguousarray(image[..., ::-1])


@pytest.fixture(scope="module")
def expected(data):
    hands = []
    for way in ("up", "down"):
        text = (data / "mediapipe" / f"expected_left_{way}_hand_landmarks.prototxt").read_text()
        columns = [[float(x) for x in re.findall(rf"{axis}: (\S+)", text)] for axis in "xy"]
        hands.append(np.array(columns).T[:21])
    return np.stack(hands)


@pytest.fixture(scope="module")
def hands():
    with vitruvian.Hands() as hands:
        yield hands


def gaps(found, expected):
    """The largest gap of each expected hand to the nearest that was found."""
    away = np.abs(found.landmarks.xy[:, None] / SIZE - expected[None])
    return away.max((2, 3)).min(0)


def test_landmarks_are_within_mediapipe_s_own_margin(hands, picture, expected):
    found = hands.find(picture)
    assert len(found) == 2
    assert (gaps(found, expected) < MARGIN).all()
    assert found.sides == ("left", "left")
    assert (found.side_scores > 0.9).all()
    assert found.ids.tolist() == [1, 2]


def test_world_landmarks_are_metres_from_the_knuckles(hands, picture):
    world = hands.find(picture).landmarks.world
    assert np.abs(world[:, [5, 9, 13, 17]].mean(1)).max() < 0.005
    palm = np.linalg.norm(world[:, 9] - world[:, 0], axis=1)
    assert ((palm > 0.06) & (palm < 0.12)).all()


def test_in_a_mirror_left_is_right(picture):
    mirror = vitruvian.Hands(model="lite", mirrored=True)
    assert mirror.find(np.ascontiguousarray(picture[:, ::-1])).sides == ("left", "left")
    assert mirror.find(picture).sides == ("right", "right")


def test_an_id_is_one_hand_while_the_picture_moves(picture):
    hands = vitruvian.Hands(model="lite")
    before = hands.follow(picture)
    for step in range(1, 4):
        after = hands.follow(np.roll(picture, 4 * step, axis=1))
        assert after.ids.tolist() == before.ids.tolist() == [1, 2]
        shift = after.landmarks.xy - before.landmarks.xy
        assert np.median(shift[..., 0]) == pytest.approx(4 * step, abs=1.5)
    hands.reset()
    assert hands.follow(picture).ids.tolist() == [1, 2]


def test_a_hand_that_comes_has_a_new_id_and_the_other_keeps_its_own(picture):
    hands, one = vitruvian.Hands(model="lite", search_every=2), picture.copy()
    one[:, 360:] = 255
    for _ in range(3):
        assert hands.follow(one).ids.tolist() == [1]
    assert hands.follow(picture).ids.tolist() == [1]  # palms are not searched for yet
    assert hands.follow(picture).ids.tolist() == [1, 2]
    other = picture.copy()
    other[:, :360] = 255
    assert hands.follow(other).ids.tolist() == [2]
    assert hands.follow(picture).ids.tolist() == [2, 3]  # one has just gone, so they are


def test_searched_for_in_every_frame_a_hand_is_there_at_once(picture):
    hands, one = vitruvian.Hands(model="lite", search_every=1), picture.copy()
    one[:, 360:] = 255
    for _ in range(3):
        assert hands.follow(one).ids.tolist() == [1]
    assert hands.follow(picture).ids.tolist() == [1, 2]


def test_no_more_than_wanted(picture):
    assert len(vitruvian.Hands(model="lite", most=1).find(picture)) == 1


def test_a_frame_that_is_turned_is_read_in_its_own_pixels(hands, picture, expected):
    turned = np.ascontiguousarray(np.rot90(picture))
    found = hands.find(Frame(turned), rotation=90)
    x, y = np.moveaxis(found.landmarks.xy, -1, 0)
    upright = np.stack([SIZE[0] - y, x], -1) / SIZE
    assert np.abs(upright[:, None] - expected[None]).max((2, 3)).min(0).max() < MARGIN


def test_fewer_hands_have_the_same_columns(hands, picture):
    found = hands.find(picture)
    last = found[[1]]
    assert (len(last), last.ids.tolist(), last.sides) == (1, [2], ("left",))
    np.testing.assert_array_equal(last.landmarks.xy[0], found.landmarks.xy[1])
    assert len(vitruvian.HandSet.none()) == 0


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"model": "heavy"}, UnknownNameError),
        ({"most": 0}, InputError),
        ({"search_every": 0}, InputError),
        ({"min_presence": 1.1}, InputError),
        ({"min_detection": -0.1}, InputError),
        ({"min_tracking": float("nan")}, InputError),
    ],
)
def test_what_cannot_be_is_refused(options, error):
    with pytest.raises(error):
        vitruvian.Hands(**options)
