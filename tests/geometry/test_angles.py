"""Angles: what every name means, by bodies of known posture, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.errors import InputError
from vitruvian.geometry.angles import ANGLES, body_angles, speeds
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17
from vitruvian.types import Landmarks


def standing() -> np.ndarray:
    """Upright, facing the camera, arms hanging; x right, y down, z away."""
    world = np.zeros((33, 3), np.float32)
    parts = {
        "ear": (0.08, -0.75, 0), "shoulder": (0.2, -0.5, 0), "elbow": (0.2, -0.2, 0),
        "wrist": (0.2, 0.05, 0), "hip": (0.1, 0, 0), "knee": (0.1, 0.45, 0),
        "ankle": (0.1, 0.9, 0), "heel": (0.1, 0.95, 0.05), "foot_index": (0.1, 0.95, -0.2),
    }  # fmt: skip
    for name, (x, y, z) in parts.items():
        world[BLAZEPOSE_33.index(f"left_{name}")] = x, y, z
        world[BLAZEPOSE_33.index(f"right_{name}")] = -x, y, z
    return world


def body(world, visibility=1.0):
    lead = world.shape[:-1]
    sure = np.full(lead, visibility, np.float32)
    return Landmarks(BLAZEPOSE_33, world[..., :2].copy(), sure, sure, sure, world)


def angle(world, name):
    return float(body_angles(body(world))[..., ANGLES.index(name)])


def moved(**places):
    world = standing()
    for name, place in places.items():
        world[BLAZEPOSE_33.index(name)] = place
    return world


def turned(world, names, degrees, axes):
    """Some landmarks turned about the hips' middle in a plane."""
    a, b = axes
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    out = world.copy()
    for side in ("left", "right"):
        for name in names:
            row = BLAZEPOSE_33.index(f"{side}_{name}")
            out[row, a] = cosine * world[row, a] - sine * world[row, b]
            out[row, b] = sine * world[row, a] + cosine * world[row, b]
    return out


UPPER = ("ear", "shoulder", "elbow", "wrist")


def test_standing_still_is_zero_everywhere():
    np.testing.assert_allclose(body_angles(body(standing())), 0, atol=0.01)


@pytest.mark.parametrize(
    ("world", "name", "degrees"),
    [
        (moved(left_elbow=(0.2, -0.5, -0.3)), "left_shoulder_flexion", 90),
        (moved(left_elbow=(0.2, -0.5, 0.3)), "left_shoulder_flexion", -90),
        (moved(left_elbow=(0.5, -0.5, 0)), "left_shoulder_abduction", 90),
        (moved(right_elbow=(-0.5, -0.5, 0)), "right_shoulder_abduction", 90),
        (moved(right_elbow=(-0.2, -0.8, 0)), "right_shoulder_abduction", 180),
        (moved(left_wrist=(0.2, -0.2, -0.25)), "left_elbow_flexion", 90),
        (moved(right_knee=(-0.1, 0, -0.45)), "right_hip_flexion", 90),
        (moved(left_knee=(0.4182, 0.3182, 0)), "left_hip_abduction", 45),
        (moved(left_ankle=(0.1, 0.45, 0.45)), "left_knee_flexion", 90),
        (moved(left_foot_index=(0.1, 0.7, -0.2)), "left_ankle_dorsiflexion", 45),
        (moved(left_foot_index=(0.1, 1.2, -0.2)), "left_ankle_dorsiflexion", -45),
        (moved(right_wrist=(-0.2, -0.45, 0)), "right_forearm_inclination", 180),
        (moved(left_knee=(0.1, 0, -0.45)), "left_thigh_inclination", 90),
        (turned(standing(), UPPER, 30, (1, 2)), "trunk_lean_forward", 30),
        (turned(standing(), UPPER, -20, (1, 2)), "trunk_lean_forward", -20),
        (turned(standing(), UPPER, 25, (0, 1)), "trunk_lean_left", 25),
        (turned(standing(), UPPER, 40, (0, 2)), "trunk_twist_left", 40),
        (moved(left_ear=(0.08, -0.75, -0.25), right_ear=(-0.08, -0.75, -0.25)), "neck_flexion", 45),
    ],
)
def test_a_posture_has_the_angle_it_is_named_for(world, name, degrees):
    assert angle(world, name) == pytest.approx(degrees, abs=0.1)


@given(st.floats(-180, 180))
def test_joints_do_not_depend_on_where_the_person_faces(degrees):
    bent = moved(left_elbow=(0.4, -0.4, -0.2), right_knee=(-0.15, 0.3, -0.3))
    parts = (*UPPER, "hip", "knee", "ankle", "heel", "foot_index")
    there = body_angles(body(turned(bent, parts, degrees, (0, 2))))
    here = body_angles(body(bent))
    np.testing.assert_allclose(there, here, atol=0.05)


@given(st.floats(-60, 60), st.floats(-60, 60))
def test_a_mirror_swaps_left_and_right(lean, twist):
    world = turned(turned(standing(), UPPER, lean, (1, 2)), UPPER, twist, (0, 2))
    world[BLAZEPOSE_33.index("left_elbow")] += (0.1, -0.1, -0.1)
    mirrored = (world * (-1, 1, 1))[list(BLAZEPOSE_33.mirror)].astype(np.float32)
    one, other = body_angles(body(world)), body_angles(body(mirrored))
    swap = {"left_": "right_", "right_": "left_"}
    for index, name in enumerate(ANGLES):
        side = name[: name.index("_") + 1]
        if side in swap:
            partner = ANGLES.index(swap[side] + name[len(side) :])
            assert one[index] == pytest.approx(other[partner], abs=0.05, nan_ok=True)
        else:
            sign = -1 if name.endswith("_left") else 1
            assert one[index] == pytest.approx(sign * other[index], abs=0.05, nan_ok=True)


def test_what_cannot_be_seen_has_no_angle():
    world = standing()
    assert np.isnan(body_angles(body(world, visibility=0.2))).all()
    sideways = moved(left_elbow=(0.5, -0.5, 0))
    assert np.isnan(angle(sideways, "left_shoulder_flexion"))


def test_other_skeletons_are_refused():
    with pytest.raises(InputError, match="blazepose-33"):
        body_angles(Landmarks.missing(COCO_17, (1,)))
    with pytest.raises(InputError, match="world"):
        body_angles(Landmarks.missing(BLAZEPOSE_33, (1,), world=False))


def test_speed_goes_round_through_180_and_stops_at_gaps():
    times = np.arange(5) / 10
    angles = np.array([170, 175, 180, -175, -170], np.float32)[:, None]
    np.testing.assert_allclose(speeds(angles, times), 50, atol=0.01)
    angles[2] = np.nan
    assert np.isnan(speeds(angles, times)[1:4]).all()
    assert np.isnan(speeds(angles[:1], times[:1])).all()


def test_a_thigh_drawn_up_to_the_chest_is_not_spread():
    drawn_up = moved(left_knee=(0.15, -0.35, -0.2), left_ankle=(0.15, 0, -0.3))
    assert 0 < angle(drawn_up, "left_hip_abduction") < 30
    assert angle(drawn_up, "left_hip_flexion") > 90
