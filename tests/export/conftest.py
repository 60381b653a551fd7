"""A person who walks on the spot and waves, in a clip."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.export import motion_of
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

IMAGE = np.zeros((4, 4, 3), np.uint8)
STANDING = {
    "ear": (0.08, -0.75, 0), "shoulder": (0.2, -0.5, 0), "elbow": (0.22, -0.2, 0),
    "wrist": (0.23, 0.05, -0.05), "index": (0.24, 0.15, -0.08), "pinky": (0.24, 0.15, -0.04),
    "thumb": (0.22, 0.1, -0.09), "hip": (0.1, 0, 0), "knee": (0.1, 0.45, -0.02),
    "ankle": (0.1, 0.9, 0.03), "heel": (0.1, 0.95, 0.05), "foot_index": (0.1, 0.95, -0.2),
}  # fmt: skip


def body(time: float) -> np.ndarray:
    """(33, 3) metres, y down: a knee lifts, an arm goes round."""
    world = np.zeros((33, 3))
    for name, (x, y, z) in STANDING.items():
        world[BLAZEPOSE_33.index(f"left_{name}")] = x, y, z
        world[BLAZEPOSE_33.index(f"right_{name}")] = -x, y, z
    world[0] = 0, -0.73, -0.12
    lift = np.radians(40 * (1 - np.cos(2 * np.pi * time)))
    _turn(world, ("left_knee", "left_ankle", "left_heel", "left_foot_index"), "left_hip", lift)
    _turn(world, ("left_ankle", "left_heel", "left_foot_index"), "left_knee", -lift)
    wave = np.radians(60 * (1 - np.cos(2 * np.pi * time)))
    hand = ("right_wrist", "right_index", "right_pinky", "right_thumb")
    _turn(world, ("right_elbow", *hand), "right_shoulder", wave)
    _turn(world, hand, "right_elbow", wave / 2)
    return world


def _turn(world: np.ndarray, names: tuple[str, ...], pivot: str, angle: float) -> None:
    """Forward about a joint: y and z change."""
    at = world[BLAZEPOSE_33.index(pivot)].copy()
    for name in names:
        row = BLAZEPOSE_33.index(name)
        x, y, z = world[row] - at
        turned = (x, y * np.cos(angle) + z * np.sin(angle), z * np.cos(angle) - y * np.sin(angle))
        world[row] = at + turned


def clip_of(times: np.ndarray, *, noise: float = 0.0) -> Clip:
    rng = np.random.default_rng(0)
    moments = []
    for index, time in enumerate(times.tolist()):
        world = (body(time) + rng.normal(0, noise, (33, 3)))[None].astype(np.float32)
        sure = np.ones((1, 33), np.float32)
        xy = world[..., :2] * 200 + (300 + 40 * time, 250)
        landmarks = Landmarks(BLAZEPOSE_33, xy.astype(np.float32), sure, sure, sure, world)
        box = np.concatenate([xy.min(1), xy.max(1)], axis=1).astype(np.float32)
        people = People(
            box, np.ones(1, np.float32), ids=np.array([5]), body=landmarks, names=("Ana Łuk",)
        )
        moments.append((Frame(IMAGE, index=index, time=time), people))
    return Clip.gather("walk.mp4", BLAZEPOSE_33, moments)


@pytest.fixture
def make_clip():
    return clip_of


@pytest.fixture
def clip():
    return clip_of(np.arange(0, 2, 1 / 30))


@pytest.fixture
def motion(clip):
    return motion_of(clip, 5)
