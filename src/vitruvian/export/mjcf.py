"""MJCF: the body for MuJoCo, with the fitted proportions and the motion as keyframes."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

import numpy as np

from vitruvian.export.solid import capsules
from vitruvian.geometry import rotations as rot
from vitruvian.motion import Doubles, Motion

__all__ = ["to_mjcf"]

_DENSITY = "985"
"""kg/m3: of the whole body, after Winter, Biomechanics and Motor Control, 4th ed., table 4.1."""
_UPRIGHT = np.array([np.sqrt(0.5), np.sqrt(0.5), 0, 0])
"""MuJoCo's z is up: a quarter turn about x brings y there."""


def to_mjcf(motion: Motion) -> bytes:
    """The file's bytes: a free root, ball joints, capsules, a floor, and a keyframe per moment.

    ``mujoco.mj_resetDataKeyframe(model, data, t)`` and ``mj_forward`` show moment t.
    """
    root = Xml.Element("mujoco", model=motion.name)
    Xml.SubElement(root, "compiler", angle="radian")
    Xml.SubElement(root, "option", timestep=f"{min(0.005, 1 / motion.rate):.6f}")
    default = Xml.SubElement(root, "default")
    Xml.SubElement(default, "geom", density=_DENSITY, rgba="0.75 0.45 0.35 1")
    Xml.SubElement(default, "joint", damping="1", armature="0.01")
    world = Xml.SubElement(root, "worldbody")
    Xml.SubElement(world, "light", pos="0 -2 4", dir="0 0.4 -1")
    Xml.SubElement(world, "geom", name="floor", type="plane", size="10 10 0.1", rgba=".8 .8 .8 1")
    bodies = {-1: world}
    for joint, parent in enumerate(motion.parents):
        bodies[joint] = _body(motion, joint, bodies[parent])
    for number, each in enumerate(capsules(motion)):
        ends = " ".join(_text(end) for end in (each.start, each.end))
        Xml.SubElement(
            bodies[each.joint], "geom", name=f"{motion.joints[each.joint]}_{number}",
            type="capsule", fromto=ends, size=f"{each.radius:.5f}",
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
