"""Motion capture as BlazePose's 33 landmarks: CMU's two formats, and GrappleMap.

CMU (mocap.cs.cmu.edu, free to use, created with funding from NSF EIA-0196217) comes as ASF/AMC,
a skeleton and its angles, and as exponential maps of one skeleton, 117 columns a frame. Shoulders,
elbows, wrists, hips, knees and ankles are the recordings' own joints. A face, knuckles and heels
are not recorded; they are placed on the head, the hand and the foot, which are, at the distances
in `FACE`, `_hand` and `_foot`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.grapplemap import JOINTS, read_entries
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = [
    "KEPT_BACK",
    "RATE",
    "Motion",
    "kept_back",
    "read_asf",
    "read_expmap",
    "read_grapplemap",
    "read_motions",
    "turned",
]

Array = NDArray[Any]
RATE = 30.0
"""Frames a second of what is read here."""
KEPT_BACK = (
    "03_", "basketball_5", "basketball_signal_5", "directing_traffic_4", "jumping_5", "running_5",
    "soccer_5", "walking_5", "walking_4",
)  # fmt: skip
"""How the names of recordings begin that are for measuring only."""
_INCHES = 2.54 / 100 / 0.45
"""CMU's unit of length in metres."""
_ORDER = BLAZEPOSE_33.landmarks
FACE = {
    "nose": (0.0, 0.07, 0.115), "left_eye_inner": (0.018, 0.105, 0.095),
    "left_eye": (0.032, 0.105, 0.092), "left_eye_outer": (0.045, 0.105, 0.085),
    "right_eye_inner": (-0.018, 0.105, 0.095), "right_eye": (-0.032, 0.105, 0.092),
    "right_eye_outer": (-0.045, 0.105, 0.085), "left_ear": (0.075, 0.08, 0.0),
    "right_ear": (-0.075, 0.08, 0.0), "mouth_left": (0.025, 0.035, 0.095),
    "mouth_right": (-0.025, 0.035, 0.095),
}  # fmt: skip
"""Metres to the left, up and forward of the joint between neck and head; an adult's."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """One recording.

    Args:
        name: Whose and which, such as ``"03_02"`` or ``"walking_5"``.
        points: (T, 33, 3) metres, y up, at `RATE`.
    """

    name: str
    points: Array


def kept_back(motion: Motion) -> bool:
    """Whether a recording is for measuring only."""
    return motion.name.startswith(KEPT_BACK)


def read_motions(folder: Path) -> list[Motion]:
    """All of CMU below a folder into which its two archives were unpacked."""
    motions = []
    for path in sorted(folder.glob("*/*.amc")):
        points = read_asf(path.parent / f"{path.parent.name}.asf", path)
        motions += [Motion(path.stem, part) for part in _thinned(points, 120.0)]
    for path in sorted(folder.glob("train/*/*.txt")):
        motions += [Motion(path.stem, part) for part in _thinned(read_expmap(path), 120.0)]
    return [motion for motion in motions if len(motion.points) >= 16]


def _thinned(points: Array, rate: float) -> Iterator[Array]:
    step = round(rate / RATE)
    for first in range(0, step, 2):
        yield points[first::step].astype(np.float32)


# ASF/AMC ------------------------------------------------------------------------------------


def read_asf(skeleton: Path, motion: Path) -> Array:
    """(T, 33, 3) metres from a skeleton and a motion of it."""
    bones, parents = _skeleton(skeleton)
    angles = _angles(motion)
    turns: dict[str, Array] = {}
    ends: dict[str, Array] = {}
    root = angles["root"]
    turns["root"], ends["root"] = _euler(root[:, 3:]), root[:, :3] * _INCHES
    for name, parent in parents:
        bone = bones[name]
        turn = turns[parent]
        if name in angles:
            motion_angles = np.zeros((len(root), 3))
            motion_angles[:, bone["axes"]] = angles[name]
            turn = turn @ bone["frame"] @ _euler(motion_angles) @ bone["frame"].T
        turns[name] = turn
        ends[name] = ends[parent] + turn @ (bone["direction"] * bone["length"] * _INCHES)
    return _landmarks(ends, turns)


def _skeleton(path: Path) -> tuple[dict[str, dict[str, Any]], list[tuple[str, str]]]:
    bones: dict[str, dict[str, Any]] = {}
    parents: list[tuple[str, str]] = []
    bone: dict[str, Any] = {}
    section = ""
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].startswith(":"):
            section = words[0]
        elif section == ":bonedata" and words[0] == "begin":
            bone = {"axes": []}
        elif section == ":bonedata" and words[0] == "name":
            bones[words[1]] = bone
        elif section == ":bonedata" and words[0] == "direction":
            bone["direction"] = np.array([float(word) for word in words[1:4]])
        elif section == ":bonedata" and words[0] == "length":
            bone["length"] = float(words[1])
        elif section == ":bonedata" and words[0] == "axis":
            bone["frame"] = _euler(np.array([float(word) for word in words[1:4]]))
        elif section == ":bonedata" and words[0] == "dof":
            bone["axes"] = ["rx ry rz".split().index(word) for word in words[1:]]
        elif section == ":hierarchy" and words[0] not in ("begin", "end"):
            parents += [(child, words[0]) for child in words[1:]]
    return bones, parents


def _angles(path: Path) -> dict[str, Array]:
    rows: dict[str, list[list[float]]] = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) > 1 and words[0].isalpha():
            rows.setdefault(words[0], []).append([float(word) for word in words[1:]])
    return {name: np.array(values) for name, values in rows.items()}


def _euler(degrees: Array) -> Array:
    """(…, 3) turns about x, then y, then z as (…, 3, 3)."""
    x, y, z = (np.radians(degrees[..., i]) for i in range(3))
    zero, one = np.zeros_like(x), np.ones_like(x)

    def matrix(*rows: Array) -> Array:
        return np.stack(rows, -1).reshape(*x.shape, 3, 3)

    about_x = matrix(one, zero, zero, zero, np.cos(x), -np.sin(x), zero, np.sin(x), np.cos(x))
    about_y = matrix(np.cos(y), zero, np.sin(y), zero, one, zero, -np.sin(y), zero, np.cos(y))
    about_z = matrix(np.cos(z), -np.sin(z), zero, np.sin(z), np.cos(z), zero, zero, zero, one)
    return np.asarray(about_z @ about_y @ about_x)


# Exponential maps -----------------------------------------------------------------------------

_NAMES = (
    "root lhipjoint lfemur ltibia lfoot ltoes ltoes_end rhipjoint rfemur rtibia rfoot rtoes "
    "rtoes_end lowerback upperback thorax lowerneck upperneck head head_end lclavicle lhumerus "
    "lradius lwrist lhand lfingers lfingers_end lthumb lthumb_end rclavicle rhumerus rradius "
    "rwrist rhand rfingers rfingers_end rthumb rthumb_end"
).split()


_PARENTS = (
    -1, 0, 1, 2, 3, 4, 5, 0, 7, 8, 9, 10, 11, 0, 13, 14, 15, 16, 17, 18, 15, 20, 21, 22, 23, 24,
    25, 23, 27, 15, 29, 30, 31, 32, 33, 34, 32, 36,
)  # fmt: skip
_OFFSETS = """0 0 0  0 0 0  1.65674 -1.80282 0.62477  2.5972 -7.13576 0  2.49236 -6.8477 0
    0.19704 -0.54136 2.14581  0 0 1.11249  0 0 0  -1.6107 -1.80282 0.62476  -2.59502 -7.12977 0
    -2.4678 -6.78024 0  -0.23024 -0.63258 2.13368  0 0 1.11569  0 0 0  0.01961 2.0545 -0.14112
    0.01021 2.06436 -0.05921  0 0 0  0.00713 1.56711 0.14968  0.03429 1.56041 -0.10006
    0.01305 1.6256 -0.05265  0 0 0  3.54205 0.90436 -0.17364  4.86513 0 0  3.35554 0 0  0 0 0
    0.66117 0 0  0.53306 0 0  0 0 0  0.5412 0 0.5412  0 0 0  -3.49802 0.75994 -0.32616
    -5.02649 0 0  -3.36431 0 0  0 0 0  -0.73041 0 0  -0.58887 0 0  0 0 0  -0.59786 0 0.59786"""
"""Where a joint is seen from its parent: the skeleton that all exponential maps share."""


def read_expmap(path: Path) -> Array:
    """(T, 33, 3) metres from 117 columns: the root's place, and 38 joints' exponential maps."""
    rows = np.loadtxt(path, delimiter=",")[1:]
    maps = rows[:, 3:].reshape(len(rows), 38, 3)
    offsets = np.array(_OFFSETS.split(), np.float64).reshape(38, 3) * _INCHES
    turns: dict[str, Array] = {}
    starts: dict[str, Array] = {}
    for i, (name, parent) in enumerate(zip(_NAMES, _PARENTS, strict=True)):
        # The maps belong to row vectors: the turn of a column is the inverse.
        turn = turned(-maps[:, i])
        if parent < 0:
            turns[name], starts[name] = turn, rows[:, :3] * _INCHES
            continue
        above = _NAMES[parent]
        starts[name] = starts[above] + turns[above] @ offsets[i]
        turns[name] = turns[above] @ turn
    ends = {_NAMES[p]: starts[n] for n, p in zip(_NAMES, _PARENTS, strict=True) if p >= 0}
    ends |= {"lthumb": starts["lthumb_end"], "rthumb": starts["rthumb_end"]}
    return _landmarks(ends, turns)


def turned(maps: Array) -> Array:
    """Rodrigues' formula: (…, 3) exponential maps as (…, 3, 3)."""
    angle = np.linalg.norm(maps, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(maps / np.maximum(angle[..., 0], 1e-12), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


# GrappleMap -----------------------------------------------------------------------------------


def read_grapplemap(path: Path) -> list[Motion]:
    """Each player of each transition, its key frames half a second apart, joined by splines."""
    from scipy.interpolate import CubicSpline

    motions: list[Motion] = []
    for entry in read_entries(path):
        if len(entry.frames) < 3:
            continue
        keys = np.arange(len(entry.frames)) / 2
        times = np.arange(0, keys[-1], 1 / RATE)
        joints = CubicSpline(keys, entry.frames.astype(np.float64))(times)
        for player in range(2):
            points = _from_grapplemap(joints[:, player]).astype(np.float32)
            motions.append(Motion(f"grapplemap {len(motions)}", points))
    return motions


def _from_grapplemap(joints: Array) -> Array:
    def at(name: str) -> Array:
        return np.asarray(joints[:, JOINTS.index(name)])

    up = _unit(at("head") - at("neck"))
    left = _unit(_without(at("left_shoulder") - at("right_shoulder"), up))
    turn = np.stack([left, up, np.cross(left, up)], axis=-1)
    middle = at("head") - 0.08 * up
    found = {name: middle + turn @ np.array(offset) for name, offset in FACE.items()}
    for side in ("left", "right"):
        for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel"):
            found[f"{side}_{part}"] = at(f"{side}_{part}")
        found[f"{side}_foot_index"] = at(f"{side}_toe")
        wrist, tips = at(f"{side}_wrist"), at(f"{side}_fingers")
        # Which way a palm looks is not recorded: the thumb is put on the side of the head.
        thumb = wrist + 0.1 * _unit(at("head") - wrist)
        found |= _hand(side, wrist, tips, thumb)
    return np.stack([found[name] for name in _ORDER], axis=-2)


# Landmarks ------------------------------------------------------------------------------------


def _landmarks(ends: dict[str, Array], turns: dict[str, Array]) -> Array:
    """The 33 from where bones end and how they are turned."""
    found: dict[str, Array] = {}
    head = turns["head"]
    for name, offset in FACE.items():
        found[name] = ends["upperneck"] + head @ np.array(offset)
    for side, s in (("left", "l"), ("right", "r")):
        found[f"{side}_shoulder"] = ends[f"{s}clavicle"]
        found[f"{side}_elbow"] = ends[f"{s}humerus"]
        found[f"{side}_wrist"] = ends[f"{s}wrist"]
        found[f"{side}_hip"] = ends[f"{s}hipjoint"]
        found[f"{side}_knee"] = ends[f"{s}femur"]
        found[f"{side}_ankle"] = ends[f"{s}tibia"]
        found |= _hand(side, ends[f"{s}wrist"], ends[f"{s}hand"], ends[f"{s}thumb"])
        found |= _foot(side, ends[f"{s}femur"], ends[f"{s}tibia"], ends[f"{s}foot"])
    return np.stack([found[name] for name in _ORDER], axis=-2)


def _hand(side: str, wrist: Array, palm: Array, thumb: Array) -> dict[str, Array]:
    along = _unit(palm - wrist)
    across = _unit(_without(thumb - wrist, along))
    return {
        f"{side}_index": wrist + 0.09 * along + 0.025 * across,
        f"{side}_pinky": wrist + 0.08 * along - 0.03 * across,
        f"{side}_thumb": wrist + 0.045 * along + 0.045 * across,
    }


def _foot(side: str, knee: Array, ankle: Array, ball: Array) -> dict[str, Array]:
    along = _unit(ball - ankle)
    up = _unit(_without(knee - ankle, along))
    return {
        f"{side}_heel": ankle - 0.045 * along - 0.06 * up,
        f"{side}_foot_index": ball + 0.035 * along - 0.015 * up,
    }


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))


def _without(vector: Array, axis: Array) -> Array:
    """What of a vector is square to a unit axis."""
    return np.asarray(vector - (vector * axis).sum(-1, keepdims=True) * axis)
