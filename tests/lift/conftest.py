from __future__ import annotations

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks

SIZE = (1280, 960)
FOCAL = 1.2 * SIZE[0]
_SIDES = {
    "shoulder": (0.18, -0.5), "elbow": (0.22, -0.25), "wrist": (0.24, 0.0), "pinky": (0.25, 0.07),
    "index": (0.23, 0.09), "thumb": (0.21, 0.05), "hip": (0.1, 0.0), "knee": (0.11, 0.4),
    "ankle": (0.12, 0.8), "heel": (0.12, 0.86), "foot": (0.13, 0.88), "ear": (0.07, -0.7),
    "eye": (0.03, -0.72), "mouth": (0.03, -0.64),
}  # fmt: skip
_DEPTH = {"nose": -0.12, "eye": -0.1, "mouth": -0.1, "foot": -0.15, "heel": 0.04, "wrist": -0.05}


@pytest.fixture(scope="session")
def figure():
    """Makes somebody who stands, or who walks for so many frames."""
    return lambda frames=None: _standing() if frames is None else _walk(frames)


@pytest.fixture(scope="session")
def shown():
    """Where the camera shows points (…, 3), in pixels."""
    return lambda points: points[..., :2] / points[..., 2:] * FOCAL + np.array(SIZE) / 2


def _standing() -> np.ndarray:
    """(33, 3) metres of somebody who faces the camera; left is on the picture's right."""
    body = np.zeros((33, 3))
    for i, name in enumerate(BLAZEPOSE_33.landmarks):
        part = next((word for word in name.split("_") if word in (*_SIDES, "nose")), "nose")
        side = {"left": 1, "right": -1, "middle": 0}[BLAZEPOSE_33.side(i)]
        x, y = _SIDES.get(part, (0.0, -0.69))
        body[i] = side * x, y, _DEPTH.get(part, 0.0)
    return body


def _walk(frames: int) -> tuple[np.ndarray, np.ndarray]:
    """World (T, 33, 3) and hips' path (T, 3): arms swing, and the whole goes to the right."""
    time = np.arange(frames) / 30
    world = np.repeat(_standing()[None], frames, 0)
    for elbow, wrist, sign in ((13, 15, 1), (14, 16, -1)):
        angle = 0.6 * np.sin(2 * np.pi * time) * sign
        turn = np.stack([np.cos(angle), np.sin(angle)], -1)
        for joint in (elbow, wrist, *range(wrist + 2, 23, 2)):
            arm = world[:, joint] - world[:, elbow - 2]
            y, z = arm[:, 1].copy(), arm[:, 2].copy()
            world[:, joint, 1] = world[:, elbow - 2, 1] + y * turn[:, 0] - z * turn[:, 1]
            world[:, joint, 2] = world[:, elbow - 2, 2] + y * turn[:, 1] + z * turn[:, 0]
    path = np.stack([0.4 * time - 0.5, np.zeros(frames), np.full(frames, 3.5)], -1)
    return world, path


def _seen(world: np.ndarray, path: np.ndarray, rng: np.random.Generator | None = None) -> Clip:
    """The clip that a camera with the assumed focal length makes of it, with errors if wanted."""
    points = world + path[:, None]
    xy = points[..., :2] / points[..., 2:] * FOCAL + np.array(SIZE) / 2
    guess = world.copy()
    if rng is not None:
        xy = xy + rng.normal(0, 2, xy.shape)
        guess = guess * (1, 1, 0.6) + rng.normal(0, 0.05, guess.shape)
    frames = len(world)
    ones = np.ones((frames, 1, 33), np.float32)
    body = Landmarks(
        BLAZEPOSE_33,
        xy[:, None].astype(np.float32),
        guess[:, None, :, 2].astype(np.float32) * 300,
        ones,
        ones,
        guess[:, None].astype(np.float32),
    )
    boxes = np.concatenate([xy.min(1), xy.max(1)], -1)[:, None].astype(np.float32)
    return Clip(
        "walk.mp4", SIZE, np.arange(frames) / 30, np.arange(frames), np.array([1]), boxes,
        np.ones((frames, 1), np.float32), body,
    )  # fmt: skip


@pytest.fixture
def film() -> tuple[Clip, np.ndarray, np.ndarray]:
    """A noisy clip of two seconds, the true world and the true path."""
    world, path = _walk(60)
    return _seen(world, path, np.random.default_rng(0)), world, path
