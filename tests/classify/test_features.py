from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify import Features, extract
from vitruvian.classify.augment import Variety, varied
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17

KINDS = [
    Features(BLAZEPOSE_33, True),
    Features(BLAZEPOSE_33, True, facing=True),
    Features(BLAZEPOSE_33, False),
    Features(COCO_17, False),
]


@pytest.fixture(params=KINDS, ids=["body", "facing", "pixels", "keypoints"])
def features(request):
    return request.param


@pytest.fixture
def rows(table, features):
    return table.points(features.skeleton, world=features.world)


def test_place_and_size_change_nothing(features, rows):
    moved = rows.copy()
    moved[..., :2] = moved[..., :2] * 2.5 + np.array([40, -70], np.float32)
    np.testing.assert_allclose(extract(features, moved), extract(features, rows), atol=2e-4)


def test_a_turn_about_the_vertical_changes_nothing_of_metres(table):
    features = Features(BLAZEPOSE_33, True)
    rows = table.points(BLAZEPOSE_33, world=True)
    turn = np.array([[0, 0, -1], [0, 1, 0], [1, 0, 0]], np.float32)
    turned = np.concatenate([rows[..., :2], rows[..., 2:] @ turn], -1)
    np.testing.assert_allclose(extract(features, turned), extract(features, rows), atol=1e-5)
    facing = Features(BLAZEPOSE_33, True, facing=True)
    assert np.abs(extract(facing, turned) - extract(facing, rows)).max() > 0.1


def test_the_mirror_is_a_change_of_places_and_signs(features, rows):
    partners = list(features.skeleton.mirror)
    mirrored = rows[:, partners].copy()
    mirrored[..., 0] *= -1
    if features.world:
        mirrored[..., 2] *= -1
    order, signs = features.mirrored
    expected = extract(features, rows)[:, order] * signs
    np.testing.assert_allclose(extract(features, mirrored), expected, atol=2e-5)


def test_a_body_without_extent_has_features_all_the_same(features):
    rows = np.zeros((2, len(features.skeleton), features.columns), np.float32)
    assert np.isfinite(extract(features, rows)).all()


def test_variations_are_new_poses_of_the_same_shape_and_come_again_with_the_seed(features, rows):
    first = varied(features, rows, np.random.default_rng(3))
    again = varied(features, rows, np.random.default_rng(3))
    assert first.shape == rows.shape
    np.testing.assert_array_equal(first, again)
    assert np.abs(extract(features, first) - extract(features, rows)).mean() > 0.01


def test_an_odd_limb_goes_further_than_the_others(table):
    features = Features(BLAZEPOSE_33, True)
    rows = table.points(BLAZEPOSE_33, world=True)

    def straightness(poses):
        shoulder, elbow, wrist = (poses[:, i, 2:] for i in (11, 13, 15))
        arm = np.linalg.norm(elbow - shoulder, axis=1) + np.linalg.norm(wrist - elbow, axis=1)
        return np.linalg.norm(wrist - shoulder, axis=1) / arm

    def bent(odd):
        variety = Variety(0, 0, 0, bend=0.1, odd=odd, build=0, jitter=0, depth=0, swap=0, lost=0)
        moved = varied(features, rows, np.random.default_rng(0), variety)
        return np.abs(straightness(moved) - straightness(rows)).mean()

    assert bent(1.0) > 1.5 * bent(0.0)
