from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.geometry import regions
from vitruvian.geometry.likeness import likeness, same_person
from vitruvian.landmark import Landmark, Study
from vitruvian.landmark.study import unmirrored
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import HIDDEN, People


def at(*places, ids=None) -> People:
    regions_ = np.array(places, np.float32)
    x, y, side, _ = regions_.T
    boxes = np.stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2], 1)
    ids = np.full(len(places), -1, np.int64) if ids is None else np.array(ids, np.int64)
    return People(boxes, np.full(len(places), 0.5, np.float32), ids=ids, regions=regions_)


def region_of(xy):
    return regions.from_landmarks(xy[None], (11, 12), (23, 24))[0]


def moved(place, x, y, side=0.0, angle=0.0):
    return place + np.array([x, y, side, angle], np.float32)


@pytest.mark.parametrize("make", [Landmark, Study])
def test_two_readings_of_one_person_become_one(make, make_scene, figure):
    body = figure(300, 120, arms="out")
    scene = make_scene([body])
    place = region_of(body)
    people = at(place, moved(place, 12, -9, 20, 0.1), moved(place, -20, 5, -10, -0.2))
    (frame,) = scene.frames(1)
    found = make(scene)(frame, people)
    assert len(found) == 1
    np.testing.assert_allclose(found.body.xy[0], body, atol=1)
    np.testing.assert_allclose(found.regions[0], place, rtol=0.02, atol=0.05)


@pytest.mark.parametrize("make", [Landmark, Study])
def test_two_people_whose_regions_overlap_stay_two(make, make_scene, figure):
    bodies = [figure(300, 120, arms="out"), figure(345, 130, arms="up")]
    scene = make_scene(bodies)
    (frame,) = scene.frames(1)
    found = make(scene)(frame, at(*(region_of(body) for body in bodies)))
    assert len(found) == 2
    for body in bodies:
        assert np.abs(found.body.xy - body).mean((1, 2)).min() < 1


class Dim:
    """Another reader, that says of every landmark that it can hardly be seen."""

    def __init__(self, reader):
        self._reader = reader

    def read(self, frame, places, **options):
        faint = np.full(39, 0.3, np.float32)
        readings = self._reader.read(frame, places, **options)
        return [replace(reading, visibility=faint) for reading in readings]


def test_who_was_seen_goes_on_when_dim_but_who_was_hidden_must_be_seen_clearly(make_scene, figure):
    body = figure(300, 120)
    scene = make_scene([body])
    (frame,) = scene.frames(1)
    known = at(region_of(body), ids=[4])
    hidden = known.having(scores=np.array([HIDDEN], np.float32))
    assert Landmark(Dim(scene))(frame, known).ids.tolist() == [4]
    assert len(Landmark(Dim(scene))(frame, hidden)) == 0
    assert Landmark(scene)(frame, hidden).ids.tolist() == [4]


class Noting:
    """Another reader, that notes who is painted out of each region."""

    def __init__(self, reader):
        self._reader = reader
        self.covers = []

    def read(self, frame, places, *, without=None, **options):
        self.covers.append(without)
        return self._reader.read(frame, places, without=without, **options)


def test_of_two_who_were_near_each_is_read_without_the_other(make_scene, figure):
    before, now = ([figure(x + 12 * i, 120) for x in (300, 345)] for i in range(2))
    far = figure(60, 120)
    (frame,) = make_scene([*before, far]).frames(1)
    places = at(*(region_of(body) for body in [*before, far]))
    known = Landmark(make_scene([*before, far]))(frame, places).having(ids=np.arange(1, 4))
    reader = Noting(make_scene([*now, far]))
    found = Landmark(reader)(frame, known)
    assert found.ids.tolist() == [1, 2, 3]
    (covers,) = reader.covers
    for cover, body in zip(covers, (before[1], before[0]), strict=False):
        np.testing.assert_allclose(cover.others, body[None], atol=1)
    assert covers[2] is None


@pytest.mark.parametrize("make", [Landmark, Study])
def test_a_place_where_nobody_is_holds_nobody(make, make_scene, figure):
    body = figure(150, 120)
    scene = make_scene([body])
    (frame,) = scene.frames(1)
    found = make(scene)(frame, at([550, 100, 120, 0], region_of(body)))
    assert len(found) == 1
    assert len(make(scene)(frame, at([550, 100, 120, 0]))) == 0


def test_of_two_readings_the_one_known_for_longer_stays(make_scene, figure):
    body = figure(300, 120)
    scene = make_scene([body])
    (frame,) = scene.frames(1)
    people = at(region_of(body), moved(region_of(body), 3, 3), ids=[-1, 4])
    assert Landmark(scene)(frame, people).ids.tolist() == [4]


def test_a_study_puts_the_most_prominent_first_and_keeps_as_many_as_wanted(make_scene, figure):
    bodies = [figure(60, 30, 90), figure(320, 60, 350), figure(560, 200, 150)]
    scene = make_scene(bodies)
    (frame,) = scene.frames(1)
    people = at(*(region_of(body) for body in bodies))
    found = Study(scene)(frame, people)
    assert found.ids.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.body.xy[0], bodies[1], atol=1)
    (only,) = Study(scene, most=1)(frame, people).body.xy
    np.testing.assert_allclose(only, bodies[1], atol=1)


def test_masks_lie_where_the_region_is_and_only_when_asked(make_scene, figure):
    body = figure(300, 120)
    scene = make_scene([body])
    (frame,) = scene.frames(1)
    people = at(region_of(body))
    assert Landmark(scene)(frame, people).masks is None
    (mask,) = Landmark(scene, masks=True)(frame, people).masks
    assert mask.shape == (480, 640)
    x, y, side, _ = region_of(body)
    assert mask[int(y), int(x)] > 0.9
    assert mask[int(y), : int(x - side / 2) - 3].max(initial=0) == 0


@pytest.mark.parametrize("make", [Landmark, Study])
@pytest.mark.parametrize("masks", [False, True])
def test_whoever_is_behind_somebody_shows_when_they_are_covered(make, masks, make_scene, figure):
    front, behind = figure(300, 120, arms="out"), figure(345, 130, arms="up")
    scene = make_scene([front, behind])
    (frame,) = scene.frames(1)
    # Both regions are nearer to the one in front, so at first both give a reading of them.
    people = at(region_of(front), moved(region_of(front), 0.45 * 45, 4))
    found = make(scene, masks=masks)(frame, at(*people.regions, region_of(behind)))
    assert len(found) == 2
    twins = Landmark(scene, masks=masks)(frame, at(*people.regions, ids=[1, 2]))
    assert sorted(twins.ids.tolist()) == [1, 2]
    for some in (found, twins):
        for body in (front, behind):
            assert np.abs(some.body.xy - body).mean((1, 2)).min() < 1
        assert (some.masks is not None) == masks
        assert not masks or len(some.masks) == 2


def test_a_mirrored_reading_is_turned_back(make_scene, figure):
    body = figure(300, 120, arms="out", turn=0.4)
    scene = make_scene([body])
    (frame,) = scene.frames(1)
    place = moved(region_of(body), 20, 5)[None]
    (plain,) = scene.read(frame, place)
    (mirrored,) = scene.read(frame, place, mirrored=True)
    back = unmirrored(mirrored)
    assert np.abs(mirrored.points[:33] - plain.points[:33]).max() > 0.05
    np.testing.assert_allclose(back.points[:33], plain.points[:33], atol=1e-5)
    np.testing.assert_allclose(back.world, plain.world, atol=1e-6)
    np.testing.assert_array_equal(back.visibility, plain.visibility)


@pytest.fixture
def sides():
    return np.array([250], np.float32)


def test_a_body_is_itself_also_the_wrong_way_round_and_after_a_little_noise(figure, sides):
    body = figure(300, 120, arms="out")[None]
    swapped = body[:, list(BLAZEPOSE_33.mirror)]
    noisy = body + np.random.default_rng(3).normal(0, 3, body.shape).astype(np.float32)
    for other in (body, swapped, noisy):
        assert same_person(body, other, sides).tolist() == [[True]]
        assert likeness(body, other, sides)[0, 0] > 0.8


def test_likeness_is_a_share_that_falls_with_distance(figure, sides):
    body = figure(300, 120)
    others = np.stack([figure(300 + step, 120) for step in (0, 5, 10, 20, 40, 200)])
    row = likeness(body[None], others, sides)[0]
    assert row[0] == pytest.approx(1)
    assert (np.diff(row) < 0).all()
    assert 0 <= row[-1] < 0.05


def test_somebody_else_is_somebody_else_however_near(figure, sides):
    body = figure(300, 120, arms="out")[None]
    for other in (figure(345, 130, arms="up"), figure(315, 130, turn=np.pi / 2), figure(300, 330)):
        assert same_person(body, other[None], sides).tolist() == [[False]]
