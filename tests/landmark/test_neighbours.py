from __future__ import annotations

import numpy as np

from vitruvian.geometry import regions
from vitruvian.landmark.neighbours import covers
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import HIDDEN, Landmarks, People


def row_of(*bodies, scores=None) -> People:
    """People last seen as these bodies are; None for somebody whose region alone is known."""
    known = [body for body in bodies if body is not None]
    xy = np.stack([known[0] if body is None else body for body in bodies]).astype(np.float32)
    places = regions.from_landmarks(xy, (11, 12), (23, 24))
    xy[[body is None for body in bodies]] = np.nan
    missing = Landmarks.missing(BLAZEPOSE_33, (len(bodies),))
    body = Landmarks(BLAZEPOSE_33, xy, missing.z, missing.visibility, missing.presence)
    scores = np.ones(len(bodies), np.float32) if scores is None else np.array(scores, np.float32)
    return People(np.zeros((len(bodies), 4), np.float32), scores, regions=places, body=body)


def test_whoever_is_near_is_painted_out_and_whoever_is_far_is_not(figure):
    one, near, far = figure(100, 100), figure(140, 110), figure(560, 100)
    first, second, third = covers(row_of(one, near, far))
    assert third is None
    np.testing.assert_array_equal(first.others, [near.astype(np.float32)])
    np.testing.assert_array_equal(first.own, [one.astype(np.float32)])
    np.testing.assert_array_equal(second.others, [one.astype(np.float32)])


def test_whoever_is_only_believed_to_be_there_is_not_painted_out_of_others(figure):
    seen, hidden = covers(row_of(figure(100, 100), figure(120, 100), scores=[1, HIDDEN / 2]))
    assert seen is None
    assert len(hidden.others) == 1


def test_a_newcomer_of_whom_only_the_region_is_known_is_read_as_it_is(figure):
    assert covers(row_of(figure(100, 100), None)) == [None, None]


def test_one_person_alone_or_people_without_landmarks_have_no_neighbours(figure):
    alone = row_of(figure(100, 100))
    assert covers(alone) == [None]
    two = row_of(figure(100, 100), figure(120, 100))
    assert covers(two.having(body=None)) == [None, None]
