from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify import Classify
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17
from vitruvian.types import Frame, Landmarks, People

RATE = 30


class Told:
    """A classifier that says what it is told, by the x of the first landmark."""

    labels = ("down", "up", "none of these")

    def probabilities(self, body, keypoints=None):
        answers = np.full((len(body.xy), 3), 0.1, np.float32)
        which = body.xy[:, 0, 0]
        for row, label in enumerate(which):
            if np.isnan(label):
                answers[row] = np.nan
            else:
                answers[row, int(label)] = 0.8
        return answers


@pytest.fixture
def stage():
    return Classify(Told())


def people(*answers, ids=None):
    body = Landmarks.missing(BLAZEPOSE_33, (len(answers),))
    body.xy[:, 0, 0] = answers
    n = len(answers)
    ids = np.arange(1, n + 1) if ids is None else np.array(ids)
    return People(np.zeros((n, 4), np.float32), np.ones(n, np.float32), ids=ids, body=body)


def run(stage, answers, start=0):
    image = np.zeros((4, 4, 3), np.uint8)
    for i, answer in enumerate(answers, start):
        yield stage(Frame(image, index=i, time=i / RATE), people(answer)).labels[0]


def test_a_flicker_changes_nothing_and_a_change_is_taken(stage):
    labels = list(run(stage, [0] * 15 + [1, 2, 1] + [0] * 15))
    assert set(labels) == {"down"}
    labels = list(run(stage, [1] * 40, start=33))
    assert (labels[0], labels[-1]) == ("down", "up")
    # Held for 0.3 s after it leads, and no longer than three quarters of a second in all.
    change = labels.index("up")
    assert 0.3 * RATE <= change <= 0.75 * RATE
    assert labels == ["down"] * change + ["up"] * (len(labels) - change)


def test_steadiness_goes_by_time_and_not_by_frames():
    slow = Classify(Told())
    image = np.zeros((4, 4, 3), np.uint8)
    times = np.arange(0, 3, 0.2)
    labels = [
        slow(Frame(image, index=i, time=t), people(0 if t < 1 else 1)).labels[0]
        for i, t in enumerate(times)
    ]
    assert 0.3 <= times[labels.index("up")] - 1 <= 0.85


def test_none_of_these_is_an_answer_and_missing_landmarks_are_none(stage):
    found = stage(Frame(np.zeros((4, 4, 3), np.uint8)), people(2, np.nan))
    assert found.labels == ("none of these", None)
    assert found.label_scores[0] == pytest.approx(0.8)
    assert np.isnan(found.label_scores[1])


def test_pictures_stand_alone():
    stage = Classify(Told(), stills=True)
    assert list(run(stage, [0, 1, 2, 0])) == ["down", "up", "none of these", "down"]


def test_who_comes_back_later_begins_anew(stage):
    assert list(run(stage, [0] * 10))[-1] == "down"
    assert list(run(stage, [1], start=100)) == ["up"]
    stage.reset()
    assert list(run(stage, [2])) == ["none of these"]
    nobody = stage(Frame(np.zeros((4, 4, 3), np.uint8)), People.none())
    assert nobody.labels == ()


class Raised:
    """A classifier that says which wrist is the higher, of somebody who faces the camera."""

    labels = ("left", "right", "none of these")

    def probabilities(self, body, keypoints=None):
        points = body.xy if keypoints is None else keypoints
        skeleton = BLAZEPOSE_33 if keypoints is None else COCO_17
        left, right = (points[:, skeleton.index(f"{side}_wrist")] for side in ("left", "right"))
        answers = np.zeros((len(points), 3), np.float32)
        for row in range(len(points)):
            # Of somebody who faces the camera the left is at the right of the picture.
            possible = left[row, 0] > right[row, 0]
            higher = 0 if left[row, 1] < right[row, 1] else 1
            answers[row, higher if possible else 2] = 1
        return answers

    wants_keypoints = True


class Wrists:
    """Keypoints of somebody who seems to raise the wrist at the left of the picture."""

    def read(self, frame, box):
        points = np.zeros((17, 3), np.float32)
        points[COCO_17.index("left_wrist")] = 20, 30, 1
        points[COCO_17.index("right_wrist")] = 10, 5, 1
        return points


@pytest.mark.parametrize("keypoints", [None, Wrists()])
def test_in_a_mirror_people_are_judged_as_they_are(keypoints):
    body = Landmarks.missing(BLAZEPOSE_33, (1,))
    body.xy[:, BLAZEPOSE_33.index("left_wrist")] = 20, 30
    body.xy[:, BLAZEPOSE_33.index("right_wrist")] = 10, 5
    person = People(np.zeros((1, 4), np.float32), np.ones(1, np.float32), ids=np.ones(1), body=body)
    frame = Frame(np.zeros((4, 4, 3), np.uint8))
    for mirrored, label in ((False, "right"), (True, "left")):
        stage = Classify(Raised(), stills=True, mirrored=mirrored, keypoints=keypoints)
        found = stage(frame, person)
        assert found.labels == (label,)
        np.testing.assert_array_equal(found.body.xy, body.xy)
