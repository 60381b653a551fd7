"""A person's bones and joints."""

from __future__ import annotations

from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import numpy as np

from vitruvian.draw.palette import DARK, Colour, Tones, mix
from vitruvian.draw.strokes import bars, dots, in_reach
from vitruvian.skeletons import Skeleton
from vitruvian.types import Bools, Floats, Image, Ints

__all__ = ["draw_skeleton"]

_SIDES = ("left", "middle", "right")
_FADED = 0.5


class _Weight(NamedTuple):
    """How wide a bone is and its joints' radius, in widths of a limb."""

    bone: float
    joint: float


_LIMB, _FINE, _FACE = _Weight(1, 0.95), _Weight(0.5, 0.45), _Weight(0.3, 0.36)


class _Style(NamedTuple):
    """A skeleton's bones (B) and joints (K) in the order in which they are drawn."""

    bones: Ints
    bone_sides: list[int]
    bone_widths: Floats
    joints: Ints
    joint_sides: list[int]
    joint_radii: Floats


def draw_skeleton(
    image: Image, skeleton: Skeleton, xy: Floats, seen: Bools, tones: Tones, width: float
) -> None:
    """Draw one person's skeleton into ``image``.

    The person's left is the lighter tone with a light core in each joint, their right the
    deeper one with a dark core. What is not ``seen`` is thin, hollow and half transparent.

    Args:
        image: (H, W, 3) RGB, which is changed.
        skeleton: Names and bones.
        xy: (K, 2) px; NaN is left out.
        seen: (K,) whether a landmark is in view.
        tones: The person's colours.
        width: Width of a limb in pixels.
    """
    there = np.asarray(np.isfinite(xy).all(axis=1))
    xy = in_reach(xy)
    if (there & ~seen).any():
        _draw_hidden(image, _style(skeleton), xy, there, seen, tones, width)
    _draw_seen(image, _style(skeleton), xy, there & seen, tones, width)


def _draw_seen(
    image: Image, style: _Style, xy: Floats, seen: Bools, tones: Tones, width: float
) -> None:
    whole: Bools = np.all(seen[style.bones], axis=1)
    ends, widths = xy[style.bones[whole]], style.bone_widths[whole] * width
    shown = seen[style.joints]
    points, radii = xy[style.joints[shown]], style.joint_radii[shown] * width
    sides = [side for side, show in zip(style.joint_sides, shown, strict=True) if show]
    under = max(0.9, width * 0.25)
    bars(image, ends, widths + 2 * under, repeat(DARK))
    dots(image, points, radii + under, repeat(DARK))
    bars(image, ends, widths, _colours(style.bone_sides, whole, tones))
    dots(image, points, radii, [tones[side] for side in sides])
    if width > 2:
        large = style.joint_radii[shown] == _LIMB.joint
        cores = [_core(side, tones) for side, big in zip(sides, large, strict=True) if big]
        dots(image, points[large], radii[large] * 0.5, cores)


def _draw_hidden(
    image: Image,
    style: _Style,
    xy: Floats,
    there: Bools,
    seen: Bools,
    tones: Tones,
    width: float,
) -> None:
    import cv2

    window = _window(image, xy[there], width)
    if not window.size:
        return
    ground = window.copy()
    bones: Bools = np.all(there[style.bones], axis=1) & ~np.all(seen[style.bones], axis=1)
    ends, widths = xy[style.bones[bones]], style.bone_widths[bones] * width * 0.5
    bars(image, ends, widths + max(1.8, width * 0.3), repeat(DARK))
    bars(image, ends, widths, _colours(style.bone_sides, bones, tones))
    hollow = (there & ~seen)[style.joints]
    points, radii = xy[style.joints[hollow]], style.joint_radii[hollow] * width
    dots(image, points, radii, _colours(style.joint_sides, hollow, tones))
    dots(image, points, radii * 0.6, repeat(DARK))
    window[:] = cv2.addWeighted(window, _FADED, ground, 1 - _FADED, 0)


def _window(image: Image, points: Floats, width: float) -> Image:
    """The part of the picture round some points, as a view."""
    margin = width * 2 + 2
    corners = np.stack([points.min(axis=0) - margin, points.max(axis=0) + margin])
    (x0, y0), (x1, y1) = np.clip(corners, 0, 1 << 20).astype(int).tolist()
    return image[y0:y1, x0:x1]


def _colours(sides: list[int], among: Bools, tones: Tones) -> list[Colour]:
    return [tones[side] for side, wanted in zip(sides, among.tolist(), strict=True) if wanted]


def _core(side: int, tones: Tones) -> Colour:
    return mix(tones[side], (255, 255, 255) if _SIDES[side] == "left" else DARK, 0.85)


@lru_cache(maxsize=8)
def _style(skeleton: Skeleton) -> _Style:
    """Fine parts come first, and the left last, so that limbs lie over fingers."""
    side = [_SIDES.index(skeleton.side(joint)) for joint in range(len(skeleton))]
    weight = [_weight(name) for name in skeleton.landmarks]
    bones = [
        (min(weight[a], weight[b]), side[a] if side[a] == side[b] else 1, (a, b))
        for a, b in skeleton.bones
    ]
    bones.sort(key=lambda bone: (bone[0], -bone[1]))
    joints = sorted(range(len(skeleton)), key=lambda joint: (weight[joint], -side[joint]))
    return _Style(
        np.array([ends for *_, ends in bones], np.int64).reshape(-1, 2),
        [tone for _, tone, _ in bones],
        np.array([heavy.bone for heavy, *_ in bones], np.float32),
        np.array(joints, np.int64),
        [side[joint] for joint in joints],
        np.array([weight[joint].joint for joint in joints], np.float32),
    )


def _weight(name: str) -> _Weight:
    if any(word in name for word in ("nose", "eye", "ear", "mouth")):
        return _FACE
    return _FINE if any(word in name for word in ("pinky", "index", "thumb", "heel")) else _LIMB
