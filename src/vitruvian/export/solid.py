"""A body of capsules round the bones of a motion: something to see, and to collide with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.motion import Doubles, Motion

__all__ = ["Capsule", "capsules", "girth", "mesh"]

_RADII = {
    "hips": 0.11, "spine": 0.11, "chest": 0.11, "neck": 0.05, "head": 0.09, "upper_arm": 0.045,
    "forearm": 0.035, "hand": 0.03, "thigh": 0.07, "shank": 0.05, "foot": 0.04,
}  # fmt: skip
"""Metres, for somebody whose trunk is half a metre long."""
_SECTORS, _RINGS = 12, 4


@dataclass(frozen=True, slots=True, eq=False)
class Capsule:
    """A cylinder with round ends, fixed to a joint.

    Args:
        joint: Which.
        start: (3,) in the joint's axes, at rest.
        end: (3,) likewise.
        radius: Metres.
    """

    joint: int
    start: Doubles
    end: Doubles
    radius: float


def capsules(motion: Motion) -> tuple[Capsule, ...]:
    """One from every joint to each of its children, and to the tip of every limb."""
    size = girth(motion)
    origin = np.zeros(3)
    found = [
        Capsule(parent, origin, motion.offsets[joint], _radius(motion.joints[parent]) * size)
        for joint, parent in enumerate(motion.parents)
        if parent >= 0
    ]
    found += [
        Capsule(joint, origin, tip, _radius(motion.joints[joint]) * size)
        for joint, tip in motion.ends
    ]
    return tuple(found)


def girth(motion: Motion) -> float:
    """How large somebody is, beside one whose trunk is half a metre long."""
    trunk = [motion.joints.index(name) for name in ("spine", "chest", "neck")]
    return float(motion.offsets[trunk, 1].sum()) / 0.5


def _radius(joint: str) -> float:
    return _RADII[joint.removeprefix("left_").removeprefix("right_")]


def mesh(motion: Motion) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """The capsules as triangles, at rest.

    Returns:
        Places (V, 3), normals (V, 3), the joint of each vertex (V,), and triangles (F, 3).
    """
    rest = np.zeros((len(motion.joints), 3))
    for joint, parent in enumerate(motion.parents):
        if parent >= 0:
            rest[joint] = rest[parent] + motion.offsets[joint]
    unit, faces = _unit_capsule()
    places, normals, owners, triangles = [], [], [], []
    for count, each in enumerate(capsules(motion)):
        along = each.end - each.start
        axes = _axes(along)
        far = unit[:, 3] > 0
        normals.append(unit[:, :3] @ axes.T)
        bone = each.start + np.where(far[:, None], along, 0)
        places.append(rest[each.joint] + bone + normals[-1] * each.radius)
        owners.append(np.full(len(unit), each.joint))
        triangles.append(faces + count * len(unit))
    return (
        np.concatenate(places), np.concatenate(normals), np.concatenate(owners),
        np.concatenate(triangles),
    )  # fmt: skip


def _unit_capsule() -> tuple[Doubles, Doubles]:
    """Normals, and whether a vertex is at the far end (V, 4), along z; triangles (F, 3)."""
    turns = np.linspace(0, 2 * np.pi, _SECTORS, endpoint=False)
    rows = []
    for far, heights in (
        (0, np.linspace(-np.pi / 2, 0, _RINGS)),
        (1, np.linspace(0, np.pi / 2, _RINGS)),
    ):
        for height in heights:
            ring = [np.cos(height) * np.cos(turns), np.cos(height) * np.sin(turns)]
            rows.append(
                np.stack([*ring, np.full(_SECTORS, np.sin(height)), np.full(_SECTORS, far)], 1)
            )
    faces: list[tuple[int, int, int]] = []
    for below in range(len(rows) - 1):
        for sector in range(_SECTORS):
            a = below * _SECTORS + sector
            b = below * _SECTORS + (sector + 1) % _SECTORS
            faces += [(a, b, b + _SECTORS), (a, b + _SECTORS, a + _SECTORS)]
    return np.concatenate(rows), np.array(faces)


def _axes(along: Doubles) -> Doubles:
    """Axes whose z is along the bone."""
    length = np.linalg.norm(along)
    z = along / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])
    other = np.eye(3)[int(np.abs(z).argmin())]
    x = np.cross(other, z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z], axis=1)
