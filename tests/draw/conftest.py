"""A standing person to draw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks, People

# x, y of the landmarks in heights of the person, seen from the front: their left is at x > 0.
_LEFT = {
    "eye_inner": (0.02, 0.06),
    "eye": (0.03, 0.06),
    "eye_outer": (0.04, 0.06),
    "ear": (0.06, 0.07),
    "shoulder": (0.13, 0.2),
    "elbow": (0.25, 0.32),
    "wrist": (0.3, 0.45),
    "pinky": (0.32, 0.49),
    "index": (0.31, 0.5),
    "thumb": (0.29, 0.48),
    "hip": (0.08, 0.52),
    "knee": (0.1, 0.74),
    "ankle": (0.1, 0.95),
    "heel": (0.09, 0.98),
    "foot_index": (0.14, 1.0),
}


def _place(name: str) -> tuple[float, float]:
    if name == "nose":
        return 0.0, 0.08
    if name.startswith("mouth"):
        return (0.02 if name.endswith("left") else -0.02), 0.11
    side, _, part = name.partition("_")
    x, y = _LEFT[part]
    return (x if side == "left" else -x), y


@pytest.fixture
def make_standing() -> Callable[..., People]:
    """People of a height (px) at x, y (px) of the middle of their crown."""

    def make(
        *places: tuple[float, float], height: float = 400.0, visibility: float = 1.0
    ) -> People:
        shape = np.array([_place(name) for name in BLAZEPOSE_33.landmarks], np.float32) * height
        xy = np.array(places, np.float32).reshape(-1, 1, 2) + shape
        n, k = xy.shape[:2]
        ones = np.ones((n, k), np.float32)
        body = Landmarks(BLAZEPOSE_33, xy, ones * 0, ones * np.float32(visibility), ones)
        boxes = np.concatenate([xy.min(axis=1), xy.max(axis=1)], axis=1)
        return People(boxes, np.ones(n, np.float32), ids=np.arange(1, n + 1), body=body)

    return make
