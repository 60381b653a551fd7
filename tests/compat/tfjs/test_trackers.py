"""The trackers' laws, by boxes and by keypoints."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.compat.tfjs.options import TrackerConfig
from vitruvian.compat.tfjs.results import BoundingBox, Keypoint, Pose
from vitruvian.compat.tfjs.trackers import BoundingBoxTracker, KeypointTracker

TRACKERS = [BoundingBoxTracker, KeypointTracker]
places = st.lists(
    st.tuples(st.floats(0, 0.7), st.floats(0, 0.7)), min_size=0, max_size=6, unique=True
)


def person(x: float, y: float, score: float = 0.9) -> Pose:
    spread = np.random.default_rng(1).random((17, 2)) * 0.2
    points = [Keypoint(float(x + dx), float(y + dy), score=score) for dx, dy in spread]
    return Pose(points, 0.9, box=BoundingBox(x, y, x + 0.2, y + 0.2))


@pytest.mark.parametrize("tracker", TRACKERS)
@given(frames=st.lists(places, max_size=5))
def test_no_two_poses_of_a_frame_share_an_id(tracker, frames):
    own = tracker(TrackerConfig(max_tracks=8))
    for time, frame in enumerate(frames):
        ids = [pose.id for pose in own.apply([person(*place) for place in frame], time * 40.0)]
        assert len(set(ids)) == len(ids)
        assert len(own.ids) <= 8


@pytest.mark.parametrize("tracker", TRACKERS)
def test_who_moves_a_little_keeps_the_id_whatever_the_order(tracker):
    own = tracker(TrackerConfig())
    first = own.apply([person(0.1, 0.1), person(0.6, 0.6)], 0)
    again = own.apply([person(0.61, 0.6), person(0.11, 0.1)], 40)
    assert [pose.id for pose in first] == [1, 2]
    assert [pose.id for pose in again] == [2, 1]


@pytest.mark.parametrize("tracker", TRACKERS)
def test_who_was_away_longer_than_max_age_is_new(tracker):
    own = tracker(TrackerConfig(max_age=500))
    own.apply([person(0.1, 0.1)], 0)
    assert [pose.id for pose in own.apply([person(0.1, 0.1)], 500)] == [1]
    assert [pose.id for pose in own.apply([person(0.1, 0.1)], 1001)] == [2]


def test_unsure_keypoints_do_not_count():
    own = KeypointTracker(TrackerConfig(min_similarity=0.2))
    own.apply([person(0.1, 0.1)], 0)
    assert [pose.id for pose in own.apply([person(0.1, 0.1, score=0.1)], 40)] == [2]


def test_two_trackers_know_nothing_of_each_other():
    one, other = BoundingBoxTracker(TrackerConfig()), BoundingBoxTracker(TrackerConfig())
    one.apply([person(0.1, 0.1), person(0.5, 0.5)], 0)
    assert [pose.id for pose in other.apply([person(0.1, 0.1)], 0)] == [1]
