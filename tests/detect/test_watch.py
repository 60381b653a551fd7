from __future__ import annotations

import numpy as np
import pytest

from vitruvian.detect import Candidates, Watch
from vitruvian.geometry import regions
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Landmarks, People


def test_whoever_is_followed_keeps_their_landmarks_beside_a_newcomer(make_scene, figure):
    known, newcomer = figure(150, 120), figure(450, 140)
    scene = make_scene([known, newcomer])
    xy = known[None].astype(np.float32)
    ones = np.ones(xy.shape[:2], np.float32)
    people = People(
        np.concatenate([xy.min(1), xy.max(1)], 1),
        np.array([0.9], np.float32),
        ids=np.array([7]),
        regions=regions.from_landmarks(xy, (11, 12), (23, 24)),
        body=Landmarks(BLAZEPOSE_33, xy, ones, ones, ones),
    )
    (frame,) = scene.frames(1)
    found = Watch([lambda: scene])(frame, people)
    assert found.ids.tolist() == [7, -1]
    np.testing.assert_array_equal(found.body.xy[0], known)
    joints = list(blazepose_to_coco)
    np.testing.assert_array_equal(found.body.xy[1, joints], newcomer[joints])
    assert np.isnan(np.delete(found.body.xy[1], joints, axis=0)).all()


class _Closeness:
    """Misjudges a body in the whole frame, and sees it rightly from near; as BlazePose's does."""

    input_size = 224

    def __init__(self, coarse, exact=None):
        self.coarse, self.exact = coarse, exact
        self.looks = []

    def find(self, frame, view):
        """Somebody, or nobody."""
        self.looks.append(view)
        near = view[0, 0] * self.input_size < max(frame.size)
        place = self.exact if near else self.coarse
        if place is None:
            return Candidates.joined([])
        unknown = np.full((1, 17, 2), np.nan, np.float32)
        return Candidates(np.array([place], np.float32), np.array([0.9], np.float32), unknown)


_COARSE, _EXACT = (300, 260, 460, 0.5), (290, 200, 240, 0)


@pytest.mark.parametrize(
    ("coarse", "exact", "twice", "expected"),
    [
        pytest.param(_COARSE, _EXACT, True, [_EXACT, _COARSE], id="found from near"),
        pytest.param(_COARSE, None, True, [_COARSE], id="nothing from near"),
        pytest.param(_COARSE, _COARSE, True, [_COARSE], id="the same from near"),
        pytest.param((300, 260, 200, 0.5), _EXACT, True, [(300, 260, 200, 0.5)], id="not large"),
        pytest.param(_COARSE, _EXACT, False, [_COARSE], id="not wanted"),
    ],
)
def test_a_large_newcomer_is_looked_at_again_from_near(make_scene, coarse, exact, twice, expected):
    (frame,) = make_scene([]).frames(1)
    finder = _Closeness(coarse, exact)
    found = Watch([lambda: finder], twice=twice)(frame, People.none())
    np.testing.assert_allclose(found.regions, np.array(expected, np.float32))


def test_the_closer_look_is_upright_and_in_the_middle(make_scene):
    (frame,) = make_scene([]).frames(1)
    finder = _Closeness(_COARSE)
    Watch([lambda: finder], twice=True)(frame, People.none())
    side = 0.75 * 460
    expected = regions.affine(np.array([300, 260, side, 0], np.float32), finder.input_size)
    np.testing.assert_allclose(finder.looks[-1], expected)
