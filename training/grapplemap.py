"""GrappleMap: 3D positions and transitions of two grapplers, read and named.

GrappleMap (Eelis van der Weegen, public domain) is one text file: a node or a transition has a
name, tags, and frames of four lines. A frame is two players of 23 joints, each joint three numbers
of two digits in base 62: x and z are -2 to 1.844 m, y is 0 to 3.844 m and points up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from vitruvian.types import Floats

__all__ = ["CLASSES", "JOINTS", "Entry", "distances", "labelled", "read_entries", "to_coco"]

_PARTS = "toe heel ankle knee hip shoulder elbow wrist hand fingers".split()
JOINTS = (
    *(f"{side}_{part}" for part in _PARTS for side in ("left", "right")), "core", "neck", "head",
)  # fmt: skip
CLASSES = (
    "standing", "takedown", "open_guard", "closed_guard", "half_guard", "side_control", "mount",
    "back", "turtle",
)  # fmt: skip
_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_PER_FRAME = 2 * len(JOINTS) * 3
_ON_FEET = 0.4
"""Metres above the floor, where the hips of at least one are before a takedown is over."""
_ALIKE = 0.05
"""Metres in all, within which an end of a transition is a known position."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A position (one frame) or a transition (several).

    Args:
        name: As written, in one line.
        tags: Its tags.
        frames: (T, 2, 23, 3) metres, y up.
    """

    name: str
    tags: frozenset[str]
    frames: Floats


def read_entries(path: Path) -> list[Entry]:
    """Everything in ``GrappleMap.txt``."""
    entries: list[Entry] = []
    head: list[str] = []
    digits: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("    "):
            digits.append(line.strip())
            continue
        if digits:
            entries.append(_entry(head, "".join(digits)))
            head, digits = [], []
        if line.strip():
            head.append(line)
    return entries


def _entry(head: list[str], digits: str) -> Entry:
    tags = next((line[5:].split() for line in head if line.startswith("tags:")), [])
    plain = [line for line in head if not re.match(r"(tags|properties|ref):", line)]
    values = np.array([_DIGITS.index(digit) for digit in digits]).reshape(-1, 2) @ (62, 1) / 1000
    frames = values.reshape(-1, 2, len(JOINTS), 3) - np.array([2, 0, 2])
    return Entry(" ".join(plain).replace("\\n", " "), frozenset(tags), frames.astype(np.float32))


def to_coco(bodies: Floats) -> Floats:
    """(…, 23, 3) joints as (…, 17, 3) keypoints; the face stands before the head."""

    def at(name: str) -> Floats:
        return bodies[..., JOINTS.index(name), :]

    up = _unit(at("head") - at("neck"))
    across = at("left_shoulder") - at("right_shoulder")
    left = _unit(across - (across * up).sum(-1, keepdims=True) * up)
    forward, head = np.cross(left, up), at("head")
    face = [head + 0.1 * forward - 0.01 * up]
    face += [head + 0.08 * forward + side * 0.028 * left + 0.03 * up for side in (1, -1)]
    face += [head + side * 0.075 * left for side in (1, -1)]
    limbs = [
        at(f"{side}_{part}")
        for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in ("left", "right")
    ]
    return np.stack([*face, *limbs], axis=-2).astype(np.float32)


def labelled(entries: list[Entry]) -> list[tuple[Floats, str, int, int]]:
    """Frames (2, 23, 3) with their class, who is on top (-1 for nobody), and their position.

    A position's class follows from its tags, and for guards from where the feet are. A
    transition's frames take the class of the position they are near: its first 30 % that of where
    it starts, its last 30 % that of where it ends, all of it where these are the same; between
    standing and the ground lies a takedown.
    """
    positions = [entry for entry in entries if len(entry.frames) == 1]
    classes = [_class_of(entry) for entry in positions]
    known = _Known(positions)
    found: list[tuple[Floats, str, int, int]] = []
    for number, (entry, name) in enumerate(zip(positions, classes, strict=True)):
        _add(found, entry.frames[0], name, number)
    for entry in entries:
        if len(entry.frames) < 2:
            continue
        ends = known(entry.frames[0]), known(entry.frames[-1])
        names = [None if end is None else classes[end] for end in ends]
        for t, frame in enumerate(entry.frames):
            name, end = _class_between(names, t / (len(entry.frames) - 1))
            position = ends[end]
            if position is not None:
                _add(found, frame, name, position)
    return found


def _class_between(names: list[str | None], way: float) -> tuple[str | None, int]:
    first, last = names
    if way < 0.3:
        return first, 0
    if way > 0.7:
        return last, 1
    if first == last:
        return first, 0
    if first in ("standing", "takedown") and last not in ("standing", None):
        return "takedown", 0
    return None, 0


def _add(
    found: list[tuple[Floats, str, int, int]], frame: Floats, name: str | None, at: int
) -> None:
    if name is None:
        return
    top = _top(frame, name)
    if top is not None:
        found.append((frame, name, top, at))


_TAGS = (
    ("back", {"back", "rear_naked_choke"}),
    ("mount", {"mount", "s_mount"}),
    (
        "half_guard",
        {"half_guard", "quarter_guard", "lockdown", "deep_half", "z_guard", "reverse_half",
         "knee_shield", "dogfight", "knee_slice"},
    ),
    (
        "side_control",
        {"side_control", "side_ctrl", "north_south", "twister_side", "judo_side", "knee_on_belly"},
    ),
    ("turtle", {"turtle"}),
)  # fmt: skip
_EITHER = (
    {"back", "turtle"}, {"back", "side_control"}, {"turtle", "arm_drag"},
    {"turtle", "bottom_turned_in"}, {"side_control", "standing"},
    {"single_leg_takedown", "combat_base"}, {"standing", "bottom_inverted"},
    {"standing", "guard_pull"},
)  # fmt: skip
_GUARD = {
    "full_guard", "closed_guard", "rubber_guard", "butterfly", "x_guard", "slx", "spider_guard",
    "engaged_butterfly", "de_la_riva", "combat_base", "octopus", "t_rex",
}  # fmt: skip
_TAKEDOWN = {
    "single_leg_takedown",
    "double_leg_takedown",
    "ankle_pick",
    "trip",
    "te_waza",
    "inside_trip",
}
_PASSING = {
    "knee_slice", "leg_drag", "pass_split", "pass_around", "pass_under", "pass_through", "pass",
    "leg_smash", "knee_pin", "passing", "back_step",
}  # fmt: skip
_DOWN = {
    "bottom_supine", "bottom_seated", "bottom_turned_in", "bottom_turned_away", "bottom_kneeling",
    "bottom_on_side",
}  # fmt: skip


def _class_of(entry: Entry) -> str | None:
    tags, frame = entry.tags, entry.frames[0]
    if any(pair <= tags for pair in _EITHER) or "three_quarter_mount" in tags:
        return None  # one or the other, depending on whom one asks
    for name, wanted in _TAGS:
        if tags & wanted:
            return name
    if "half guard" in entry.name and "knee_bar" not in tags:
        return "half_guard"
    if tags & _PASSING:
        return None  # between a guard and what comes after it
    if tags & _GUARD:
        return _guard(tags, frame)
    if tags & _TAKEDOWN:
        down = bool(tags & {"bottom_supine", "bottom_seated", "bottom_turned_in"})
        high = max(_middle(body, "hip")[1] for body in frame)
        return "takedown" if high > _ON_FEET and not down else None
    if "standing" in tags and not tags & _DOWN:
        # The tag is also on positions of which one player is down.
        return "standing" if all(_stands(body) for body in frame) else None
    if "standing" in tags and tags & {"bottom_supine", "bottom_seated"}:
        return "open_guard"
    if "bottom_seated" in tags and tags & {"top_kneeling", "top_posture_broken"}:
        return "open_guard"
    return None


def _guard(tags: frozenset[str], frame: Floats) -> str | None:
    """A guard is closed if the feet of the one below meet behind the other."""
    hips = [_middle(body, "hip") for body in frame]
    below = int(hips[0][1] >= hips[1][1])
    feet = [frame[below, JOINTS.index(f"{side}_ankle")] for side in ("left", "right")]
    way = hips[1 - below] - hips[below]
    beyond = min(float((foot - hips[below]) @ way) for foot in feet) / max(float(way @ way), 1e-6)
    meet = float(np.linalg.norm(feet[0] - feet[1])) < 0.3
    if "closed_guard" in tags or (tags & {"full_guard", "rubber_guard"} and meet and beyond > 0.6):
        return "closed_guard"
    return None if tags & {"rubber_guard", "t_rex"} else "open_guard"


def _stands(body: Floats) -> bool:
    knees = [body[JOINTS.index(f"{side}_knee"), 1] for side in ("left", "right")]
    return bool(_middle(body, "hip")[1] > 0.5 and min(knees) > 0.2)


def _top(frame: Floats, name: str) -> int | None:
    """The higher chest; for the back whoever faces the other's; None where it is too close."""
    if name == "standing":
        return -1
    chests = [(body[JOINTS.index("core")] + body[JOINTS.index("neck")]) / 2 for body in frame]
    if name == "back":
        facing = [
            float(_unit(_forward(body)) @ (chests[1 - i] - chests[i]))
            for i, body in enumerate(frame)
        ]
        return int(np.argmax(facing))
    higher = float(chests[0][1] - chests[1][1])
    if name == "takedown":
        return -1 if abs(higher) < 0.12 else int(higher < 0)
    return None if abs(higher) < 0.03 else int(higher < 0)


def _forward(body: Floats) -> Floats:
    across = body[JOINTS.index("left_shoulder")] - body[JOINTS.index("right_shoulder")]
    return np.cross(across, body[JOINTS.index("neck")] - body[JOINTS.index("core")])


def _middle(body: Floats, part: str) -> Floats:
    sides = [body[JOINTS.index(f"{side}_{part}")] for side in ("left", "right")]
    return np.asarray((sides[0] + sides[1]) / 2, np.float32)


def _unit(vector: Floats) -> Floats:
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(length, 1e-9), np.float32)


class _Known:
    """Finds the position that a frame shows, wherever it lies, mirrored or with players swapped."""

    def __init__(self, positions: list[Entry]) -> None:
        partner = [
            JOINTS.index(name.replace("left", "@").replace("right", "left").replace("@", "right"))
            for name in JOINTS
        ]
        shapes, self._owners = [], []
        for number, entry in enumerate(positions):
            for players in (entry.frames[0], entry.frames[0][::-1]):
                for bodies in (players, players[:, partner]):
                    shapes.append(distances(bodies))
                    self._owners.append(number)
        self._tree = cKDTree(np.array(shapes))

    def __call__(self, frame: Floats) -> int | None:
        apart, nearest = self._tree.query(distances(frame))
        return self._owners[int(nearest)] if apart < _ALIKE else None


def distances(bodies: Floats) -> Floats:
    """(1035,) metres between all joints of (2, 23, 3) two players."""
    points = bodies.reshape(-1, 3)
    first, second = np.triu_indices(len(points), 1)
    return np.asarray(np.linalg.norm(points[first] - points[second], axis=1))
