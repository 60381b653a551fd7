from __future__ import annotations

import numpy as np
import pytest
from benchmarks.agreement import also_found, landmark_distance
from benchmarks.found import round_body

SIZE = (640, 480)


def body(x, y, height=200.0):
    """33 points in a person's rectangle."""
    rng = np.random.default_rng(0)
    points = rng.random((33, 2))
    points[0], points[1] = (0, 0), (1, 1)
    return np.array([x, y]) + points * np.array([height / 3, height])


def test_the_same_landmarks_are_no_distance_apart():
    frames = [body(100, 100)[None]]
    assert landmark_distance(frames, frames, SIZE) == {"median %": 0, "mean %": 0, "frames": 1}


def test_distance_is_in_per_cent_of_the_peers_diagonal():
    there = body(100, 100)[None]
    box = round_body(there, SIZE)[0]
    diagonal = np.linalg.norm(box[2:] - box[:2])
    apart = landmark_distance([there + np.array([0.01 * diagonal, 0])], [there], SIZE)
    assert apart["median %"] == pytest.approx(1, rel=1e-4)


def test_other_people_are_not_compared():
    apart = landmark_distance([body(400, 100)[None]], [body(100, 100)[None]], SIZE)
    assert apart["frames"] == 0
    assert np.isnan(apart["mean %"])


def test_somebody_reported_twice_counts_once():
    one, other = body(100, 100), body(400, 100)
    theirs = np.stack([one, one + 1, other])
    table = also_found([one[None]], [theirs], SIZE)
    assert table == {"theirs": 2, "of these ours %": 50, "ours": 1, "their repeats": 1}


def test_frames_without_anybody_are_fine():
    nobody = np.zeros((0, 33, 2))
    assert also_found([nobody, body(9, 9)[None]], [nobody, nobody], SIZE)["theirs"] == 0
