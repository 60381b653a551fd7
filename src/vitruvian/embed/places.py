"""Where on a body its colours are looked at, and which of these places are covered by another."""

from __future__ import annotations

from itertools import product

import numpy as np

from vitruvian.geometry.boxes import meeting
from vitruvian.measure.appearance import PARTS
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Bools, Floats

__all__ = ["MEMBERS", "covered", "places", "visibility"]

_LIMBS = {
    "upper arms": ("shoulder", "elbow"),
    "forearms": ("elbow", "wrist"),
    "thighs": ("hip", "knee"),
    "shanks": ("knee", "ankle"),
    "feet": ("ankle", "foot_index"),
}
_ALONG = (0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
_ACROSS = (-0.05, 0.0, 0.05)
"""In torso lengths, well inside a limb, whose half width is `_FLESH`."""
_HAIR = (-0.08, -0.04, 0.0, 0.04, 0.08)
_COLUMNS = (0.2, 0.35, 0.5, 0.65, 0.8)
_FLESH = 0.13
_HEAD = 0.3
"""Half the width of a clothed limb and of a head, in torso lengths."""
_DOUBT = 0.2
"""Of two limbs at one place the one whose visibility is higher by so much is taken to be in
front; where they differ less, the place counts for neither."""


def _at(*names: str) -> Floats:
    """Weights whose product with landmarks is the mean of those named."""
    weights = np.zeros(len(BLAZEPOSE_33), np.float32)
    weights[[BLAZEPOSE_33.index(name) for name in names]] = 1 / len(names)
    return weights


def _template() -> tuple[Floats, Floats, Floats, Floats]:
    """Of every place: its part, its weights, the weights of its bone, how far it is beside it."""
    rows: list[tuple[str, Floats, Floats, float]] = []

    def segment(
        part: str, start: Floats, end: Floats, along: tuple[float, ...], across: tuple[float, ...]
    ) -> None:
        for t, beside in product(along, across):
            rows.append((part, start + t * (end - start), end - start, beside))

    neck = _at("left_shoulder", "right_shoulder")
    segment("head", neck, _at("left_ear", "right_ear"), (1.2, 1.35, 1.5), _HAIR)
    for right in _COLUMNS:
        top = (1 - right) * _at("left_shoulder") + right * _at("right_shoulder")
        bottom = (1 - right) * _at("left_hip") + right * _at("right_hip")
        segment("chest", top, bottom, (0.1, 0.2, 0.3, 0.4), (0.0,))
        segment("belly", top, bottom, (0.55, 0.65, 0.75, 0.85), (0.0,))
    for (part, (a, b)), side in product(_LIMBS.items(), ("left", "right")):
        across = _ACROSS if part != "feet" else (0.0,)
        segment(part, _at(f"{side}_{a}"), _at(f"{side}_{b}"), _ALONG, across)
    parts, where, bones, beside = zip(*rows, strict=True)
    members = np.array([[part == name for part in parts] for name in PARTS], np.float32)
    return members, np.stack(where), np.stack(bones), np.array(beside, np.float32)


MEMBERS, _WHERE, _BONES, _BESIDE = _template()
"""(parts, places) 1 where a place is on a part."""

_SHOULDERS, _HIPS = _at("left_shoulder", "right_shoulder"), _at("left_hip", "right_hip")
_EARS = _at("left_ear", "right_ear")
_CROSS = [("left_shoulder", "right_hip"), ("right_shoulder", "left_hip")]
_SIDES = [(f"{side}_shoulder", f"{side}_hip") for side in ("left", "right")]
_OUTLINE = [
    *(("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), *_CROSS, *_SIDES),
    *((f"{s}_{a}", f"{s}_{b}") for a, b in _LIMBS.values() for s in ("left", "right")),
]
_START = [BLAZEPOSE_33.index(a) for a, _ in _OUTLINE]
_END = [BLAZEPOSE_33.index(b) for _, b in _OUTLINE]


def places(xy: Floats) -> Floats:
    """Where to look on each body: (N, places, 2) pixels, from (N, 33, 2) landmarks."""
    bones = _BONES @ xy
    length = np.maximum(np.hypot(bones[..., 0], bones[..., 1]), 1e-6)
    beside = _BESIDE * _torso(xy)[:, None] / length
    normal = np.stack([-bones[..., 1], bones[..., 0]], -1)
    return np.asarray(_WHERE @ xy + beside[..., None] * normal, np.float32)


def visibility(landmarks: Floats) -> Floats:
    """(N, places) 0..1, between that of the landmarks around, from (N, 33)."""
    return np.asarray(landmarks @ np.clip(_WHERE, 0, 1).T, np.float32).clip(0, 1)


def covered(where: Floats, xy: Floats, seen: Floats, boxes: Floats) -> Bools:
    """Which places lie on the limbs of somebody else who is not clearly behind.

    Args:
        where: (N, places, 2) pixels.
        xy: (N, 33, 2) the landmarks of the same people.
        seen: (N, 33) their visibility.
        boxes: (N, 4) round them.

    Returns:
        (N, places).
    """
    hidden = np.zeros(where.shape[:2], np.bool_)
    own = visibility(seen)
    for i, j in np.argwhere(meeting(boxes) & ~np.eye(len(xy), dtype=np.bool_)).tolist():
        near = ((where[i] > boxes[j, :2]) & (where[i] < boxes[j, 2:])).all(1)
        body = _cover(where[i, near], xy[j], seen[j])
        hidden[i, near] |= body > own[i, near] - _DOUBT
    return hidden


def _cover(where: Floats, xy: Floats, seen: Floats) -> Floats:
    """The visibility of what one body shows at each place; -1 where it does not reach."""
    start, along = xy[_START], xy[_END] - xy[_START]
    to = where[:, None] - start
    length = np.maximum((along * along).sum(-1), 1e-6)
    t = np.clip((to * along).sum(-1) / length, 0, 1)
    size = float(_torso(xy[None])[0])
    gap = to - t[..., None] * along
    near = (gap * gap).sum(-1) < (_FLESH * size) ** 2
    shown = np.where(near, np.minimum(seen[_START], seen[_END]), -1).max(1)
    head = np.hypot(*(where - _EARS @ xy).T) < _HEAD * size
    return np.asarray(np.maximum(shown, np.where(head, _EARS @ seen, -1)), np.float32)


def _torso(xy: Floats) -> Floats:
    """(N,) a length that bending does not shorten: the trunk's, or twice the neck's."""
    trunk, neck = (_SHOULDERS - _HIPS) @ xy, (_EARS - _SHOULDERS) @ xy
    length = np.maximum(np.linalg.norm(trunk, axis=-1), 2 * np.linalg.norm(neck, axis=-1))
    return np.asarray(length, np.float32)
