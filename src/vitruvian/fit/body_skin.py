"""The mesh of a posed body: linear blend skinning, twists spread along the long bones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_model import BodyModel, Rest
from vitruvian.fit.body_pose import Placed, Pose, local_rotations

__all__ = ["part_transforms", "skinned"]

Array = NDArray[np.floating[Any]]


def part_transforms(model: BodyModel, rest: Rest, pose: Pose, placed: Placed) -> Array:
    """(T, parts, 3, 4) from rest to the camera's axes, for each part that moves as one."""
    half = local_rotations(model, pose.coordinates, twist=0.5)
    rotations = placed.rotations[:, model.part_joints].copy()
    for part in np.flatnonzero(model.part_halves):
        joint = model.part_joints[part]
        above = placed.rotations[:, model.parents[joint]]
        rotations[:, part] = above @ half[:, joint - 1]
    centres = rest.joints[model.part_joints]
    moved = placed.joints[:, model.part_joints] - np.einsum("tpxy,py->tpx", rotations, centres)
    return np.concatenate([rotations, moved[..., None]], -1)


def skinned(model: BodyModel, vertices: Array, transforms: Array) -> NDArray[np.float32]:
    """(N, 3) where the mesh at rest goes at one moment.

    Args:
        model: The body.
        vertices: (N, 3) at rest.
        transforms: (parts, 3, 4) of that moment.
    """
    blend = (model.skin @ transforms.reshape(len(transforms), 12).astype(np.float32)).reshape(
        -1, 3, 4
    )
    points = vertices.astype(np.float32)
    out: NDArray[np.float32] = np.einsum("nxy,ny->nx", blend[..., :3], points) + blend[..., 3]
    return out
