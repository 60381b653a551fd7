"""How tall a body is and how long its limbs are, and how sure that is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_model import POINTS, BodyModel
from vitruvian.fit.body_pose import Pose, place, shape_jacobian

__all__ = ["LENGTHS", "lengths", "stature"]

Array = NDArray[np.floating[Any]]

LENGTHS = {
    "upper_arm": ("left_shoulder", "left_elbow"),
    "forearm": ("left_elbow", "left_wrist"),
    "thigh": ("left_hip", "left_knee"),
    "shank": ("left_knee", "left_ankle"),
    "foot": ("left_heel", "left_foot_index"),
    "shoulders": ("left_shoulder", "right_shoulder"),
    "hips": ("left_hip", "right_hip"),
    "trunk": ("left_shoulder", "left_hip"),
}
"""What is measured beside the height: distances between joints' centres of the body at rest. The
body is as long on its left as on its right."""


def stature(model: BodyModel, shape: Array) -> tuple[float, Array]:
    """Metres from the soles to the crown of the body standing straight, and how they change.

    Args:
        model: The body.
        shape: (6,).

    Returns:
        The height, and its derivative (6,).
    """
    straight = Pose(np.zeros((1, 3)), np.eye(3)[None], np.zeros((1, len(model.parents) - 1, 3)))
    placed = place(model, model.rest(shape), straight)
    grows = shape_jacobian(model, shape, placed)[1][0]
    crown, soles = POINTS.index("crown"), [POINTS.index(f"{s}_sole") for s in ("left", "right")]
    height = placed.points[0, crown, 1] - placed.points[0, soles, 1].mean()
    slope: Array = grows[crown, 1] - grows[soles, 1].mean(0)
    return float(height), slope


def lengths(model: BodyModel, shape: Array) -> tuple[Array, Array]:
    """The height and the lengths of `LENGTHS`, in metres, and their derivatives (L, 6)."""
    tall, slope = stature(model, shape)
    rest = model.rest(shape).points
    moves = model.rest_jacobian(shape)[1]
    values, slopes = [tall], [slope]
    for start, end in LENGTHS.values():
        a, b = POINTS.index(start), POINTS.index(end)
        bone = rest[b] - rest[a]
        values.append(float(np.linalg.norm(bone)))
        slopes.append((moves[:, b] - moves[:, a]) @ bone / values[-1])
    return np.array(values), np.stack(slopes)
