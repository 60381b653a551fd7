"""From world landmarks to a body of fixed bones: lengths once for a film, rotations per frame."""

from __future__ import annotations

import numpy as np

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.geometry import rotations as rot
from vitruvian.motion import Doubles, Motion
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["JOINTS", "motion_of"]

_TREE: dict[str, str | None] = {
    "hips": None, "spine": "hips", "chest": "spine", "neck": "chest", "head": "neck",
}  # fmt: skip
for _side in ("left", "right"):
    _TREE |= {f"{_side}_upper_arm": "chest", f"{_side}_thigh": "hips"}
    _TREE |= {f"{_side}_forearm": f"{_side}_upper_arm", f"{_side}_shank": f"{_side}_thigh"}
    _TREE |= {f"{_side}_hand": f"{_side}_forearm", f"{_side}_foot": f"{_side}_shank"}
JOINTS: tuple[str, ...] = tuple(_TREE)
"""The seventeen joints of a rig, the root first."""
_PARENTS = tuple(-1 if parent is None else JOINTS.index(parent) for parent in _TREE.values())
_TO_ROOM = np.array([1.0, -1.0, -1.0])
"""World landmarks have y down and z away from the camera; a motion has y up and z towards it."""
_FEET = [
    BLAZEPOSE_33.index(f"{_side}_{part}")
    for _side in ("left", "right")
    for part in ("heel", "foot_index")
]
_TRUNK = {"spine": 0.15, "chest": 0.5, "neck": 0.35}
"""How far each joint is above the one before it, of the way from the hips to the shoulders."""
_BENT = 0.2
"""Sine of the least bend of an elbow or knee that shows which way its hinge lies."""


def motion_of(clip: Clip, person: int) -> Motion:
    """One person's movement, on bones whose lengths are the film's medians, left as right.

    A landmark that is missing is bridged by those before and after it. The way through the room
    is the clip's ``root``, and the floor is where the feet of whoever stands lowest are on average:
    somebody on a roof stays above whoever walks past it. Where the clip says nothing of it, the
    hips follow their place in the picture at the person's median scale, and everybody's own feet
    stand on the floor on average.

    Args:
        clip: A film with world landmarks of `BLAZEPOSE_33`.
        person: The id.

    Raises:
        InputError: There is no such person, no world landmarks, or the person is never seen.
    """
    if clip.body.skeleton.landmarks != BLAZEPOSE_33.landmarks or clip.body.world is None:
        raise InputError(f"a rig needs {BLAZEPOSE_33.name} landmarks with world")
    found = np.flatnonzero(clip.ids == person)
    if not len(found):
        known = ", ".join(str(i) for i in clip.ids.tolist()) or "nobody"
        raise InputError(f"nobody in {clip.source} has id {person}; there are {known}")
    p = int(found[0])
    span = np.flatnonzero(np.isfinite(clip.body.world[:, p]).all(-1).any(-1))
    if not len(span):
        raise InputError(f"person {person} of {clip.source} is never seen")
    moments = slice(int(span[0]), int(span[-1]) + 1)
    times = clip.times[moments]
    world = _bridged(clip.body.world[moments, p].astype(np.float64), times) * _TO_ROOM
    pixels = _bridged(clip.body.xy[moments, p].astype(np.float64), times)
    points = _Points(world)
    axes = _axes(points)
    offsets, ends = _bones(points, axes)
    local = np.empty((len(times), len(JOINTS), 3, 3))
    for joint, parent in enumerate(_PARENTS):
        own = axes[JOINTS[joint]]
        local[:, joint] = own if parent < 0 else np.swapaxes(axes[JOINTS[parent]], -1, -2) @ own
    root = None if clip.root is None else clip.root[moments, p].astype(np.float64)
    if root is not None and np.isfinite(root).all(-1).any():
        path, above = _bridged(root, times) * _TO_ROOM, _above_the_lowest(clip, p)
    else:
        path, above = _path(points, pixels, clip.size), 0.0
    named = clip.names[p] if clip.names is not None else None
    turns = rot.steady(rot.quaternion(local))
    motion = Motion(
        named or f"person {person}", JOINTS, _PARENTS, offsets, times.astype(np.float64), turns,
        path, ends,
    )  # fmt: skip
    return _on_the_floor(motion, above)


class _Points:
    """Landmarks by name, (T, 3) in the room, hips at the origin."""

    def __init__(self, world: Doubles) -> None:
        self._world = world - world[:, [23, 24]].mean(1, keepdims=True)

    def __call__(self, name: str) -> Doubles:
        return np.asarray(self._world[:, BLAZEPOSE_33.index(name)])

    def middle(self, name: str) -> Doubles:
        return np.asarray((self(f"left_{name}") + self(f"right_{name}")) / 2)

    def across(self, name: str) -> Doubles:
        """From right to left."""
        return self(f"left_{name}") - self(f"right_{name}")


def _axes(at: _Points) -> dict[str, Doubles]:
    """Every joint's axes in the room (T, 3, 3)."""
    up = at.middle("shoulder") - at.middle("hip")
    head = at("nose") - at.middle("ear")
    hips = rot.between_axes(at.across("hip"), up, "xy")
    chest = rot.between_axes(at.across("shoulder"), up, "xy")
    # What is between bends so that hips and shoulders are both where they were seen.
    trunk = np.nanmedian(np.linalg.norm(up, axis=-1))
    bent = up - trunk * (_TRUNK["spine"] * hips[..., 1] + _TRUNK["neck"] * chest[..., 1])
    axes = {
        "hips": hips,
        "spine": rot.between_axes(bent, hips[..., 0] + chest[..., 0], "yx"),
        "chest": chest,
        "neck": rot.between_axes(at.middle("ear") - at.middle("shoulder"), at.across("ear"), "yx"),
        "head": rot.between_axes(at.across("ear"), head, "xz"),
    }
    for side, out in (("left", 1.0), ("right", -1.0)):
        axes |= _arm(at, side, out, chest) | _leg(at, side, hips)
    return {name: _filled(each) for name, each in axes.items()}


def _arm(at: _Points, side: str, out: float, trunk: Doubles) -> dict[str, Doubles]:
    upper = at(f"{side}_elbow") - at(f"{side}_shoulder")
    lower = at(f"{side}_wrist") - at(f"{side}_elbow")
    # At rest a bent elbow brings the forearm forward; a straight one shows no hinge.
    hinge = _hinge(upper, lower, trunk[..., 2])
    arm = rot.between_axes(out * upper, hinge, "xz")
    knuckles = (at(f"{side}_index") + at(f"{side}_pinky")) / 2 - at(f"{side}_wrist")
    thumb_side = at(f"{side}_index") - at(f"{side}_pinky")
    return {
        f"{side}_upper_arm": arm,
        f"{side}_forearm": rot.between_axes(out * lower, arm[..., 1], "xy"),
        f"{side}_hand": rot.between_axes(out * knuckles, thumb_side, "xz"),
    }


def _leg(at: _Points, side: str, trunk: Doubles) -> dict[str, Doubles]:
    upper = at(f"{side}_knee") - at(f"{side}_hip")
    lower = at(f"{side}_ankle") - at(f"{side}_knee")
    hinge = _hinge(upper, -lower, trunk[..., 2])
    thigh = rot.between_axes(-upper, hinge, "yz")
    foot = at(f"{side}_foot_index") - at(f"{side}_heel")
    return {
        f"{side}_thigh": thigh,
        f"{side}_shank": rot.between_axes(-lower, thigh[..., 0], "yx"),
        f"{side}_foot": rot.between_axes(foot, -lower, "zy"),
    }


def _hinge(upper: Doubles, towards: Doubles, otherwise: Doubles) -> Doubles:
    """(T, 3) where a limb bends to, or the trunk's forward as far as it does not bend."""
    bone = upper / np.linalg.norm(upper, axis=-1, keepdims=True)
    unit = towards / np.linalg.norm(towards, axis=-1, keepdims=True)
    bend = unit - (unit * bone).sum(-1, keepdims=True) * bone
    share = np.clip(np.linalg.norm(bend, axis=-1, keepdims=True) / _BENT, 0, 1)
    return np.asarray(share * bend / _BENT + (1 - share) * otherwise)


def _bones(
    at: _Points, axes: dict[str, Doubles]
) -> tuple[Doubles, tuple[tuple[int, Doubles], ...]]:
    """Offsets (J, 3) at rest and the tips of limbs: medians, left as right."""

    def length(first: str, second: str) -> float:
        sides = [at(f"{side}_{second}") - at(f"{side}_{first}") for side in ("left", "right")]
        return float(np.nanmedian(np.linalg.norm(np.concatenate(sides), axis=-1)))

    def width(name: str) -> float:
        return float(np.nanmedian(np.linalg.norm(at.across(name), axis=-1)))

    def apart(one: Doubles, other: Doubles) -> float:
        return float(np.nanmedian(np.linalg.norm(one - other, axis=-1)))

    trunk = apart(at.middle("shoulder"), at.middle("hip"))
    neck = apart(at.middle("ear"), at.middle("shoulder"))
    rest: dict[str, tuple[float, float, float]] = {
        name: (0, share * trunk, 0) for name, share in _TRUNK.items()
    }
    rest["head"] = (0, neck, 0)
    palm = np.concatenate(
        [(at(f"{s}_index") + at(f"{s}_pinky")) / 2 - at(f"{s}_wrist") for s in ("left", "right")]
    )
    hand = float(np.nanmedian(np.linalg.norm(palm, axis=-1)))
    down, ahead = _toes(at, axes)
    tips: dict[str, tuple[float, float, float]] = {"head": (0, neck * 0.6, 0)}
    for side, out in (("left", 1), ("right", -1)):
        rest |= {
            f"{side}_upper_arm": (out * width("shoulder") / 2, _TRUNK["neck"] * trunk, 0),
            f"{side}_forearm": (out * length("shoulder", "elbow"), 0, 0),
            f"{side}_hand": (out * length("elbow", "wrist"), 0, 0),
            f"{side}_thigh": (out * width("hip") / 2, 0, 0),
            f"{side}_shank": (0, -length("hip", "knee"), 0),
            f"{side}_foot": (0, -length("knee", "ankle"), 0),
        }
        tips |= {f"{side}_hand": (out * hand * 1.8, 0, 0), f"{side}_foot": (0, down, ahead)}
    offsets = np.array([rest.get(name, (0, 0, 0)) for name in JOINTS], np.float64)
    if not np.isfinite(offsets).all():
        raise InputError("too little of the person is seen to tell how long every bone is")
    return offsets, tuple((JOINTS.index(name), np.array(tip)) for name, tip in tips.items())


def _toes(at: _Points, axes: dict[str, Doubles]) -> tuple[float, float]:
    """How far above and ahead of its ankle the tip of a foot is, in the foot's axes."""
    sides = [
        np.einsum(
            "tji,tj->ti", axes[f"{side}_foot"], at(f"{side}_foot_index") - at(f"{side}_ankle")
        )
        for side in ("left", "right")
    ]
    _, down, ahead = np.nanmedian(np.concatenate(sides), axis=0)
    return float(down), float(ahead)


def _path(at: _Points, pixels: Doubles, size: tuple[int, int] | None) -> Doubles:
    """(T, 3) the hips' way in the plane of the picture, in metres at the median scale."""
    ends = (11, 12, 23, 24)
    flat = np.stack([at(BLAZEPOSE_33.landmarks[i])[:, :2] for i in ends], axis=1)
    drawn = pixels[:, ends]
    spread = [
        np.linalg.norm(each - each.mean(1, keepdims=True), axis=(1, 2)) for each in (flat, drawn)
    ]
    scale = float(np.nanmedian(spread[0] / np.maximum(spread[1], 1e-6)))
    hips = pixels[:, [23, 24]].mean(1)
    # From the picture's middle, so that people of one film share a room.
    way = (hips - (hips[0] if size is None else np.array(size) / 2)) * scale
    return np.stack([way[:, 0], -way[:, 1], np.zeros(len(way))], axis=1)


def _above_the_lowest(clip: Clip, p: int) -> float:
    """How many metres somebody's usual place to stand is above that of whoever stands lowest."""
    if clip.root is None or clip.body.world is None:
        return 0.0
    feet = clip.body.world[:, :, _FEET, 1] + clip.root[:, :, None, 1]
    seen = np.isfinite(feet).all(-1)
    lowest = [
        float(np.median(feet[seen[:, i], i].max(-1))) if seen[:, i].any() else -np.inf
        for i in range(feet.shape[1])
    ]
    return max(0.0, max(lowest) - lowest[p]) if np.isfinite(lowest[p]) else 0.0


def _on_the_floor(motion: Motion, above: float) -> Motion:
    """The same movement, lifted so that the lowest foot is so far above 0 in the usual frame."""
    places, axes = motion.world()
    tips = [places[:, joint] + axes[:, joint] @ tip for joint, tip in motion.ends]
    lowest = np.min([tip[:, 1] for tip in tips], axis=0)
    root = motion.root - (0, float(np.median(lowest)) - above, 0)
    return Motion(
        motion.name, motion.joints, motion.parents, motion.offsets, motion.times,
        motion.rotations, root, motion.ends,
    )  # fmt: skip


def _bridged(values: Doubles, times: Doubles) -> Doubles:
    """(T, …) without gaps: straight lines between what is known, the nearest beyond it."""
    flat = values.reshape(len(values), -1).copy()
    for column in flat.T:
        seen = np.isfinite(column)
        if seen.any():
            column[:] = np.interp(times, times[seen], column[seen])
    return flat.reshape(values.shape)


def _filled(axes: Doubles) -> Doubles:
    """Axes that cannot be told are those of the nearest moment at which they can."""
    known = np.flatnonzero(np.isfinite(axes).all((1, 2)))
    if not len(known):
        return np.broadcast_to(np.eye(3), axes.shape).copy()
    nearest = known[np.abs(np.arange(len(axes))[:, None] - known).argmin(1)]
    return np.asarray(axes[nearest])
