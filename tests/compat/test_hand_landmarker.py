from __future__ import annotations

import threading

import numpy as np
import pytest

import vitruvian
from vitruvian.compat.mediapipe import Image
from vitruvian.compat.mediapipe.tasks.python import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.components.containers import (
    Category,
    Landmark,
    NormalizedLandmark,
)
from vitruvian.compat.mediapipe.tasks.python.vision import (
    HandLandmarkerOptions,
    HandLandmarkerResult,
    HandLandmarksConnections,
    RunningMode,
)
from vitruvian.compat.mediapipe.tasks.python.vision.hand_landmarker import HandLandmark

VIDEO, LIVE = RunningMode.VIDEO, RunningMode.LIVE_STREAM


@pytest.fixture(scope="module")
def two_hands(data):
    """Two left hands, MediaPipe's own picture."""
    return Image.create_from_file(str(data / "mediapipe" / "left_hands.jpg"))


def xy(landmarks):
    return np.array([(point.x, point.y) for point in landmarks])


def test_options_are_mediapipe_s():
    assert HandLandmarkerOptions(BaseOptions()) == HandLandmarkerOptions(
        base_options=BaseOptions(),
        running_mode=RunningMode.IMAGE,
        num_hands=1,
        min_hand_detection_confidence=0.5,
        min_hand_presence_confidence=0.5,
        min_tracking_confidence=0.5,
        result_callback=None,
    )


def test_names_and_lines_are_those_of_the_skeleton():
    names = [landmark.name.lower() for landmark in HandLandmark]
    assert names == list(vitruvian.HAND_21.landmarks)
    lines = [(line.start, line.end) for line in HandLandmarksConnections.HAND_CONNECTIONS]
    assert len(lines) == 21
    assert set(lines) == set(vitruvian.HAND_21.bones)


@pytest.mark.usefixtures("lent_cache")
def test_a_picture_of_two_left_hands(make, hand_task, two_hands):
    with make("hand", hand_task, num_hands=2) as landmarker:
        result = landmarker.detect(two_hands)
    assert [hand[0].category_name for hand in result.handedness] == ["Left", "Left"]
    for (category,) in result.handedness:
        assert type(category) is Category
        assert (category.index, category.display_name) == (1, "Left")
        assert category.score > 0.9
    for landmarks, world in zip(result.hand_landmarks, result.hand_world_landmarks, strict=True):
        assert [type(point) for point in landmarks] == [NormalizedLandmark] * 21
        assert [type(point) for point in world] == [Landmark] * 21
        assert landmarks[0].visibility is landmarks[0].presence is world[0].visibility is None
        assert abs(landmarks[0].z) < 1e-4
        palm = [np.array([point.x, point.y, point.z]) for point in (world[0], world[9])]
        assert 0.05 < np.linalg.norm(palm[0] - palm[1]) < 0.15
    assert len(result.ids) == len(result.boxes) == len(result.scores) == 2


def test_one_hand_is_the_default(make, two_hands):
    with make("hand") as landmarker:
        assert len(landmarker.detect(two_hands).hand_landmarks) == 1


def test_a_film_keeps_its_hands(make, two_hands):
    with make("hand", num_hands=2, running_mode=VIDEO) as landmarker:
        results = [landmarker.detect_for_video(two_hands, 33 * i) for i in range(3)]
    assert [result.ids for result in results] == [[1, 2]] * 3
    # The first frame's regions come from palms, the others' from landmarks.
    _, second, third = (np.array([xy(hand) for hand in r.hand_landmarks]) for r in results)
    assert np.abs(second - third).max() < 0.03


def test_no_hand(make, blank):
    with make("hand") as landmarker:
        assert landmarker.detect(blank) == HandLandmarkerResult([], [], [])


def test_a_live_stream(make, two_hands):
    results, done = [], threading.Event()

    def take(result, picture, timestamp_ms):
        results.append((len(result.handedness), picture, timestamp_ms))
        done.set()

    with make("hand", running_mode=LIVE, num_hands=2, result_callback=take) as landmarker:
        landmarker.detect_async(two_hands, 7)
        assert done.wait(20)
    assert results == [(2, two_hands, 7)]
