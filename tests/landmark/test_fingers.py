"""Whose hand is whose, with a reader whose hands are known."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry import hand_regions, regions
from vitruvian.landmark import Fingers
from vitruvian.landmark.hand import HandReading
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

SHAPE = np.zeros((21, 2), np.float32)
SHAPE[:, 0] = [0, 4, 6, 7, 8, *np.repeat([2, 0, -2, -4], 4)]
SHAPE[:, 1] = [0, -2, -4, -6, -7, *np.tile([-8, -11, -13, -15], 4)]


def hand(x, y, size=2.0):
    """A hand that points up, its wrist at x, y."""
    return np.add(size * SHAPE, (x, y)).astype(np.float32)


class Hands:
    """A hand reader: in a region it sees the hand whose middle is nearest to the region's."""

    def __init__(self, *hands, right=0.5):
        self.hands = list(hands)
        self.right = right
        self.regions = []

    def read(self, frame, places):
        self.regions += list(places)
        return [self._reading(place) for place in places]

    def _reading(self, place):
        world = np.pad(SHAPE / 100, [(0, 0), (0, 1)]).astype(np.float32)
        gaps = [np.linalg.norm(xy.mean(0) - place[:2]) for xy in self.hands]
        if not gaps or min(gaps) > place[2] / 4:
            return HandReading(np.zeros((21, 3), np.float32), world, 0.01, 0.5)
        xy = self.hands[int(np.argmin(gaps))]
        inverse = regions.inverse(regions.affine(place, 1))
        points = np.pad(regions.apply(inverse, xy), [(0, 0), (0, 1)]).astype(np.float32)
        return HandReading(points, world, 0.95, self.right)


def person(x, *, left=None, right=None):
    """Landmarks of somebody at x whose wrists are where they are told to be, or out of sight."""
    xy = np.full((33, 2), (x, 0), np.float32)
    visibility = np.zeros(33, np.float32)
    for side, wrist in (("left", left), ("right", right)):
        at = {joint: BLAZEPOSE_33.index(f"{side}_{joint}") for joint in PARTS}
        for joint, (dx, dy) in PARTS.items():
            xy[at[joint]] = np.add(wrist or (x, 0), (dx, dy))
        visibility[at["wrist"]] = 0.9 if wrist else 0.0
    return xy, visibility


PARTS = {"shoulder": (0, 110), "elbow": (0, 60), "wrist": (0, 0), "pinky": (-5, -15)}
PARTS |= {"index": (5, -15)}


def people(*rows, ids=None):
    xy = np.stack([xy for xy, _ in rows])
    visibility = np.stack([seen for _, seen in rows])
    body = Landmarks(BLAZEPOSE_33, xy, visibility * 0, visibility, visibility)
    n = len(rows)
    numbers = np.arange(1, n + 1) if ids is None else np.array(ids)
    return People(np.zeros((n, 4), np.float32), np.ones(n, np.float32), numbers, body=body)


def frame(index=0):
    return Frame(np.zeros((480, 640, 3), np.uint8), index=index, time=index / 30)


def seen(column):
    return np.isfinite(column.xy).all((1, 2)).tolist()


def test_each_hand_is_its_own_arm_s():
    here, there = hand(100, 200), hand(300, 200)
    found = Fingers(Hands(here, there))(
        frame(), people(person(200, left=(300, 200), right=(100, 200)))
    )
    np.testing.assert_allclose(found.left_hand.xy[0], there, atol=1e-3)
    np.testing.assert_allclose(found.right_hand.xy[0], here, atol=1e-3)
    assert found.left_hand.world[0, [5, 9, 13, 17]].mean(0) == pytest.approx(0, abs=1e-6)
    assert found.left_hand.presence[0, 0] == pytest.approx(0.95)


def test_a_wrist_out_of_sight_has_no_hand():
    found = Fingers(Hands(hand(100, 200)))(frame(), people(person(200, right=(100, 200))))
    assert (seen(found.left_hand), seen(found.right_hand)) == ([False], [True])


def test_a_hand_far_from_the_wrist_is_another_s():
    # In the region, and further from the wrist than two fifths of the forearm.
    found = Fingers(Hands(hand(130, 185)))(frame(), people(person(200, right=(100, 200))))
    assert seen(found.right_hand) == [False]


@pytest.mark.parametrize("order", [1, -1])
def test_two_people_s_hands_are_never_mixed(order):
    both = [person(200, right=(104, 200)), person(100, left=(100, 200))]
    found = Fingers(Hands(hand(100, 200)))(frame(), people(*both[::order]))
    owners = list(zip(seen(found.left_hand), seen(found.right_hand), strict=True))
    assert owners[::order] == [(False, False), (True, False)]


@pytest.mark.parametrize(("right", "side"), [(0.05, "left"), (0.95, "right")])
def test_where_wrists_meet_the_side_it_looks_like_decides(right, side):
    clasped = person(200, left=(101, 200), right=(99, 200))
    found = Fingers(Hands(hand(100, 200), right=right))(frame(), people(clasped))
    assert seen(found.left_hand) == [side == "left"]
    assert seen(found.right_hand) == [side == "right"]


def test_in_a_film_a_hand_is_followed_by_its_own_landmarks():
    reader = Hands(hand(100, 200))
    stage = Fingers(reader)
    stage(frame(0), people(person(200, right=(100, 200))))
    reader.hands, reader.regions = [hand(103, 200)], []
    found = stage(frame(1), people(person(200, right=(106, 200))))
    (place,) = reader.regions
    np.testing.assert_allclose(place, hand_regions.from_hand(hand(100, 200)[None])[0], atol=1e-3)
    np.testing.assert_allclose(found.right_hand.xy[0], hand(103, 200), atol=1e-3)


def test_between_pictures_nothing_is_remembered():
    reader = Hands(hand(100, 200))
    stage = Fingers(reader, stills=True)
    there = people(person(200, right=(100, 200)))
    stage(frame(0), there)
    first, reader.regions = reader.regions, []
    stage(frame(0), there)
    np.testing.assert_array_equal(reader.regions, first)


class Palms:
    """A palm detector that sees one palm, whatever it is shown."""

    input_size = 192

    def __init__(self, xy):
        self.keypoints = xy[None, [0, 5, 9, 13, 17, 1, 2]]
        self.xy = xy
        self.looks = 0

    def find(self, frame, view):
        self.looks += 1
        return self

    def regions(self):
        return hand_regions.from_hand(self.xy[None])


def test_a_palm_is_searched_for_where_the_arm_points_elsewhere():
    sideways = hand(100, 200)
    palms = Palms(sideways)
    bent = person(200, right=(100, 200))
    for joint in ("pinky", "index"):  # as if the hand hung down
        bent[0][BLAZEPOSE_33.index(f"right_{joint}")] = 100, 260
    reader = Hands(sideways)
    assert seen(Fingers(reader)(frame(), people(bent)).right_hand) == [False]
    found = Fingers(reader, palms=lambda: palms)(frame(), people(bent))
    np.testing.assert_allclose(found.right_hand.xy[0], sideways, atol=1e-3)


def test_palms_are_not_searched_for_in_every_frame():
    palms = Palms(hand(500, 500))
    stage = Fingers(Hands(), palms=lambda: palms)
    for index in range(30):
        stage(frame(index), people(person(200, right=(100, 200))))
    assert palms.looks == 3


def test_nobody_has_no_hands():
    found = Fingers(Hands())(frame(), People.none())
    assert found.left_hand.lead == found.right_hand.lead == (0,)
