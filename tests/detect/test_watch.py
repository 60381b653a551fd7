from __future__ import annotations

import numpy as np

from vitruvian.detect import Watch
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
