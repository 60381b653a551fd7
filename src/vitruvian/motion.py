"""What animators and simulators open: a `Motion` is a body of fixed bones that turn over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError
from vitruvian.geometry import rotations as rot

__all__ = ["Motion"]

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """One person's movement as joint rotations on a skeleton of constant bones.

    Metres, y up, z towards the camera, x to the camera's right. At rest every joint's axes are
    those of the room: the body stands upright, faces +z, arms stretched out sideways.

    Args:
        name: Whose movement.
        joints: J names, the root first, every parent before its children.
        parents: (J,) the parent of each; -1 for the root.
        offsets: (J, 3) where each joint is from its parent, at rest; the root's is 0.
        times: (T,) seconds.
        rotations: (T, J, 4) w, x, y, z: each joint against its parent.
        root: (T, 3) where the root is.
        ends: What lies at the end of a limb: joint and (3,) offset of its tip.

    Raises:
        InputError: The shapes do not fit, or a parent comes after its child.
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: Doubles
    times: Doubles
    rotations: Doubles
    root: Doubles
    ends: tuple[tuple[int, Doubles], ...] = ()

    def __post_init__(self) -> None:
        t, j = len(self.times), len(self.joints)
        shapes = {
            "offsets": (self.offsets, (j, 3)),
            "rotations": (self.rotations, (t, j, 4)),
            "root": (self.root, (t, 3)),
        }
        for name, (array, shape) in shapes.items():
            if array.shape != shape:
                raise InputError(f"{name} must be {shape}, not {array.shape}")
        if len(self.parents) != j or any(p >= i for i, p in enumerate(self.parents)):
            raise InputError("every joint needs a parent that comes before it")

    def __len__(self) -> int:
        """How many moments."""
        return len(self.times)

    @property
    def rate(self) -> float:
        """Moments a second, on average."""
        if len(self.times) < 2:
            return 30.0
        return float((len(self.times) - 1) / (self.times[-1] - self.times[0]))

    def world(self) -> tuple[Doubles, Doubles]:
        """Every joint's place (T, J, 3) in metres and axes (T, J, 3, 3) in the room."""
        local = rot.matrix(self.rotations)
        axes, places = local.copy(), np.zeros((*local.shape[:2], 3))
        places[:, 0] = self.root
        for joint, parent in enumerate(self.parents):
            if parent >= 0:
                axes[:, joint] = axes[:, parent] @ local[:, joint]
                places[:, joint] = places[:, parent] + axes[:, parent] @ self.offsets[joint]
        return places, axes

    def at_rate(self, rate: float) -> Motion:
        """The same movement at an even number of moments a second (spherical interpolation)."""
        from scipy.spatial.transform import Rotation, Slerp

        if len(self) < 2:
            return self
        times = np.arange(self.times[0], self.times[-1] + 0.5 / rate, 1 / rate)
        times = times[times <= self.times[-1] + 1e-9]
        wxyz = np.empty((len(times), len(self.joints), 4))
        for joint in range(len(self.joints)):
            turns = Rotation.from_quat(self.rotations[:, joint][:, [1, 2, 3, 0]])
            wxyz[:, joint] = Slerp(self.times, turns)(times).as_quat()[:, [3, 0, 1, 2]]
        root = np.stack([np.interp(times, self.times, axis) for axis in self.root.T], axis=1)
        return Motion(
            self.name, self.joints, self.parents, self.offsets, times, rot.steady(wxyz), root,
            self.ends,
        )  # fmt: skip
