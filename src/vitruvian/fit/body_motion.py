"""A fitted body as a `Motion` with a skin, for a GLB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_model import JOINT_NAMES
from vitruvian.fit.body_pose import local_rotations
from vitruvian.geometry import rotations as rot
from vitruvian.motion import Motion

if TYPE_CHECKING:
    from vitruvian.fit.body import BodyFit

__all__ = ["body_motion", "body_skin"]

Array = NDArray[np.floating[Any]]
_FLIP = np.diag([1.0, -1.0, -1.0])
"""From the camera's axes to y up and z towards the camera."""


def body_motion(fit: BodyFit) -> Motion:
    """The joints and, behind them, one more for each half of a long bone that twists half.

    At rest the body stands as the model does, not with its arms stretched out.
    """
    model, rest = fit.model, fit.model.rest(fit.shape)
    halves = model.part_joints[model.part_halves]
    parents = [*model.parents.tolist(), *model.parents[halves].tolist()]
    places = rest.joints[[*range(len(JOINT_NAMES)), *halves]]
    offsets = places - np.where(np.array(parents)[:, None] >= 0, places[parents], places)
    turns = fit.joint_rotations()
    half = local_rotations(model, fit.pose.coordinates, twist=0.5)[:, halves - 1]
    turns = np.concatenate([turns, half], 1)
    turns[:, 0] = _FLIP @ turns[:, 0]
    return Motion(
        f"person {fit.id}",
        (*JOINT_NAMES, *(f"{JOINT_NAMES[joint]}_half" for joint in halves)),
        tuple(parents),
        offsets.astype(np.float64),
        fit.times.astype(np.float64),
        rot.steady(rot.quaternion(turns)),
        (fit.pose.translation @ _FLIP).astype(np.float64),
    )


def body_skin(fit: BodyFit) -> tuple[Array, Array, NDArray[Any], Array, NDArray[Any]]:
    """The mesh at rest, round the pelvis, and what carries it.

    Returns:
        Places and normals (N, 3), joints of `body_motion` (N, 4) and their weights, triangles.
    """
    model = fit.model
    places = model.vertices(fit.shape) - model.rest(fit.shape).joints[0]
    quads = fit.faces
    across = np.cross(
        places[quads[:, 2]] - places[quads[:, 0]], places[quads[:, 3]] - places[quads[:, 1]]
    )
    normals = np.zeros_like(places)
    for corner in range(4):
        np.add.at(normals, quads[:, corner], across)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    nodes = model.part_joints.copy()
    nodes[model.part_halves] = len(JOINT_NAMES) + np.arange(model.part_halves.sum())
    strongest = np.argsort(-model.skin, axis=1)[:, :4]
    weights = np.take_along_axis(model.skin, strongest, 1)
    weights = weights / weights.sum(1, keepdims=True)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    # glTF wants joint 0 wherever nothing is carried.
    owners = np.where(weights > 0, nodes[strongest], 0)
    return places, normals, owners, weights, triangles
