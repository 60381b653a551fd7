"""Where a posed body's joints and points are, and how they move with its pose and shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_model import BodyModel, Rest
from vitruvian.fit.body_rotations import exponential, left_jacobian

__all__ = ["Placed", "Pose", "local_rotations", "move", "place", "pose_jacobian", "shape_jacobian"]

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Pose:
    """Poses of one person over T moments, in the camera's axes: x right, y down, z away.

    Args:
        translation: (T, 3) metres, the point between the hips.
        rotation: (T, 3, 3) of the pelvis.
        coordinates: (T, J - 1, 3) radians: swing, swing, twist of every joint.
    """

    translation: Array
    rotation: Array
    coordinates: Array

    def __len__(self) -> int:
        """How many moments there are."""
        return len(self.translation)

    def __getitem__(self, index: Any) -> Pose:
        """The same for some of the moments."""
        return Pose(self.translation[index], self.rotation[index], self.coordinates[index])


@dataclass(frozen=True, slots=True)
class Placed:
    """A posed body.

    Args:
        rotations: (T, J, 3, 3) of what each joint carries, from rest to the camera's axes.
        joints: (T, J, 3) metres.
        points: (T, P, 3) metres.
    """

    rotations: Array
    joints: Array
    points: Array


def local_rotations(model: BodyModel, coordinates: Array, twist: float = 1.0) -> Array:
    """(T, J - 1, 3, 3) of every joint within its parent, with a share of the twist."""
    swing = np.einsum("tjc,jcx->tjx", coordinates[..., :2], model.axes[:, :2])
    about = twist * coordinates[..., 2, None] * model.axes[:, 2]
    out: Array = exponential(swing) @ exponential(about) @ model.turns
    return out


def place(model: BodyModel, rest: Rest, pose: Pose) -> Placed:
    """Forward kinematics."""
    rotations = _rotations(model, pose)
    joints, points = _carried(model, rotations, rest, pose.translation)
    return Placed(rotations, joints, points)


def _rotations(model: BodyModel, pose: Pose) -> Array:
    local = local_rotations(model, pose.coordinates)
    out = np.empty((len(pose), len(model.parents), 3, 3))
    out[:, 0] = pose.rotation
    for row, parent in enumerate(model.parents[1:], start=1):
        out[:, row] = out[:, parent] @ local[:, row - 1]
    return out


def _carried(
    model: BodyModel, rotations: Array, rest: Rest, translation: Array
) -> tuple[Array, Array]:
    """Joints and points under given rotations; linear in ``rest`` and ``translation``."""
    joints = np.empty((len(rotations), len(model.parents), 3))
    joints[:, 0] = translation
    for row, parent in enumerate(model.parents[1:], start=1):
        bone = rest.joints[row] - rest.joints[parent]
        joints[:, row] = joints[:, parent] + rotations[:, parent] @ bone
    arms = rest.points - rest.joints[model.carriers]
    points = joints[:, model.carriers] + np.einsum(
        "tpij,pj->tpi", rotations[:, model.carriers], arms
    )
    return joints, points


def pose_jacobian(
    model: BodyModel, pose: Pose, placed: Placed, points: Array, carriers: NDArray[Any]
) -> Array:
    """(T, P, 3, 6 + 3 (J - 1)): how points move with the pose.

    The columns are the translation, a small turn of the pelvis in the camera's axes, and the
    coordinates of every joint. A turn w about a joint at c moves a point x by w × (x - c).

    Args:
        model: The body.
        pose: The poses.
        placed: The same, placed.
        points: (T, P, 3).
        carriers: (P,) the joint that carries each.
    """
    turns = _turns(model, pose, placed)
    t, p = points.shape[:2]
    out = np.zeros((t, p, 3, 6 + 3 * (len(model.parents) - 1)))
    out[..., :3] = np.eye(3)
    about = np.eye(3)[None, None].repeat(t, 0)
    out[..., 3:6] = _swung(about[:, 0], points - placed.joints[:, None, 0])
    for row in range(1, len(model.parents)):
        moved = np.flatnonzero(model.above[carriers, row])
        arm = points[:, moved] - placed.joints[:, None, row]
        out[:, moved, :, 3 * row + 3 : 3 * row + 6] = _swung(turns[:, row - 1], arm)
    return out


def _turns(model: BodyModel, pose: Pose, placed: Placed) -> Array:
    """(T, J - 1, 3, 3) for every coordinate (last but one axis) its turn in the camera's axes."""
    swing = np.einsum("tjc,jcx->tjx", pose.coordinates[..., :2], model.axes[:, :2])
    both = np.einsum("tjxy,jcy->tjcx", left_jacobian(swing), model.axes[:, :2])
    twist = np.einsum("tjxy,jy->tjx", exponential(swing), model.axes[:, 2])
    local = np.concatenate([both, twist[:, :, None]], 2)
    carrier = placed.rotations[:, model.parents[1:]]
    out: Array = np.einsum("tjxy,tjcy->tjcx", carrier, local)
    return out


def _swung(turns: Array, arms: Array) -> Array:
    """(T, P, 3, C): turns (T, C, 3) × arms (T, P, 3)."""
    out: Array = np.cross(turns[:, None], arms[:, :, None]).swapaxes(-1, -2)
    return out


def shape_jacobian(model: BodyModel, shape: Array, placed: Placed) -> tuple[Array, Array]:
    """(T, J, 3, 6) and (T, P, 3, 6): how joints and points move with the shape."""
    joint_moves, point_moves = model.rest_jacobian(shape)
    still = np.zeros((len(placed.joints), 3))
    columns = [
        _carried(model, placed.rotations, Rest(joints, points), still)
        for joints, points in zip(joint_moves, point_moves, strict=True)
    ]
    joints, points = zip(*columns, strict=True)
    return np.stack(joints, -1), np.stack(points, -1)


def move(model: BodyModel, pose: Pose, step: Array) -> Pose:
    """The pose after a step (T, 6 + 3 (J - 1)), every joint held within its limits."""
    coordinates = pose.coordinates + step[:, 6:].reshape(pose.coordinates.shape)
    return Pose(
        pose.translation + step[:, :3],
        exponential(step[:, 3:6]) @ pose.rotation,
        np.clip(coordinates, model.lowest, model.highest),
    )
