"""From landmarks to bones: joints are where landmarks are, lengths never change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.errors import InputError
from vitruvian.export import JOINTS, motion_of
from vitruvian.export.markers import marker_paths
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17
from vitruvian.types import Landmarks

WHERE = {
    "left_shank": "left_knee", "left_foot": "left_ankle", "right_forearm": "right_elbow",
    "right_hand": "right_wrist", "left_upper_arm": "left_shoulder", "right_thigh": "right_hip",
}  # fmt: skip


def test_joints_lie_on_their_landmarks(clip, motion):
    places, _ = motion.world()
    world = clip.body.world[:, 0] * (1, -1, -1)
    for joint, landmark in WHERE.items():
        seen = world[:, BLAZEPOSE_33.index(landmark)]
        made = (places - places[:, :1])[:, JOINTS.index(joint)]
        np.testing.assert_allclose(made, seen, atol=0.02, err_msg=joint)


def test_hips_and_shoulders_tilt_and_feet_end_at_the_toes(clip):
    world = clip.body.world.copy()
    for side, lower in (("left", 0.03), ("right", -0.03)):
        leg = ("hip", "knee", "ankle", "heel", "foot_index")
        for part in leg:
            world[:, :, BLAZEPOSE_33.index(f"{side}_{part}"), 1] += lower
        for part in ("shoulder", "elbow", "wrist"):
            world[:, :, BLAZEPOSE_33.index(f"{side}_{part}"), 1] -= lower
    motion = motion_of(replace(clip, body=replace(clip.body, world=world)), 5)
    names, paths = marker_paths(motion)
    for joint, landmark in (WHERE | {"left_foot_tip": "left_foot_index"}).items():
        seen = world[:, 0, BLAZEPOSE_33.index(landmark)] * (1, -1, -1)
        made = paths[:, names.index(joint)] - paths[:, 0]
        np.testing.assert_allclose(made, seen, atol=0.01, err_msg=joint)


def test_bones_keep_their_length_and_left_is_as_long_as_right(make_clip):
    motion = motion_of(make_clip(np.arange(0, 2, 1 / 30), noise=0.02), 5)
    places, _ = motion.world()
    for joint, parent in enumerate(motion.parents):
        if parent >= 0:
            lengths = np.linalg.norm(places[:, joint] - places[:, parent], axis=-1)
            np.testing.assert_allclose(lengths, np.linalg.norm(motion.offsets[joint]), rtol=1e-9)
    for name in JOINTS:
        if name.startswith("left_"):
            other = JOINTS.index(name.replace("left_", "right_"))
            mirrored = motion.offsets[other] * (-1, 1, 1)
            np.testing.assert_allclose(motion.offsets[JOINTS.index(name)], mirrored)


def test_the_feet_stand_on_the_floor_and_the_way_is_that_of_the_picture(motion):
    places, axes = motion.world()
    tips = [places[:, joint] + axes[:, joint] @ tip for joint, tip in motion.ends]
    assert np.median(np.min([tip[:, 1] for tip in tips], axis=0)) == pytest.approx(0, abs=1e-6)
    walked = motion.root[-1, 0] - motion.root[0, 0]
    assert walked == pytest.approx(40 * motion.times[-1] / 200, rel=0.02)
    assert motion.name == "Ana Łuk"


def test_gaps_are_bridged(clip, motion):
    world = clip.body.world.copy()
    world[20:24] = np.nan
    gappy = replace(clip, body=replace(clip.body, world=world))
    places, _ = motion_of(gappy, 5).world()
    np.testing.assert_allclose(places, motion.world()[0], atol=0.06)


def test_one_moment_is_a_motion(make_clip):
    one = make_clip(np.zeros(1))
    assert len(motion_of(one, 5)) == 1


def test_what_has_no_body_is_refused(clip):
    with pytest.raises(InputError, match="has id 9; there are 5"):
        motion_of(clip, 9)
    with pytest.raises(InputError, match="world"):
        motion_of(replace(clip, body=Landmarks.missing(COCO_17, clip.body.lead)), 5)
    blank = Landmarks.missing(BLAZEPOSE_33, clip.body.lead)
    with pytest.raises(InputError, match="never seen"):
        motion_of(replace(clip, body=blank), 5)


def test_another_rate_is_the_same_movement(motion):
    slow = motion.at_rate(10)
    assert slow.rate == pytest.approx(10)
    np.testing.assert_allclose(slow.world()[0], motion.world()[0][::3][: len(slow)], atol=1e-6)


def test_the_way_through_the_room_is_the_clips_own(clip):
    way = np.stack([np.linspace(0, 1, len(clip.times)), *np.zeros((2, len(clip.times)))], axis=1)
    way += (0, -0.9, 4)
    way[5] = np.nan
    motion = motion_of(replace(clip, root=way[:, None].astype(np.float32)), 5)
    np.testing.assert_allclose(motion.root[:, 0], np.linspace(0, 1, len(clip.times)), atol=1e-6)
    np.testing.assert_allclose(motion.root[:, 2], -4, atol=1e-6)
    nowhere = replace(clip, root=np.full_like(way, np.nan)[:, None].astype(np.float32))
    np.testing.assert_array_equal(motion_of(nowhere, 5).root, motion_of(clip, 5).root)


def test_whoever_stands_on_a_roof_stays_above_whoever_walks_below(clip):
    root = np.zeros((len(clip.times), 2, 3), np.float32)
    root[:, 0, 1] = -2.0  # y points down
    both = replace(
        clip, ids=np.array([5, 6]), boxes=clip.boxes[:, [0, 0]], scores=clip.scores[:, [0, 0]],
        body=clip.body[:, [0, 0]], names=None, id_scores=None, root=root,
    )  # fmt: skip
    above, below = (motion_of(both, person).world()[0][..., 1] for person in (5, 6))
    np.testing.assert_allclose(above, below + 2, atol=1e-4)
    assert abs(float(np.median(below.min(axis=1)))) < 0.2
