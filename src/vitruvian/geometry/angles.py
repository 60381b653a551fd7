"""Joint and segment angles of a body, named and signed, from world landmarks.

Degrees. Hinges (elbow, knee) are 0 when straight. Angles that have a direction are measured in
planes of the body: *forward* is where the chest points, *left* the person's own left, *up* from
the hips to the shoulders. Shoulders and hips are projected on the plane from the side (flexion) and
from the front (abduction), as goniometers are read; an angle whose limb points out of its plane
has no meaning and is missing. The lean of the trunk and the inclination of limbs are against the
vertical of the picture, so they want a camera that is held level. ``docs/angles.md`` has the
drawing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vitruvian.errors import InputError
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Landmarks

__all__ = ["ANGLES", "body_angles", "speeds"]

_SIDES = ("left", "right")
_JOINTS = (
    "shoulder_flexion", "shoulder_abduction", "elbow_flexion", "hip_flexion", "hip_abduction",
    "knee_flexion", "ankle_dorsiflexion",
)  # fmt: skip
_SEGMENTS = ("upper_arm", "forearm", "thigh", "shank")
ANGLES: tuple[str, ...] = (
    *(f"{side}_{joint}" for joint in _JOINTS for side in _SIDES),
    *(f"{side}_{segment}_inclination" for segment in _SEGMENTS for side in _SIDES),
    "neck_flexion",
    "trunk_lean_forward",
    "trunk_lean_left",
    "trunk_twist_left",
)
"""The names, in the order of `body_angles`."""

_LEAST = 0.2
"""A limb whose share in a plane is less has no direction in it."""
_LEAST_VISIBILITY = 0.5


def body_angles(body: Landmarks, *, min_visibility: float = _LEAST_VISIBILITY) -> Floats:
    """Every angle of `ANGLES`, in degrees.

    Args:
        body: `BLAZEPOSE_33` landmarks with ``world``, any leading axes.
        min_visibility: An angle that rests on a landmark less visible than this is NaN.

    Returns:
        (…, 26) float32; NaN where it cannot be told.

    Raises:
        InputError: The landmarks are of another skeleton, or have no world coordinates.

    Example:
        >>> from vitruvian.types import Landmarks
        >>> body_angles(Landmarks.missing(BLAZEPOSE_33, (2,))).shape
        (2, 26)
    """
    if body.skeleton.landmarks != BLAZEPOSE_33.landmarks or body.world is None:
        raise InputError(
            f"angles need {BLAZEPOSE_33.name} landmarks with world, not {body.skeleton.name}"
        )
    world = np.where((body.visibility < min_visibility)[..., None], np.nan, body.world)
    pose = _Pose(world)
    columns = [
        value for joint in _JOINTS for value in (getattr(pose, joint)(side) for side in _SIDES)
    ]
    columns += [pose.inclination(side, segment) for segment in _SEGMENTS for side in _SIDES]
    columns += [pose.neck_flexion(), *pose.trunk()]
    return np.stack(columns, axis=-1).astype(np.float32)


def speeds(angles: Floats, times: ArrayLike) -> Floats:
    """Degrees a second, by central differences over the given times.

    Args:
        angles: (T, …) degrees; what goes through 180 is followed round.
        times: (T,) seconds, rising.

    Returns:
        As ``angles``; NaN beside a gap, and for a single moment.
    """
    if len(angles) < 2:
        return np.full_like(angles, np.nan)
    steps = (np.diff(angles, axis=0) + 180) % 360 - 180
    path = np.concatenate([np.zeros_like(angles[:1]), np.cumsum(np.nan_to_num(steps), axis=0)])
    path[np.isnan(angles)] = np.nan
    return np.asarray(np.gradient(path, np.asarray(times, np.float64), axis=0), np.float32)


_ENDS = {
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
}


class _Pose:
    """The body's own axes, and the angles against them."""

    def __init__(self, world: Floats) -> None:
        self._world = world
        shoulders, hips = (
            (self._at(f"left_{name}"), self._at(f"right_{name}")) for name in ("shoulder", "hip")
        )
        self._shoulder_mid, self._hip_mid = sum(shoulders) / 2, sum(hips) / 2
        self._up = _unit(self._shoulder_mid - self._hip_mid)
        self._across = {"shoulder": shoulders[0] - shoulders[1], "hip": hips[0] - hips[1]}

    def _at(self, name: str) -> Floats:
        return self._world[..., BLAZEPOSE_33.index(name), :]

    def _axes(self, girdle: str) -> tuple[Floats, Floats]:
        """To the person's left and forward, both square to up."""
        across = self._across[girdle]
        rise = _dot(across, self._up)[..., None] * self._up
        left = _unit(across - rise)
        return left, np.cross(left, self._up)

    def _bone(self, side: str, segment: str) -> Floats:
        start, end = _ENDS[segment]
        return _unit(self._at(f"{side}_{end}") - self._at(f"{side}_{start}"))

    def _flexion(self, side: str, girdle: str, segment: str) -> Floats:
        _, forward = self._axes(girdle)
        bone = self._bone(side, segment)
        return _raised(_direction(_dot(bone, forward), -_dot(bone, self._up)))

    def _abduction(self, side: str, girdle: str, segment: str) -> Floats:
        left, _ = self._axes(girdle)
        bone = self._bone(side, segment)
        outward = _dot(bone, left) * (1 if side == "left" else -1)
        return _raised(_direction(outward, -_dot(bone, self._up)))

    def shoulder_flexion(self, side: str) -> Floats:
        return self._flexion(side, "shoulder", "upper_arm")

    def shoulder_abduction(self, side: str) -> Floats:
        return self._abduction(side, "shoulder", "upper_arm")

    def hip_flexion(self, side: str) -> Floats:
        return self._flexion(side, "hip", "thigh")

    def hip_abduction(self, side: str) -> Floats:
        # A thigh drawn up beyond level is not spread by 180 degrees: no hip spreads beyond 90.
        raw = self._abduction(side, "hip", "thigh")
        return np.asarray(np.where(raw > 90, 180 - raw, np.where(raw < -90, -180 - raw, raw)))

    def elbow_flexion(self, side: str) -> Floats:
        return _between(self._bone(side, "upper_arm"), self._bone(side, "forearm"))

    def knee_flexion(self, side: str) -> Floats:
        return _between(self._bone(side, "thigh"), self._bone(side, "shank"))

    def ankle_dorsiflexion(self, side: str) -> Floats:
        foot = _unit(self._at(f"{side}_foot_index") - self._at(f"{side}_heel"))
        return 90 - _between(-self._bone(side, "shank"), foot)

    def inclination(self, side: str, segment: str) -> Floats:
        """From straight down: 0 hangs or stands, 90 is level, 180 points up."""
        return _between(self._bone(side, segment), np.array([0, 1, 0], np.float32))

    def neck_flexion(self) -> Floats:
        _, forward = self._axes("shoulder")
        head = (self._at("left_ear") + self._at("right_ear")) / 2
        neck = _unit(head - self._shoulder_mid)
        return _direction(_dot(neck, forward), _dot(neck, self._up))

    def trunk(self) -> tuple[Floats, Floats, Floats]:
        """Lean forward, lean to the left, and the shoulders' turn to the left of the hips'."""
        vertical = np.array([0, -1, 0], np.float32)
        across = self._across["hip"]
        # Level axes: the hips' left without its rise, and forward square to it.
        left = _unit(across * np.array([1, 0, 1]))
        forward = np.cross(left, vertical)
        rise = _dot(self._up, vertical)
        hips_left, hips_forward = self._axes("hip")
        shoulders_left, _ = self._axes("shoulder")
        # Shoulders that turn to the left bring the left one back.
        twist = _direction(-_dot(shoulders_left, hips_forward), _dot(shoulders_left, hips_left))
        return (
            _direction(_dot(self._up, forward), rise),
            _direction(_dot(self._up, left), rise),
            twist,
        )


def _unit(vector: Any) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        length = np.linalg.norm(vector, axis=-1, keepdims=True)
        return np.asarray(np.where(length > 1e-6, vector / length, np.nan), np.float32)


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray((one * other).sum(-1), np.float32)


def _between(one: Floats, other: Floats) -> Floats:
    """0..180 between two unit vectors; exact also where they are nearly parallel."""
    sine = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.asarray(np.degrees(np.arctan2(sine, _dot(one, other))), np.float32)


def _raised(angle: Floats) -> Floats:
    """-120..240, so that an arm straight up does not jump between 180 and -180."""
    return np.asarray(np.where(angle < -120, angle + 360, angle), np.float32)


def _direction(towards: Floats, along: Floats) -> Floats:
    """-180..180 in a plane; missing where the vector points out of the plane."""
    angle = np.degrees(np.arctan2(towards, along))
    return np.asarray(np.where(np.hypot(towards, along) < _LEAST, np.nan, angle), np.float32)
