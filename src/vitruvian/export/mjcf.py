"""MJCF: the body for MuJoCo, with the fitted proportions and the motion as keyframes."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

import numpy as np

from vitruvian.export.solid import Capsule, capsules
from vitruvian.geometry import rotations as rot
from vitruvian.motion import Doubles, Motion

__all__ = ["to_mjcf"]

_SHARES = {
    "hips": 0.142, "spine": 0.355, "head": 0.081, "upper_arm": 0.028, "forearm": 0.016,
    "hand": 0.006, "thigh": 0.1, "shank": 0.0465, "foot": 0.0145,
}  # fmt: skip
"""Of the body's mass, after Winter, Biomechanics and Motor Control, 4th ed., table 4.1; the head's
is that of head and neck."""
_PARTS = {"neck": "head", "chest": "spine"}
_MASS_INDEX = 21.7
"""kg/m2: the middle of what the WHO calls normal. No film shows what somebody weighs."""
_UPRIGHT = np.array([np.sqrt(0.5), np.sqrt(0.5), 0, 0])
"""MuJoCo's z is up: a quarter turn about x brings y there."""


def to_mjcf(motion: Motion) -> bytes:
    """The file's bytes: a free root, ball joints, capsules, a floor, and a keyframe per moment.

    The body weighs what is usual for its height, every part its share of that.

    ``mujoco.mj_resetDataKeyframe(model, data, t)`` and ``mj_forward`` show moment t.
    """
    root = Xml.Element("mujoco", model=motion.name)
    Xml.SubElement(root, "compiler", angle="radian")
    Xml.SubElement(root, "option", timestep=f"{min(0.005, 1 / motion.rate):.6f}")
    default = Xml.SubElement(root, "default")
    Xml.SubElement(default, "geom", rgba="0.75 0.45 0.35 1")
    Xml.SubElement(default, "joint", damping="1", armature="0.01")
    world = Xml.SubElement(root, "worldbody")
    Xml.SubElement(world, "light", pos="0 -2 4", dir="0 0.4 -1")
    Xml.SubElement(world, "geom", name="floor", type="plane", size="10 10 0.1", rgba=".8 .8 .8 1")
    bodies = {-1: world}
    for joint, parent in enumerate(motion.parents):
        bodies[joint] = _body(motion, joint, bodies[parent])
    for number, (each, mass) in enumerate(_weighed(motion)):
        ends = " ".join(_text(end) for end in (each.start, each.end))
        Xml.SubElement(
            bodies[each.joint], "geom", name=f"{motion.joints[each.joint]}_{number}",
            type="capsule", fromto=ends, size=f"{each.radius:.5f}", mass=f"{mass:.5f}",
            # Bones of one body overlap at every joint; what it meets is the floor and others.
            contype="1", conaffinity="2",
        )  # fmt: skip
    world.find("geom").set("conaffinity", "3")  # type: ignore[union-attr]
    keys = Xml.SubElement(root, "keyframe")
    for t, qpos in enumerate(_positions(motion)):
        Xml.SubElement(keys, "key", name=f"{t}", time=f"{motion.times[t]:.6f}", qpos=_text(qpos))
    Xml.indent(root)
    data: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _weighed(motion: Motion) -> list[tuple[Capsule, float]]:
    """Every capsule with its kilograms: a part's mass goes to its capsules by their volume."""
    every = capsules(motion)
    parts = [_PARTS.get(name := motion.joints[each.joint], name) for each in every]
    volumes = np.array([_volume(each) for each in every])
    mass = _MASS_INDEX * _stature(motion) ** 2
    found = []
    for each, part, volume in zip(every, parts, volumes, strict=True):
        whole = volumes[[other == part for other in parts]].sum()
        share = _SHARES[part.removeprefix("left_").removeprefix("right_")]
        found.append((each, float(mass * share * volume / whole)))
    return found


def _volume(capsule: Capsule) -> float:
    length = float(np.linalg.norm(capsule.end - capsule.start))
    return float(np.pi * capsule.radius**2 * (length + 4 / 3 * capsule.radius))


def _stature(motion: Motion) -> float:
    """Metres from the lowest tip to the highest at rest."""
    rest = np.zeros((len(motion.joints), 3))
    for joint, parent in enumerate(motion.parents):
        if parent >= 0:
            rest[joint] = rest[parent] + motion.offsets[joint]
    heights = [rest[joint, 1] + tip[1] for joint, tip in motion.ends]
    return float(max(heights) - min(heights))


def _body(motion: Motion, joint: int, parent: Xml.Element) -> Xml.Element:
    name = motion.joints[joint]
    body = Xml.SubElement(parent, "body", name=name, pos=_text(motion.offsets[joint]))
    if motion.parents[joint] < 0:
        Xml.SubElement(body, "freejoint", name=name)
    else:
        Xml.SubElement(body, "joint", name=name, type="ball")
    return body


def _positions(motion: Motion) -> Doubles:
    """(T, 3 + 4 J) MuJoCo's generalised coordinates."""
    x, y, z = motion.root.T
    turns = motion.rotations.copy()
    turns[:, 0] = rot.multiply(_UPRIGHT, turns[:, 0])
    place = np.stack([x, -z, y], axis=1)
    turns = turns[:, list(_depth_first(motion, 0))]
    return np.concatenate([place, turns.reshape(len(motion), -1)], axis=1)


def _depth_first(motion: Motion, joint: int) -> Iterator[int]:
    """The order in which MuJoCo counts joints."""
    yield joint
    for child, parent in enumerate(motion.parents):
        if parent == joint:
            yield from _depth_first(motion, child)


def _text(values: Doubles) -> str:
    return " ".join(f"{value:.6g}" for value in values)
