"""A first pose from landmarks alone: the pelvis from the trunk, then swing and twist outward."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_joints import JOINTS
from vitruvian.fit.body_model import JOINT_NAMES, BodyModel
from vitruvian.fit.body_pose import Pose, local_rotations
from vitruvian.fit.body_rotations import exponential, logarithm, nearest
from vitruvian.fit.body_shape import USUAL
from vitruvian.fit.body_terms import Camera, Seen
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["start_pose"]

Array = NDArray[np.floating[Any]]

_TRUNK = [BLAZEPOSE_33.index(f"{side}_{part}") for part in ("hip", "shoulder") for side in
          ("left", "right")]  # fmt: skip
_FACE = list(range(11))
_SHOWN = {"arm": "elbow", "elbow": "wrist", "leg": "knee", "knee": "ankle"}
"""The landmark at the far end of the bone that a joint moves."""
_NEXT = {"arm": ("elbow", "wrist"), "leg": ("knee", "ankle")}
"""The joint whose bend shows a twist, and the landmark beyond it."""
_STRAIGHT = 0.25
"""The sine of a bend too small to tell the twist."""


def start_pose(model: BodyModel, seen: Seen, camera: Camera) -> Pose:
    """Poses that are about right, each moment by itself.

    Args:
        model: The body.
        seen: T moments.
        camera: How the body is seen.
    """
    rest = model.rest(USUAL)
    world = seen.world.astype(np.float64)
    pelvis = _turn(rest.points[_TRUNK], world[:, _TRUNK])
    face = _turn(rest.points[_FACE], world[:, _FACE])
    coordinates = np.broadcast_to(model.usual, (len(world), *model.usual.shape)).copy()
    nod = logarithm(pelvis.swapaxes(-1, -2) @ face) / 2
    for name in ("neck", "head"):
        coordinates[:, JOINT_NAMES.index(name) - 1] = nod[:, [0, 2, 1]]
    carried = {"pelvis": pelvis}
    for row, joint in enumerate(JOINTS):
        above = carried[joint.parent]
        if joint.axes in _SHOWN:
            side = joint.name.split("_")[0]
            coordinates[:, row, :2] = _swing(model, row, world, above, side)
            if joint.axes in _NEXT:
                coordinates[:, row, 2] = _twist(model, row, world, above, coordinates, side)
        coordinates[:, row] = np.clip(coordinates[:, row], model.lowest[row], model.highest[row])
        carried[joint.name] = above @ local_rotations(model, coordinates)[:, row]
    return Pose(_reach(world, seen, camera), pelvis, coordinates)


def _turn(rest: Array, world: Array) -> Array:
    """(T, 3, 3) the rotation that brings points at rest nearest to where they are (Kabsch)."""
    centred = world - world.mean(1, keepdims=True)
    return nearest(np.einsum("tpx,py->txy", centred, rest - rest.mean(0)))


def _landmark(world: Array, name: str) -> Array:
    out: Array = world[:, BLAZEPOSE_33.index(name)]
    return out


def _zero(model: BodyModel, row: int) -> Array:
    """The bone's direction at the joint's zero."""
    child = JOINT_NAMES.index(JOINTS[row].name)
    rest = model.rest(USUAL)
    below = int(np.flatnonzero(model.parents == child)[0])
    bone = model.turns[row] @ (rest.joints[below] - rest.joints[child])
    out: Array = bone / np.linalg.norm(bone)
    return out


def _swing(model: BodyModel, row: int, world: Array, above: Array, side: str) -> Array:
    """(T, 2) the swing that points the bone from its landmark to the next."""
    joint = JOINTS[row]
    start = _landmark(world, joint.name)
    end = _landmark(world, f"{side}_{_SHOWN[joint.axes]}")
    aim = np.einsum("txy,tx->ty", above, end - start)
    aim = aim / np.maximum(np.linalg.norm(aim, axis=-1, keepdims=True), 1e-9)
    zero = _zero(model, row)
    axis = np.cross(zero, aim)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    turn = axis / np.maximum(sine, 1e-9) * np.arctan2(sine, (aim @ zero)[:, None])
    out: Array = turn @ model.axes[row, :2].T
    return out


def _twist(
    model: BodyModel, row: int, world: Array, above: Array, coordinates: Array, side: str
) -> Array:
    """(T,) the twist that lets the next joint bend the way it does."""
    joint = JOINTS[row]
    below, beyond = _NEXT[joint.axes]
    bone = _landmark(world, f"{side}_{beyond}") - _landmark(world, f"{side}_{below}")
    bone = bone / np.maximum(np.linalg.norm(bone, axis=-1, keepdims=True), 1e-9)
    swing = exponential(coordinates[:, row, :2] @ model.axes[row, :2])
    aim = np.einsum("txy,tx->ty", above @ swing, bone)
    next_row = JOINT_NAMES.index(f"{side}_{below}") - 1
    bend = model.turns[row] @ np.cross(model.axes[next_row, 0], _zero(model, next_row))
    about = model.axes[row, 2]
    across = aim - (aim @ about)[:, None] * about
    angle = np.arctan2(np.cross(bend, across) @ about, across @ bend)
    bent = np.linalg.norm(across, axis=-1) > _STRAIGHT
    out: Array = np.where(bent, angle, model.usual[row, 2])
    return out


def _reach(world: Array, seen: Seen, camera: Camera) -> Array:
    """(T, 3) where the hips are, so that the landmarks in metres are seen where they are."""
    rays = (seen.xy - np.array(camera.centre)) / camera.focal
    # x + tx = u (z + tz), and the same for y: linear in the place of the hips.
    rows = np.zeros((*rays.shape, 3))
    rows[..., 0, 0] = rows[..., 1, 1] = 1.0
    rows[..., 2] = -rays
    target = rays * world[..., 2:] - world[..., :2]
    weight = seen.trust[..., None, None] + 1e-3
    left = np.einsum("tkax,tkay->txy", rows * weight, rows) + 1e-9 * np.eye(3)
    right = np.einsum("tkax,tka->tx", rows * weight, target)
    out: Array = np.linalg.solve(left, right[..., None])[..., 0]
    out[:, 2] = np.maximum(out[:, 2], 0.3)
    return out
