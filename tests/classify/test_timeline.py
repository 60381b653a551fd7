"""Positions over time: steady, whoever comes first, and nothing where nothing is seen."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify.pair_model import PairActivities
from vitruvian.classify.positions import GRAPH
from vitruvian.classify.timeline import choose_pair, pair_keypoints, timeline
from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17
from vitruvian.types import Frame, Landmarks, People

CLASSES = ("standing", "mount", "back")
TIMES = np.arange(0, 20, 0.1)


class Teller:
    """Answers with what the first keypoint's x says: the class; y says who is on top."""

    classes = CLASSES
    roles = (False, True, True)

    def __init__(self, sure=0.8):
        self._sure = sure

    def __call__(self, pairs):
        told = pairs[:, 0, 0, 0].astype(int)
        chances = np.full((len(pairs), 3), (1 - self._sure) / 2, np.float32)
        chances[np.arange(len(pairs)), told] = self._sure
        tops = np.where(told > 0, pairs[:, 0, 0, 1].astype(int), -1)
        return PairActivities(CLASSES, chances, tops, chances.max(1))


def pairs_of(told, tops=None):
    pairs = np.ones((len(told), 2, 17, 2), np.float32)
    pairs[:, 0, 0, 0] = told
    pairs[:, 0, 0, 1] = 1 if tops is None else tops
    return pairs


def test_stretches_follow_what_is_told():
    told = np.repeat([0, 1, 2], [80, 60, 60])
    found = timeline(Teller(), TIMES, pairs_of(told), (4, 7))
    assert [each.label for each in found.stretches] == ["standing", "mount", "back"]
    assert [each.top for each in found.stretches] == [None, 7, 7]
    np.testing.assert_allclose([each.start for each in found.stretches], [0, 8, 14], atol=0.15)
    assert found.transitions[0][1:] == ("standing", "mount")
    assert found.seconds("mount") == pytest.approx(6, abs=0.15)


def test_a_slip_of_a_moment_changes_nothing():
    told = np.zeros(200)
    told[60:63], told[120] = 1, 2
    found = timeline(Teller(), TIMES, pairs_of(told))
    assert [each.label for each in found.stretches] == ["standing"]


def test_what_the_graph_does_not_have_is_unlikely():
    told = np.repeat([0, 2, 0], [90, 6, 104])
    graph = frozenset({("standing", "mount"), ("mount", "standing")})
    free = timeline(Teller(0.97), TIMES, pairs_of(told))
    bound = timeline(Teller(0.97), TIMES, pairs_of(told), graph=graph)
    assert [each.label for each in free.stretches] == ["standing", "back", "standing"]
    assert [each.label for each in bound.stretches] == ["standing"]


def test_where_one_of_them_is_away_nothing_is_told():
    told = pairs_of(np.zeros(200))
    told[50:100, 1] = np.nan
    found = timeline(Teller(), TIMES, told)
    spans = [(each.start, each.end) for each in found.stretches]
    np.testing.assert_allclose(spans, [(0, 4.9), (10, 19.9)], atol=0.15)
    told[:, 1] = np.nan
    assert timeline(Teller(), TIMES, told).stretches == ()


def test_many_frames_a_second_are_not_more_evidence():
    times = np.arange(0, 20, 1 / 60)
    told = np.repeat([0, 1, 0], [600, 10, 590])
    found = timeline(Teller(), times, pairs_of(told))
    assert [each.label for each in found.stretches] == ["standing"]


def test_the_graph_is_about_positions():
    names = {name for change in GRAPH for name in change}
    assert len(names) == 9
    assert ("standing", "takedown") in GRAPH
    assert ("mount", "takedown") not in GRAPH


def clip_of(places):
    """A film in which the people stand at x for each moment; None is away."""
    moments = []
    for index, row in enumerate(places):
        ids = [i for i, x in enumerate(row, start=1) if x is not None]
        xs = np.array([x for x in row if x is not None], np.float32)
        body = Landmarks.missing(BLAZEPOSE_33, (len(ids),))
        body.xy[...] = xs[:, None, None]
        body.visibility[...] = 0.9
        boxes = np.stack([xs, 0 * xs, xs + 50, 0 * xs + 100], axis=1)
        people = People(boxes, np.ones(len(ids), np.float32), ids=np.array(ids), body=body)
        moments.append((Frame(np.zeros((2, 2, 3), np.uint8), index=index, time=index / 10), people))
    return Clip.gather("match.mp4", BLAZEPOSE_33, moments)


def test_the_pair_is_those_who_are_close_for_long():
    clip = clip_of([(0, 800, 40)] * 5 + [(0, 10, None)])
    assert choose_pair(clip) == (1, 3)
    assert pair_keypoints(clip, (1, 3)).shape == (6, 2, 17, 2)
    assert np.isnan(pair_keypoints(clip, (1, 3))[5, 1]).all()
    with pytest.raises(InputError, match="has id 9; there are 1, 2, 3"):
        pair_keypoints(clip, (1, 9))
    with pytest.raises(InputError, match="never shows two people"):
        choose_pair(clip_of([(0, None), (None, 5)]))


def test_other_skeletons():
    clip = clip_of([(0, 5)])
    coco = Clip(**{**vars_of(clip), "body": Landmarks.missing(COCO_17, (1, 2))})
    assert pair_keypoints(coco, (1, 2)).shape == (1, 2, 17, 2)


def vars_of(clip):
    return {name: getattr(clip, name) for name in Clip.__dataclass_fields__}
