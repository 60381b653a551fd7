"""A hand close up is no body."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

import vitruvian
from vitruvian.geometry import regions
from vitruvian.landmark import RejectHands
from vitruvian.landmark.hand import HandReading
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

SHAPE = np.zeros((21, 2), np.float32)
SHAPE[:, 0] = [0, 4, 6, 7, 8, *np.repeat([2, 0, -2, -4], 4)]
SHAPE[:, 1] = [0, -2, -4, -6, -7, *np.tile([-8, -11, -13, -15], 4)]


def hand(x, y, size):
    """A hand that points up, its wrist at x, y, fifteen sizes long."""
    return np.add(size * SHAPE, (x, y)).astype(np.float32)


@dataclass
class Found:
    places: np.ndarray

    def regions(self):
        return self.places


class Sight:
    """A palm detector and a hand model that see the same hands, as far as views take them in."""

    input_size = 192

    def __init__(self, *hands):
        self.hands = hands
        self.views = 0

    def find(self, frame, view):
        self.views += 1
        inverse = regions.inverse(view)
        inside = [xy for xy in self.hands if 0 <= regions.apply(inverse, xy).mean(0).min() < 192]
        places = [(*xy.mean(0), 3 * np.ptp(xy, axis=0).max(), 0) for xy in inside]
        return Found(np.array(places, np.float32).reshape(-1, 4))

    def read(self, frame, places):
        return [self._reading(place) for place in places]

    def _reading(self, place):
        xy = min(self.hands, key=lambda xy: np.linalg.norm(xy.mean(0) - place[:2]))
        inverse = regions.inverse(regions.affine(place, 1))
        points = np.pad(regions.apply(inverse, xy), [(0, 0), (0, 1)]).astype(np.float32)
        return HandReading(points, np.zeros((21, 3), np.float32), 0.9, 0.5)


def person(x, y, size):
    """Somebody upright whose torso is ten sizes long, arms hanging, hips at x, y."""
    at = {
        "shoulder": (4, -10), "elbow": (5, -4), "wrist": (6, 2), "pinky": (6, 4), "index": (6, 4),
        "thumb": (6, 3), "hip": (2, 0), "knee": (2, 8), "ankle": (2, 16), "heel": (2, 17),
    }  # fmt: skip
    xy = np.empty((33, 2), np.float32)
    for i, name in enumerate(BLAZEPOSE_33.landmarks):
        side = -1 if name.startswith("right") else 1
        dx, dy = next((at[part] for part in at if part in name), (0.5, -14))
        xy[i] = (x + size * side * dx, y + size * dy)
    return xy


def people(*bodies, ids=None):
    xy, n = np.stack(bodies), len(bodies)
    ones = np.ones((n, 33), np.float32)
    numbers = np.full(n, -1) if ids is None else np.array(ids)
    body = Landmarks(BLAZEPOSE_33, xy, 0 * ones, ones, ones.copy())
    return People(np.zeros((n, 4), np.float32), ones[:, 0], numbers, body=body)


def frame(index=0):
    return Frame(np.zeros((480, 640, 3), np.uint8), index=index, time=index / 30)


def rejecting(sight, **options):
    return RejectHands(sight, lambda: sight, **options)


@pytest.mark.parametrize("stills", [True, False])
def test_a_body_on_a_hand_is_nobody_and_who_stands_beside_it_stays(stills):
    stage = rejecting(Sight(hand(200, 300, 10)), stills=stills)
    small, other = person(200, 230, 5), person(500, 240, 5)
    kept = stage(frame(), people(small, other))
    np.testing.assert_array_equal(kept.body.xy, [other])


def test_somebody_s_own_hand_before_them_is_theirs():
    body = person(300, 240, 8)
    body[BLAZEPOSE_33.index("left_wrist")] = body[BLAZEPOSE_33.index("left_elbow")] + (-40, 40)
    wrist = body[BLAZEPOSE_33.index("left_wrist")]
    covering = hand(*wrist, 3)
    assert len(rejecting(Sight(covering), stills=True)(frame(), people(body))) == 1


def test_a_hand_of_a_fit_size_is_no_reason():
    # On the chest, where a third of the landmarks are, and a third of the torso long.
    body = person(300, 240, 8)
    body[:11] = (300, 200)
    assert len(rejecting(Sight(hand(300, 210, 1.8)), stills=True)(frame(), people(body))) == 1


def test_in_a_film_newcomers_are_looked_at_often_and_then_seldom():
    sight = Sight()
    stage, someone = rejecting(sight), person(300, 240, 8)
    stage(frame(0), people(someone))
    assert sight.views == 2
    for index in range(1, 61):
        stage(frame(index), people(someone, ids=[1]))
    often = sight.views
    for index in range(61, 121):
        stage(frame(index), people(someone, ids=[1]))
    assert 6 <= often - 2 <= 9
    assert 1 <= sight.views - often <= 3


def test_who_turns_out_to_be_a_hand_goes_though_followed():
    sight = Sight()
    stage, someone = rejecting(sight), person(200, 230, 5)
    assert len(stage(frame(0), people(someone))) == 1
    sight.hands = (hand(200, 300, 10),)
    left = [len(stage(frame(i), people(someone, ids=[1]))) for i in range(1, 12)]
    assert 0 in left
    assert left[0] == 1


def test_nobody_stays_nobody():
    sight = Sight()
    assert len(rejecting(sight)(frame(), People.none())) == 0
    assert sight.views == 0


@pytest.mark.parametrize(("name", "count"), [("left_hands.jpg", 0), ("pose.jpg", 1)])
def test_pictures_of_hands_and_of_somebody(data, name, count):
    picture = cv2.imread(str(data / "mediapipe" / name))[..., ::-1].copy()
    ((_, found),) = vitruvian.open(picture, model="lite", hands=True).people()
    assert len(found) == count
