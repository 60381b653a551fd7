"""The axes about which each joint swings and twists, from how the body stands at rest.

The body at rest looks along +z, its left is +x and its head +y.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_joints import Joint
from vitruvian.fit.body_rotations import exponential

__all__ = ["frame"]

Array = NDArray[np.floating[Any]]
_X, _Y, _Z = np.eye(3)
_MIRROR = np.diag([-1.0, 1.0, 1.0])


def frame(joint: Joint, heads: Mapping[str, Array]) -> tuple[Array, Array]:
    """Axes of a joint, and the turn that brings it from rest to its zero.

    Args:
        joint: Which.
        heads: (3,) where each bone of the rig begins, at rest.

    Returns:
        (3, 3) the two axes of the swing and that of the twist, a row each; (3, 3) rotation.
    """
    right = joint.bone.endswith(".R")

    def at(bone: str) -> Array:
        return np.asarray(heads[f"{bone[:-2]}.L" if right else bone], np.float64)

    axes, turn = _RULES[joint.axes](joint, at)
    if right:
        # A mirror keeps a rotation about x, and turns those about y and z round.
        return axes * [1.0, -1.0, -1.0], _MIRROR @ turn @ _MIRROR
    return axes, turn


_At = Callable[[str], Array]


def _trunk(joint: Joint, at: _At) -> tuple[Array, Array]:
    return np.stack([_X, _Z, _Y]), np.eye(3)


def _girdle(joint: Joint, at: _At) -> tuple[Array, Array]:
    return _raising(_unit(at(joint.tip) - at(joint.bone))), np.eye(3)


def _arm(joint: Joint, at: _At) -> tuple[Array, Array]:
    forward, down = np.radians(40.0), np.radians(10.0)
    flat = np.cos(forward) * _X + np.sin(forward) * _Z
    zero = np.cos(down) * flat - np.sin(down) * _Y
    return _raising(zero), _between(at(joint.tip) - at(joint.bone), zero)


def _elbow(joint: Joint, at: _At) -> tuple[Array, Array]:
    upper = _unit(at(joint.bone) - at("upperarm01.L"))
    fore = _unit(at(joint.tip) - at(joint.bone))
    bend = _unit(np.cross(upper, fore))
    return np.stack([bend, np.cross(upper, bend), upper]), _between(fore, upper)


def _wrist(joint: Joint, at: _At) -> tuple[Array, Array]:
    fore = _unit(at(joint.bone) - at("lowerarm01.L"))
    turn = _between(at(joint.tip) - at(joint.bone), fore)
    thumbward: Array = turn @ (at("finger2-1.L") - at("finger5-1.L"))
    thumbward = _unit(thumbward - (thumbward @ fore) * fore)
    return np.stack([-thumbward, np.cross(fore, thumbward), fore]), turn


def _leg(joint: Joint, at: _At) -> tuple[Array, Array]:
    return np.stack([-_X, _Z, -_Y]), _between(at(joint.tip) - at(joint.bone), -_Y)


def _knee(joint: Joint, at: _At) -> tuple[Array, Array]:
    thigh = _unit(at(joint.bone) - at("upperleg01.L"))
    side = _unit(_X - (_X @ thigh) * thigh)
    turn = _between(at(joint.tip) - at(joint.bone), thigh)
    return np.stack([side, np.cross(thigh, side), thigh]), turn


def _ankle(joint: Joint, at: _At) -> tuple[Array, Array]:
    return np.stack([_X, _Z, -_Y]), np.eye(3)


_RULES: dict[str, Callable[[Joint, _At], tuple[Array, Array]]] = {
    "trunk": _trunk, "girdle": _girdle, "arm": _arm, "elbow": _elbow, "wrist": _wrist,
    "leg": _leg, "knee": _knee, "ankle": _ankle,
}  # fmt: skip


def _raising(zero: Array) -> Array:
    """Axes for a bone along ``zero``: the first raises it, the second draws it back."""
    up = _unit(_Y - (_Y @ zero) * zero)
    return np.stack([np.cross(zero, up), up, zero])


def _between(start: Array, end: Array) -> Array:
    """(3, 3) the shortest turn from one direction to the other."""
    start, end = _unit(start), _unit(end)
    axis = np.cross(start, end)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        return np.eye(3)
    return exponential(axis / sine * np.arctan2(sine, start @ end))


def _unit(vector: Array) -> Array:
    out: Array = vector / np.linalg.norm(vector)
    return out
