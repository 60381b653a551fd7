"""Poses put together: bones keep their length, and what both sides do alike stays alike."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify.others import other_poses
from vitruvian.classify.recombine import chimeras, recombined
from vitruvian.skeletons import BLAZEPOSE_33

BONES = [
    (f"{side}_{a}", f"{side}_{b}")
    for side in ("left", "right")
    for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
]


def at(points, name):
    return points[:, BLAZEPOSE_33.index(name)]


def length(points, a, b):
    return np.linalg.norm(at(points, a) - at(points, b), axis=1)


@pytest.fixture(scope="module")
def poses():
    return other_poses()


def test_the_other_poses_are_people_in_metres(poses):
    assert poses.shape[1:] == (33, 3)
    assert len(poses) > 300
    assert np.isfinite(poses).all()
    np.testing.assert_allclose(poses[:, [23, 24]].mean(1), 0, atol=2e-3)
    trunk = np.linalg.norm(poses[:, [11, 12]].mean(1), axis=1)
    assert 0.35 < np.median(trunk) < 0.65
    # y points down: most have their shoulders above their hips, and feet below.
    assert (poses[:, [11, 12], 1].mean(1) < 0).mean() > 0.7


def test_bones_keep_their_length_but_for_lent_arms(poses):
    alone = np.arange(len(poses))  # everybody a class of their own: nobody lends arms
    made = recombined(poses, alone, np.random.default_rng(0))
    changed = 0
    for a, b in BONES:
        before = length(poses, a, b)
        after = length(made, a, b)
        moved = np.abs(at(made, b) - at(poses, b)).max(1) > 1e-3
        changed += int(moved.sum())
        np.testing.assert_allclose(after, before, atol=2e-3)
    assert changed > 100
    for name in ("left_shoulder", "right_hip", "nose"):
        np.testing.assert_allclose(at(made, name), at(poses, name), atol=1e-5)


def test_legs_that_do_alike_go_on_doing_so():
    squat = np.zeros((200, 33, 3), np.float32)
    for side, x in (("left", 0.1), ("right", -0.1)):
        for part, place in {
            "shoulder": (x, -0.5, 0), "elbow": (2 * x, -0.7, 0.05), "wrist": (x, -0.95, 0),
            "hip": (x, 0, 0), "knee": (x, 0.2, -0.35), "ankle": (x, 0.6, -0.1),
        }.items():  # fmt: skip
            squat[:, BLAZEPOSE_33.index(f"{side}_{part}")] = place
    made = recombined(squat, np.zeros(200, np.int64), np.random.default_rng(1))
    left, right = (length(made, f"{side}_hip", f"{side}_ankle") for side in ("left", "right"))
    np.testing.assert_allclose(left, right, atol=1e-4)
    assert left.std() > 0.05


def test_the_arms_are_those_of_somebody_of_the_class():
    up = np.zeros((80, 33, 3), np.float32)
    for side, x in (("left", 0.2), ("right", -0.2)):
        up[:, BLAZEPOSE_33.index(f"{side}_shoulder")] = x, -0.5, 0
        up[:, BLAZEPOSE_33.index(f"{side}_hip")] = x / 2, 0, 0
        for row, hand in enumerate((-1.1, 0.1)):
            up[row::2, BLAZEPOSE_33.index(f"{side}_elbow")] = x, -0.5 + (hand + 0.5) / 2, 0
            up[row::2, BLAZEPOSE_33.index(f"{side}_wrist")] = x, hand, 0
    apart = np.arange(80) % 2
    own = recombined(up, apart, np.random.default_rng(2))
    np.testing.assert_allclose(at(own, "left_wrist"), at(up, "left_wrist"), atol=1e-4)
    mixed = recombined(up, np.zeros(80, np.int64), np.random.default_rng(2))
    lent = np.abs(at(mixed, "left_wrist") - at(up, "left_wrist")).max(1) > 0.5
    assert 5 < lent.sum() < 40
    heights = at(mixed, "left_wrist")[:, 1]
    assert (np.abs(heights[:, None] - (-1.1, 0.1)).min(1) < 1e-4).all()


def test_chimeras_are_bodies_of_parts_that_others_showed(poses):
    mixed = chimeras(poses, 200, np.random.default_rng(0))
    assert mixed.shape == (200, 33, 3)
    assert np.isfinite(mixed).all()
    shoulders = at(mixed, "left_shoulder")
    trunk = [np.abs(poses[:, 11] - shoulder).max(1).argmin() for shoulder in shoulders]
    np.testing.assert_array_equal(
        mixed[:, [0, 11, 12, 23, 24]], poses[trunk][:, [0, 11, 12, 23, 24]]
    )
    # A bend is what it was in the body that lent the limb, and not the trunk's own.
    for side in ("left", "right"):
        for parts in (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")):
            names = [f"{side}_{part}" for part in parts]
            bends = bend(mixed, *names)
            mirrored = [n.replace(side, "right" if side == "left" else "left") for n in names]
            shown = np.concatenate([bend(poses, *names), bend(poses, *mirrored)])
            assert np.abs(bends[:, None] - shown).min(1).max() < 1e-3
            assert np.abs(bends - bend(poses[trunk], *names)).mean() > 0.1


def bend(points, start, middle, end):
    upper, lower = at(points, start) - at(points, middle), at(points, end) - at(points, middle)
    cosine = (upper * lower).sum(1)
    return cosine / np.linalg.norm(upper, axis=1) / np.linalg.norm(lower, axis=1)


def test_chimeras_do_not_change_what_they_are_made_of_and_are_the_same_again(poses):
    before = poses.copy()
    first, second = (chimeras(poses, 20, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(poses, before)
    np.testing.assert_array_equal(first, second)
