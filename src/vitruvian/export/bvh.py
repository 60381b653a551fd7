"""BVH: the hierarchy and its motion as text, for Blender, MotionBuilder and the like."""

from __future__ import annotations

import numpy as np

from vitruvian.geometry import rotations as rot
from vitruvian.motion import Doubles, Motion

__all__ = ["to_bvh"]

_ORDER = "ZXY"
_CENTIMETRES = 100.0
NAMES = {
    "hips": "Hips", "spine": "Spine", "chest": "Spine1", "neck": "Neck", "head": "Head",
    "left_upper_arm": "LeftArm", "left_forearm": "LeftForeArm", "left_hand": "LeftHand",
    "right_upper_arm": "RightArm", "right_forearm": "RightForeArm", "right_hand": "RightHand",
    "left_thigh": "LeftUpLeg", "left_shank": "LeftLeg", "left_foot": "LeftFoot",
    "right_thigh": "RightUpLeg", "right_shank": "RightLeg", "right_foot": "RightFoot",
}  # fmt: skip
"""The names that retargeting tools know."""


def to_bvh(motion: Motion) -> bytes:
    """The file's bytes: centimetres, y up, Euler angles in the order Z, X, Y.

    BVH has one frame time, so the movement is brought to an even rate first.
    """
    even = motion.at_rate(motion.rate)
    lines = ["HIERARCHY"]
    order: list[int] = []
    _joint(even, 0, 0, lines, order)
    lines += ["MOTION", f"Frames: {len(even)}", f"Frame Time: {1 / even.rate:.8f}"]
    angles = rot.euler(rot.matrix(even.rotations), _ORDER)
    angles = np.degrees(np.unwrap(np.radians(angles), axis=0))
    for t in range(len(even)):
        values = [*(even.root[t] * _CENTIMETRES), *angles[t, order].ravel()]
        lines.append(" ".join(f"{value:.5f}" for value in values))
    return ("\n".join(lines) + "\n").encode()


def _joint(motion: Motion, joint: int, depth: int, lines: list[str], order: list[int]) -> None:
    pad = "\t" * depth
    kind, position = ("ROOT", "Xposition Yposition Zposition ") if not depth else ("JOINT", "")
    name = motion.joints[joint]
    turns = " ".join(f"{axis}rotation" for axis in _ORDER)
    order.append(joint)
    lines += [
        f"{pad}{kind} {NAMES.get(name, name)}",
        f"{pad}{{",
        f"{pad}\t{_offset(motion.offsets[joint])}",
        f"{pad}\tCHANNELS {6 if not depth else 3} {position}{turns}",
    ]
    children = [i for i, parent in enumerate(motion.parents) if parent == joint]
    for child in children:
        _joint(motion, child, depth + 1, lines, order)
    for owner, tip in motion.ends:
        if owner == joint and not children:
            lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\t{_offset(tip)}", f"{pad}\t}}"]
    lines.append(f"{pad}}}")


def _offset(metres: Doubles) -> str:
    return "OFFSET " + " ".join(f"{value * _CENTIMETRES:.5f}" for value in metres)
