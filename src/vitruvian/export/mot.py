"""MOT: joint angles over time as OpenSim names and signs them."""

from __future__ import annotations

import numpy as np

from vitruvian.geometry import rotations as rot
from vitruvian.motion import Doubles, Motion

__all__ = ["joint_angles", "to_mot"]

# OpenSim's bodies have x forward, y up, z to the person's right; a motion's rest faces +z.
_AXES = np.array([[0, 0, 1.0], [0, 1, 0], [-1, 0, 0]])
_HANGING = {
    side: rot.from_euler([0, 0, out * 90], "XYZ") for side, out in (("left", 1), ("right", -1))
}
"""What brings an arm that hangs to where it is at rest, stretched out sideways."""


def joint_angles(motion: Motion) -> dict[str, Doubles]:
    """Names and values (T,) of OpenSim's full-body models: degrees, and metres for the pelvis.

    Hips and shoulders are flexion, adduction, rotation (about z, x, y in this order), positive
    forward, inward, inward; knees and elbows are 0 when straight; the trunk is extension, bending
    to the right, rotation to the left.
    """
    local = rot.matrix(motion.rotations)
    at = {name: local[:, i] for i, name in enumerate(motion.joints)}
    tilt, list_, turn = _zxy(at["hips"])
    x, y, z = (motion.root @ _AXES.T).T
    found = {
        "pelvis_tilt": tilt, "pelvis_list": list_, "pelvis_rotation": turn,
        "pelvis_tx": x, "pelvis_ty": y, "pelvis_tz": z,
    }  # fmt: skip
    for side, mirror in (("right", 1.0), ("left", -1.0)):
        letter = side[0]
        flexion, adduction, inward = _zxy(at[f"{side}_thigh"])
        found |= {
            f"hip_flexion_{letter}": flexion,
            f"hip_adduction_{letter}": mirror * adduction,
            f"hip_rotation_{letter}": mirror * inward,
            f"knee_angle_{letter}": _bend(at[f"{side}_shank"], 1),
            f"ankle_angle_{letter}": _zxy(at[f"{side}_foot"])[0],
        }
    names = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
    found |= dict(zip(names, _zxy(at["spine"] @ at["chest"]), strict=True))
    for side, mirror in (("right", 1.0), ("left", -1.0)):
        letter = side[0]
        flexion, adduction, inward = _zxy(at[f"{side}_upper_arm"] @ _HANGING[side])
        found |= {
            f"arm_flex_{letter}": flexion,
            f"arm_add_{letter}": mirror * adduction,
            f"arm_rot_{letter}": mirror * inward,
            f"elbow_flex_{letter}": _bend(at[f"{side}_forearm"], 0),
        }
    return found


def to_mot(motion: Motion) -> bytes:
    """The file's bytes, one row per moment."""
    columns = joint_angles(motion)
    head = [
        motion.name, "version=1", f"nRows={len(motion)}", f"nColumns={len(columns) + 1}",
        "inDegrees=yes", "endheader", "\t".join(["time", *columns]),
    ]  # fmt: skip
    table = np.stack([motion.times, *columns.values()], axis=1)
    rows = ["\t".join(f"{value:.6f}" for value in row) for row in table.tolist()]
    return ("\n".join([*head, *rows]) + "\n").encode()


def _zxy(rotations: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    angles = rot.euler(_AXES @ rotations @ _AXES.T, "ZXY")
    steady = np.degrees(np.unwrap(np.radians(angles), axis=0))
    return steady[:, 0], steady[:, 1], steady[:, 2]


def _bend(rotations: Doubles, axis: int) -> Doubles:
    """Degrees between a bone and its parent's, of which both lie along an axis at rest."""
    return np.asarray(np.degrees(np.arccos(np.clip(rotations[:, axis, axis], -1, 1))))
