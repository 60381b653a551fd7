"""Against MediaPipe's own picture and the landmarks its own tests expect."""

from __future__ import annotations

import re

import numpy as np
import pytest

import vitruvian

MARGIN = 0.03
"""What MediaPipe's tests allow, in parts of the picture's width and height."""


@pytest.fixture(scope="module")
def expected(data):
    text = (data / "mediapipe" / "pose_landmarks.pbtxt").read_text()
    first = text[: text.index("world_landmarks")] if "world_landmarks" in text else text
    columns = [re.findall(rf"^\s+{axis}: (\S+)", first, re.MULTILINE) for axis in ("x", "y")]
    return np.array(columns, np.float32).T[:33]


@pytest.mark.parametrize("model", ["lite", "full"])
def test_the_landmarks_are_within_mediapipe_s_own_margin(data, expected, model):
    picture = data / "mediapipe" / "pose.jpg"
    ((frame, people),) = vitruvian.open(picture, model=model, people=1).people()
    assert expected.shape == (33, 2)
    assert len(people) == 1
    gap = np.abs(people.body.xy[0] / frame.size - expected)
    assert gap.max() < MARGIN, vitruvian.BLAZEPOSE_33.landmarks[int(gap.max(1).argmax())]


def test_the_box_is_round_the_whole_person(data, expected):
    (_, people), *_ = vitruvian.open(data / "mediapipe" / "pose.jpg", model="lite").people()
    xy = expected * (1000, 667)
    x0, y0, x1, y1 = people.boxes[0]
    assert x0 < xy[:, 0].min() + 20
    assert y0 < xy[:, 1].min() - 20
    assert x1 > xy[:, 0].max() - 20
    assert y1 > xy[:, 1].max() - 20


def test_a_cat_is_nobody(data):
    for _, people in vitruvian.open(data / "mediapipe" / "cat_large.jpg", model="lite").people():
        assert len(people) == 0
