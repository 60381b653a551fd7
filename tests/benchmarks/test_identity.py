from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.followed import Followed
from benchmarks.found import Found
from benchmarks.identity import Scenery, body_moments, summary
from benchmarks.truth import Film

from benchmarks import followed
from vitruvian.measure import Tracks, box_moments, contact

FILM = Film(Path("film.mp4"), 10, (640, 480), {0: np.zeros((0, 4), np.float32)}, 1)
RNG = np.random.default_rng(0)
SIZE = np.array([60, 200])
BODY = RNG.random((17, 2)) * SIZE


def found(*places, sure=0.9):
    """People 60 x 200 with their corners at these places, the surest first."""
    at = np.array(places, np.float64).reshape(-1, 2)
    boxes = np.hstack([at, at + SIZE]).astype(np.float32)
    scores = np.full(len(at), sure)
    return Found(boxes, at[:, None] + BODY, None, scores, np.full((len(at), 17), sure))


@pytest.fixture
def followed_as(monkeypatch):
    """Runs the keypoint tracker on detections frame by frame."""

    def call(frames):
        monkeypatch.setattr(followed, "_detections", lambda film, bar: frames)
        return [ids.tolist() for ids in followed.keypoint_tracker(FILM).ids]

    return call


def test_the_keypoint_tracker_follows_who_moves_a_little(followed_as):
    frames = [found((10 + 5 * t, 0), (400 - 5 * t, 0)) for t in range(4)]
    assert followed_as(frames) == [[1, 2]] * 4


def test_it_gives_a_new_id_to_who_is_elsewhere_and_never_one_twice(followed_as):
    frames = [found((0, 0)), found((400, 0)), found((0, 0), (400, 0), (200, 0))]
    assert followed_as(frames) == [[1], [2], [1, 2, 3]]


def test_it_forgets_after_a_second(followed_as):
    nobody = found()
    assert followed_as([found((0, 0)), *[nobody] * 9, found((0, 0))])[-1] == [1]
    assert followed_as([found((0, 0)), *[nobody] * 10, found((0, 0))])[-1] == [2]


def test_keypoints_it_is_not_sure_of_do_not_count(followed_as):
    assert followed_as([found((0, 0)), found((0, 0), sure=0.2)]) == [[1], [2]]


def test_bodies_are_compared_with_the_truth():
    both = np.array([1, 2])
    people = found((0, 0), (300, 0))
    boxes = Tracks({t: (both, people.boxes.astype(np.float64)) for t in range(2)})
    truth = Scenery(boxes, [(both, people.coco)] * 2)
    swapped = Followed([np.array([5, 6]), np.array([6, 5])], [people, people])
    count = contact(body_moments(truth, swapped))
    assert (count.covered, count.kept, count.switches) == (4, 2, 2)
    table = summary(box_moments(truth.boxes, swapped.tracks))
    assert (table["IDF1"], table["switches"], table["ids"]) == (0.5, 2, 2)


def test_what_was_said_is_kept_until_the_film_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(followed.peer, "BENCH", tmp_path)
    path = tmp_path / "film.mp4"
    path.write_bytes(b"one")
    film = Film(path, 10, (640, 480), {}, 1)
    runs = []

    def run():
        runs.append(1)
        return Followed([np.array([7]), np.zeros(0, np.int64)], [found((1, 2)), found()])

    for content in (b"one", b"one", b"two"):
        path.write_bytes(content)
        seen = followed._kept(film, "online full", run)
    assert len(runs) == 2
    assert [ids.tolist() for ids in seen.ids] == [[7], []]
    assert seen.tracks.at(0)[1].tolist() == [[1, 2, 61, 202]]


def test_cues_are_those_that_association_takes(monkeypatch):
    class Deaf:
        def __init__(self, *, most=None):
            pass

    class Listening:
        def __init__(self, *, most=None, cues=("motion", "pose")):
            pass

    monkeypatch.setattr(followed.associate, "Associate", Deaf)
    assert followed.cues() == ()
    monkeypatch.setattr(followed.associate, "Associate", Listening)
    assert followed.cues() == ("motion", "pose")
