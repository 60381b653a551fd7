"""How often people are looked at: ten times a second, and in every frame where they touch."""

from __future__ import annotations

import numpy as np

from vitruvian.embed import Describe
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

IMAGE = np.random.default_rng(0).integers(0, 255, (200, 400, 3), np.uint8)


def people(*lefts: float, ids=None) -> People:
    """Bodies of 60 x 160 pixels at these places."""
    n = len(lefts)
    body = Landmarks.missing(BLAZEPOSE_33, (n,))
    spread = np.random.default_rng(1).random((33, 2)) * (60, 160)
    for row, left in enumerate(lefts):
        body.xy[row] = np.add(spread, (left, 20))
    body.visibility[...] = 0.9
    boxes = np.array([[left, 20, left + 60, 180] for left in lefts], np.float32).reshape(n, 4)
    known = np.arange(1, n + 1) if ids is None else np.array(ids)
    return People(boxes, np.ones(n, np.float32), ids=known, body=body)


def looked(stage: Describe, time: float, who: People) -> list[bool]:
    vectors = stage(Frame(IMAGE, time=time), who).vectors
    return np.isfinite(vectors).any(1).tolist()


def test_who_is_alone_is_looked_at_ten_times_a_second():
    stage = Describe()
    seen = [looked(stage, i / 30, people(10, 200)) for i in range(30)]
    assert seen[0] == [True, True]
    assert 7 <= sum(one for one, _ in seen) <= 11


def test_who_touches_another_is_looked_at_in_every_frame():
    stage = Describe()
    for i in range(6):
        assert looked(stage, i / 30, people(10, 50, 200))[:2] == [True, True]


def test_newcomers_and_those_without_an_id_are_looked_at_now():
    stage = Describe()
    looked(stage, 0.0, people(10))
    assert looked(stage, 0.01, people(10, 200)) == [False, True]
    assert looked(stage, 0.02, people(10, 200, ids=[1, -1])) == [False, True]
    stage.reset()
    assert looked(stage, 0.03, people(10)) == [True]


def test_a_clock_that_runs_back_hides_nobody():
    stage = Describe()
    looked(stage, 5.0, people(10))
    assert looked(stage, 1.0, people(10)) == [True]


def test_who_has_just_touched_another_is_looked_at_in_every_frame():
    stage = Describe()
    looked(stage, 0.0, people(10, 50))
    assert all(looked(stage, i / 30, people(10)) == [True] for i in range(1, 25))
    later = [looked(stage, 2 + i / 30, people(10))[0] for i in range(30)]
    assert 7 <= sum(later) <= 11
