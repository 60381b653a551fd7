"""Which keypoints of two people a camera cannot see because a body is in the way."""

from __future__ import annotations

import numpy as np

from vitruvian.skeletons import COCO_17
from vitruvian.types import Bools, Floats

__all__ = ["hidden"]


def _limb(start: str, end: str, thick: float) -> list[tuple[int, int, float]]:
    return [
        (COCO_17.index(f"{side}_{start}"), COCO_17.index(f"{side}_{end}"), thick)
        for side in ("left", "right")
    ]


_LIMBS = [
    *_limb("shoulder", "elbow", 0.045), *_limb("elbow", "wrist", 0.035),
    *_limb("hip", "knee", 0.07), *_limb("knee", "ankle", 0.05), *_limb("shoulder", "hip", 0.08),
    (COCO_17.index("left_shoulder"), COCO_17.index("right_shoulder"), 0.07),
    (COCO_17.index("left_shoulder"), COCO_17.index("right_hip"), 0.08),
    (COCO_17.index("right_shoulder"), COCO_17.index("left_hip"), 0.08),
    (COCO_17.index("left_ear"), COCO_17.index("right_ear"), 0.09),
]  # fmt: skip
"""What is in the way: from, to, and how thick in metres on each side."""
_BEHIND = 0.06
"""Metres further away than a limb, from which a keypoint is behind it."""


def hidden(points: Floats, depths: Floats) -> Bools:
    """Which keypoints are behind a limb, their own body's or the other's.

    Args:
        points: (N, 2, 17, 2) metres in the picture.
        depths: (N, 2, 17) metres from the camera.

    Returns:
        (N, 2, 17).
    """
    n, k = len(points), len(COCO_17)
    every, far = points.reshape(n, -1, 2), depths.reshape(n, -1)
    behind = np.zeros((n, 2 * k), np.bool_)
    for start, end, thick in _LIMBS:
        for person in (0, 1):
            a, b = person * k + start, person * k + end
            along = every[:, b] - every[:, a]
            square = np.maximum((along**2).sum(-1), 1e-6)[:, None]
            from_start = every - every[:, [a]]
            share = np.clip((from_start * along[:, None]).sum(-1) / square, 0, 1)
            apart = np.linalg.norm(from_start - share[..., None] * along[:, None], axis=-1)
            depth = far[:, [a]] + share * (far[:, b] - far[:, a])[:, None]
            over = (apart < thick) & (far > depth + thick / 2 + _BEHIND)
            over[:, [a, b]] = False
            behind |= over
    return np.asarray(behind.reshape(n, 2, k), np.bool_)
