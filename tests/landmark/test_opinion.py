from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.geometry import regions
from vitruvian.landmark import SecondOpinion, Study
from vitruvian.landmark.opinion import Inquiry, voted
from vitruvian.recipe import Recipe
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, blazepose_to_coco
from vitruvian.types import Landmarks, People

WRIST, ANKLE = BLAZEPOSE_33.index("left_wrist"), BLAZEPOSE_33.index("right_ankle")
EAR = BLAZEPOSE_33.index("left_ear")


class Keypoints:
    """Another model, that has its own idea of where a body is, and of how sure it is."""

    def __init__(self, *bodies, score=0.7):
        self._bodies = [body[list(blazepose_to_coco)] for body in bodies]
        self._score = score
        self.looks = []

    def __call__(self):
        return self

    def read(self, frame, box=None, *, room=2.0):
        self.looks.append("upright")
        return self._answer(0)

    def look(self, frame, region):
        self.looks.append("turned")
        return self._answer(-1)

    def _answer(self, which):
        body = self._bodies[which]
        return np.concatenate([body, np.full((len(body), 1), self._score)], 1).astype(np.float32)


@pytest.fixture
def frame(make_scene, figure):
    (frame,) = make_scene([figure(300, 120)]).frames(1)
    return frame


def people(*bodies, visibility=0.9):
    xy = np.stack(bodies).astype(np.float32)
    n = len(xy)
    world = np.concatenate([(xy - xy.mean(1, keepdims=True)) / 200, np.zeros((n, 33, 1))], 2)
    seen = np.full((n, 33), visibility, np.float32)
    body = Landmarks(BLAZEPOSE_33, xy, np.zeros((n, 33)), seen, seen, world)
    places = regions.from_landmarks(xy, (11, 12), (23, 24))
    boxes = np.concatenate([xy.min(1), xy.max(1)], 1)
    return People(boxes, np.ones(n), ids=np.arange(1, n + 1), regions=places, body=body)


def shifted(body, index, x, y):
    other = body.copy()
    other[index] += x, y
    return other


def inquiry(n, *, asked=(0,), moved=None, real=(), readings=None, merit=(), sketches=()):
    """What is asked about n people, by rows; the detector saw joints, or not."""
    rows = np.arange(n)
    coco = [body[list(blazepose_to_coco)] for body in sketches]
    return Inquiry(
        np.isin(rows, asked),
        np.isin(rows, rows if moved is None else moved),
        np.isin(rows, real),
        People.none() if readings is None else readings,
        np.array(merit),
        np.stack(coco) if coco else np.zeros((0, 17, 2), np.float32),
    )


def test_a_joint_on_which_both_views_agree_is_taken_and_its_hand_comes_along(frame, figure):
    body = figure(300, 120, arms="out")
    side = people(body).regions[0, 2]
    other = shifted(body, WRIST, 0, 0.2 * side)
    (xy,) = SecondOpinion(Keypoints(other))(frame, people(body), inquiry(1)).body.xy
    np.testing.assert_allclose(xy[WRIST], other[WRIST], atol=0.5)
    for part in ("pinky", "index", "thumb"):
        finger = BLAZEPOSE_33.index(f"left_{part}")
        np.testing.assert_allclose(xy[finger] - body[finger], [0, 0.2 * side], atol=0.5)
    still = [i for i in range(33) if np.abs(xy[i] - body[i]).max() < 0.01]
    assert len(still) == 29


def test_metres_move_as_far_as_pixels(frame, figure):
    body = figure(300, 120, arms="out")
    before = people(body)
    other = shifted(body, WRIST, 0, 0.2 * before.regions[0, 2])
    after = SecondOpinion(Keypoints(other))(frame, before, inquiry(1))
    pixels = after.body.xy - before.body.xy
    np.testing.assert_allclose(
        after.body.world[..., :2] - before.body.world[..., :2], pixels / 200, atol=1e-4
    )


def test_views_that_differ_change_nothing_and_near_ones_are_averaged(frame, figure):
    body = figure(300, 120, arms="out")
    side = people(body).regions[0, 2]
    apart = Keypoints(shifted(body, WRIST, 0, 0.25 * side), shifted(body, WRIST, 0, -0.25 * side))
    (xy,) = SecondOpinion(apart)(frame, people(body), inquiry(1)).body.xy
    np.testing.assert_allclose(xy, body, atol=0.01)
    near = Keypoints(shifted(body, WRIST, 0, 0.02 * side))
    (xy,) = SecondOpinion(near)(frame, people(body), inquiry(1)).body.xy
    assert 0.008 * side < xy[WRIST, 1] - body[WRIST, 1] < 0.016 * side


def test_a_left_joint_is_not_laid_on_the_right_one(frame, figure):
    body = figure(300, 120, arms="out")
    left = BLAZEPOSE_33.index("left_ankle")
    body = shifted(body, ANKLE, -60, 0)
    other = body.copy()
    other[left] = body[ANKLE]
    (xy,) = SecondOpinion(Keypoints(other))(frame, people(body), inquiry(1)).body.xy
    np.testing.assert_allclose(xy, body, atol=0.01)


@pytest.mark.parametrize("beside", [True, False])
def test_beside_somebody_else_only_what_agrees_counts(frame, figure, beside):
    body, neighbour = figure(300, 120, arms="out"), figure(330 if beside else 560, 120)
    side = people(body).regions[0, 2]
    other = shifted(body, WRIST, 0, 0.2 * side)
    found = SecondOpinion(Keypoints(other))(frame, people(body, neighbour), inquiry(2, asked=[0]))
    assert np.allclose(found.body.xy[0], body, atol=0.01) == beside
    np.testing.assert_array_equal(found.body.xy[1], neighbour.astype(np.float32))


def test_what_lies_outside_the_picture_stays_there(frame, figure):
    body = shifted(figure(300, 120, arms="out"), ANKLE, 0, 400)
    other = shifted(body, ANKLE, 0, -380)
    (xy,) = SecondOpinion(Keypoints(other))(frame, people(body), inquiry(1)).body.xy
    np.testing.assert_allclose(xy, body, atol=0.01)


def test_nobody_in_doubt_is_nobody_looked_at(frame, figure):
    model = Keypoints(figure(300, 120))
    before = people(figure(300, 120))
    after = SecondOpinion(model)(frame, before, inquiry(1, asked=[]))
    assert after is before
    assert model.looks == []


@pytest.mark.parametrize("score", [0.1, 0.7])
def test_what_the_other_model_does_not_see_is_nobody(frame, figure, score):
    body = figure(300, 120)
    after = SecondOpinion(Keypoints(body, score=score))(frame, people(body), inquiry(1))
    assert len(after) == (score > 0.17)


def test_who_is_well_read_is_somebody_whatever_the_other_model_says(frame, figure):
    body = figure(300, 120)
    other = Keypoints(body, score=0.1)
    assert len(SecondOpinion(other)(frame, people(body), inquiry(1, real=[0]))) == 1


@pytest.mark.parametrize("seen", [False, True])
def test_a_body_beside_somebody_needs_a_model_that_sees_it(frame, figure, seen):
    body, ghost = figure(300, 120), figure(420, 160, arms="out")
    sketches = [ghost] if seen else [figure(300, 120)]
    asked = inquiry(2, asked=[1], sketches=sketches)
    after = SecondOpinion(Keypoints(body))(frame, people(body, ghost), asked)
    assert after.ids.tolist() == ([1, 2] if seen else [1])
    np.testing.assert_array_equal(after.body.xy[0], body.astype(np.float32))


def test_a_head_alone_is_judged_by_what_is_in_the_picture(frame, figure):
    body = figure(300, 120)
    body[:, 1] += frame.size[1] - 8 - body[BLAZEPOSE_33.index("mouth_left"), 1]
    known = Keypoints(body)
    below = body[list(blazepose_to_coco), 1] >= frame.size[1]
    unsure = known._answer
    known._answer = lambda which: unsure(which) * np.where(below[:, None], [1, 1, 0.05], 1)
    assert below.sum() > 11
    assert len(SecondOpinion(known)(frame, people(body), inquiry(1))) == 1


def mirrored(body):
    return body[list(BLAZEPOSE_33.mirror)]


@pytest.mark.parametrize("behind", [0.5, 5.0])
def test_of_two_readings_of_somebody_the_one_that_agrees_is_taken(frame, figure, behind):
    body = figure(300, 120, arms="out")
    asked = inquiry(1, readings=people(mirrored(body), body), merit=[1.0, 1.0 - behind])
    before = people(mirrored(body))
    after = SecondOpinion(Keypoints(body))(frame, before, asked)
    # Unless it is far worse read. No vote moves an ear.
    wanted = people(body if behind < 4 else mirrored(body))
    np.testing.assert_allclose(after.body.xy[0, EAR], wanted.body.xy[0, EAR], atol=0.01)
    np.testing.assert_allclose(after.body.world[0, EAR], wanted.body.world[0, EAR], atol=0.01)


def test_a_reading_of_somebody_else_is_not_taken_even_if_it_agrees(frame, figure):
    body, other = figure(150, 120), figure(450, 140, arms="out")
    asked = inquiry(1, real=[0], readings=people(body, other), merit=[0.0, 1.0])
    after = SecondOpinion(Keypoints(other))(frame, people(body), asked)
    np.testing.assert_array_equal(after.body.xy[0, 0], body[0].astype(np.float32))


def test_a_joint_that_a_detector_did_not_see_does_not_hide_the_others(frame, figure):
    body, ghost = figure(300, 120), figure(420, 160, arms="out")
    sketch = shifted(ghost, WRIST, np.nan, np.nan)
    asked = inquiry(2, asked=[1], sketches=[sketch])
    after = SecondOpinion(Keypoints(body))(frame, people(body, ghost), asked)
    assert after.ids.tolist() == [1, 2]


def test_joints_of_whoever_stands_behind_stay(frame, figure):
    body = figure(300, 120, arms="out")
    other = Keypoints(shifted(body, WRIST, 0, 0.2 * people(body).regions[0, 2]))
    after = SecondOpinion(other)(frame, people(body), inquiry(1, moved=[]))
    np.testing.assert_array_equal(after.body.xy[0], body.astype(np.float32))


def test_in_place_of_a_body_that_is_nobody_the_next_one_is_asked_about(frame, figure):
    ghost, body = figure(150, 120), figure(450, 140, arms="out")
    other = Keypoints(body)
    after = SecondOpinion(other)(frame, people(ghost, body), inquiry(2, asked=[0, 1]), 1)
    assert after.ids.tolist() == [2]
    assert len(other.looks) == 4


class Trembling:
    """Another reader, whose mirrored readings lie a little beside the others."""

    def __init__(self, reader):
        self._reader = reader

    def read(self, frame, places, *, mirrored=False, **options):
        readings = self._reader.read(frame, places, mirrored=mirrored, **options)
        step = np.array([0.01, 0, 0], np.float32)
        return [replace(r, points=r.points + step) for r in readings] if mirrored else readings


@pytest.mark.parametrize("doubt", [False, True])
def test_a_study_asks_only_about_readings_that_a_mirror_does_not_confirm(make_scene, figure, doubt):
    body = figure(300, 120, arms="out")
    scene = make_scene([body])
    (frame,) = scene.frames(1)
    model = Keypoints(body)
    study = Study(Trembling(scene) if doubt else scene, opinion=SecondOpinion(model))
    found = study(frame, people(body))
    assert found.ids.tolist() == [1]
    assert model.looks == (["upright", "turned"] if doubt else [])
    np.testing.assert_allclose(found.body.xy[0], body, atol=3)


@pytest.mark.parametrize("most", [None, 1])
def test_a_study_does_not_ask_about_people_who_are_not_wanted(make_scene, figure, most):
    bodies = figure(150, 120, arms="out"), figure(450, 140, arms="out")
    scene = make_scene(list(bodies))
    (frame,) = scene.frames(1)
    model = Keypoints(bodies[0])
    study = Study(Trembling(scene), most=most, opinion=SecondOpinion(model))
    found = study(frame, people(*bodies))
    assert found.ids.tolist() == [1, 2][:most]
    assert model.looks == ["upright", "turned"] * len(found)


def test_a_vote_is_the_mean_of_those_who_agree():
    places = np.array([[[0, 0]], [[10, 0]], [[10.2, 0]]], np.float32)
    weights = np.array([[1], [0.8], [0.8]], np.float32)
    (place,) = voted(places, weights, 1, np.array([True]))
    np.testing.assert_allclose(place, [10.1, 0], atol=0.01)
    (place,) = voted(places, weights, 1, np.array([False]))
    np.testing.assert_allclose(place, [0, 0], atol=0.01)


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"second_opinion": True}, True),
        ({}, False),
        ({"second_opinion": True, "detector": "blazepose"}, False),
    ],
)
def test_a_recipe_asks_for_one_only_where_it_is_wanted(options, asked, monkeypatch, tmp_path):
    fetched = []
    monkeypatch.setattr("vitruvian.weights.obtain", lambda name, **_: fetched.append(name))
    monkeypatch.setattr("vitruvian.weights.load", lambda *_, **__: None)
    Recipe(model="lite", **options).build(stills=True)
    assert ("movenet-thunder" in fetched) == asked
    fetched.clear()
    Recipe(model="lite", **options).build(stills=False)
    assert "movenet-thunder" not in fetched


def test_the_joints_are_those_of_both_models():
    from vitruvian.landmark import opinion

    names = [COCO_17.landmarks[i] for i in opinion._COCO]
    assert names == [BLAZEPOSE_33.landmarks[i] for i in opinion._JOINTS]
    assert len(names) == 12
    assert all(
        a.replace("left", "right") == b for a, b in zip(names[::2], names[1::2], strict=True)
    )


def test_whoever_comes_after_the_most_wanted_is_not_asked_about(frame, figure):
    model = Keypoints(figure(300, 120))
    found = people(figure(100, 120), figure(300, 120), figure(500, 120))
    SecondOpinion(model)(frame, found, inquiry(3, asked=[2]), 1)
    assert model.looks == []
