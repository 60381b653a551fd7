"""A hand as a mechanism: a rigid palm and five fingers that bend only as fingers bend.

Every finger has five angles: sideways and forwards at its root, a twist, and two hinges. Fingers
have no twist; the thumb's root has, for its saddle joint turns it when it opposes the fingers.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FINGERS",
    "LIMITS",
    "PALM",
    "PHALANGES",
    "PROPORTIONS",
    "Doubles",
    "forward",
    "hand_frame",
    "measured",
    "outside",
    "roots",
    "within",
]

Doubles = NDArray[np.float64]

FINGERS = np.arange(1, 21).reshape(5, 4)
"""(5, 4) the landmarks of thumb, index, middle, ring and little finger, from root to tip."""
PALM = [0, *FINGERS[:, 0]]
"""The landmarks that move as one: the wrist and the five roots."""
PHALANGES = [(int(a), int(b)) for finger in FINGERS for a, b in pairwise(finger)]
"""The 15 bones whose lengths are kept, three a finger."""
_TURNS = ((0, 1), (2, 0), (1, 2), (0, 3), (0, 4))
"""About which axis each of the angles turns, in the order of the turns: 0 bends, 2 goes sideways
in the bent finger's own plane, as flexed fingers draw together, and 1 twists."""

PROPORTIONS = (
    np.array(
        [
            [46.2, 31.6, 21.7 + 3.7],
            [39.8, 22.4, 15.8 + 3.8],
            [44.6, 26.3, 17.4 + 4.0],
            [41.4, 25.7, 17.3 + 4.0],
            [32.7, 18.1, 16.0 + 3.7],
        ]
    )
    / 64.6
)
"""(5, 3) lengths of the bones in third metacarpals, the last with the flesh of the finger's tip
(Buryanov and Kotiuk, Proportions of Hand Segments, Int. J. Morphol. 28(3), 2010)."""

_SLACK = 5.0
"""Degrees beyond the published ranges: landmarks lie on the skin, not in the joint."""
_FINGER = [(-15, 15), (-45, 90), (0, 0), (0, 110), (-10, 90)]
"""Flexion of MCP (45 backwards) and DIP: American Academy of Orthopaedic Surgeons, Joint Motion,
1965. Sideways 15 and PIP up to 110: Lin, Wu and Huang, Modeling the Constraints of Human Hand
Motion, HUMO 2000."""
_THUMB = [(-35, 35), (-35, 35), (-60, 60), (-10, 50), (-20, 80)]
"""CMC 70 from the palm's plane and in it, MCP 50, IP 20 backwards to 80: AAOS, 1965; the thumb
turns about its own axis by some 60 when it opposes (Kapandji, The Physiology of the Joints, 1)."""
LIMITS: Doubles = np.deg2rad(
    [
        [(low - _SLACK * (low < 0), high + _SLACK * (high > 0)) for low, high in ranges]
        for ranges in (_THUMB, _FINGER, _FINGER, _FINGER, _FINGER)
    ]
)
"""(5, 5, 2) least and greatest of every angle in radians."""


def hand_frame(palm: Doubles, *, right: bool) -> Doubles:
    """The axes of a palm: towards the thumb, towards the fingers, out of the palm.

    Args:
        palm: (…, 6, 3) wrist and the roots of the five fingers.
        right: Whether it is a right hand.

    Returns:
        (…, 3, 3), the axes as columns; for a left hand they are left-handed, so that the same
        angles mean the same in both.
    """
    wrist, index, middle, little = (palm[..., i, :] for i in (0, 2, 3, 5))
    along = _unit((index + middle + palm[..., 4, :] + little) / 4 - wrist)
    out = cross(index - wrist, little - wrist)
    out = _unit(out - (out * along).sum(-1, keepdims=True) * along)
    out = out if right else -out
    thumbward = cross(along, out)
    return np.stack([thumbward if right else -thumbward, along, out], -1)


def roots(palm: Doubles, *, right: bool) -> Doubles:
    """(…, 5, 3, 3) for every finger its hinge axis, its straight direction and where it bends to.

    Args:
        palm: (…, 6, 3) wrist and the roots of the five fingers.
        right: Whether it is a right hand.
    """
    frame = hand_frame(palm, right=right)
    thumbward, along, out = (frame[..., None, :, i] for i in range(3))
    metacarpals = palm[..., 2:, :] - palm[..., :1, :]
    flat = metacarpals - (metacarpals * out).sum(-1, keepdims=True) * out
    # At rest a finger lies between its metacarpal and the middle of the hand.
    fingers = _unit(_unit(flat) + along)
    thumb = _unit(thumbward * 0.75 + along + out * 0.5)
    straight = np.concatenate([thumb, fingers], -2)
    folded = -thumbward + along * 0.3 + out * 0.4
    bend = np.concatenate([folded, np.broadcast_to(out, fingers.shape)], -2)
    bend = _unit(bend - (bend * straight).sum(-1, keepdims=True) * straight)
    return np.stack([cross(straight, bend), straight, bend], -1)


def forward(
    bases: Doubles, starts: Doubles, lengths: Doubles, angles: Doubles
) -> tuple[Doubles, Doubles]:
    """Where the joints are, and how they move with the angles.

    Args:
        bases: (…, 5, 3, 3) from `roots`.
        starts: (…, 5, 3) the fingers' roots.
        lengths: (5, 3) of the bones.
        angles: (…, 5, 5).

    Returns:
        Joints (…, 5, 3, 3) and their derivatives (…, 5, 3, 3, 5) by the five angles.
    """
    turn, spins = bases, []
    pivots = [starts] * 3
    joints: list[Doubles] = []
    for step, (axis, angle) in enumerate(_TURNS):
        if step >= 3:
            pivots.append(joints[-1])
        spins.append(turn[..., axis])
        turn = _turned(turn, axis, angles[..., angle])
        if step >= 2:
            joints.append(
                (joints[-1] if joints else starts) + turn[..., 1] * lengths[:, step - 2, None]
            )
    points = np.stack(joints, -2)
    slopes = np.zeros((*points.shape, 5))
    for step, (spin, pivot) in enumerate(zip(spins, pivots, strict=True)):
        moved = slice(max(0, step - 2), 3)
        arms = points[..., moved, :] - pivot[..., None, :]
        slopes[..., moved, :, _TURNS[step][1]] = cross(spin[..., None, :], arms)
    return points, slopes


def measured(bases: Doubles, starts: Doubles, points: Doubles) -> Doubles:
    """The angles of joints as they lie, whether or not a hand can bend so.

    Args:
        bases: (…, 5, 3, 3) from `roots`.
        starts: (…, 5, 3) the fingers' roots.
        points: (…, 5, 3, 3) their joints.

    Returns:
        (…, 5, 5) radians; the twist of fingers is 0, that of the thumb is told by its bend.
    """
    chain = np.concatenate([starts[..., None, :], points], -2)
    bones = _unit(np.diff(chain, axis=-2))
    first = np.einsum("...ij,...i->...j", bases, bones[..., 0, :])
    forwards = np.arctan2(first[..., 2], first[..., 1])
    # Straight up the back of the hand is as far from folded as from stretched.
    forwards = np.where(forwards < -np.pi / 2, forwards + 2 * np.pi, forwards)
    sideways = -np.arcsin(np.clip(first[..., 0], -1, 1))
    root = _turned(_turned(bases, 0, forwards), 2, sideways)
    hinge = root[..., 0]
    bent = cross(bones[..., 0, :], bones[..., 1, :])
    twist = np.arctan2((bent * root[..., 2]).sum(-1), (bent * hinge).sum(-1))
    twist = -np.where(np.linalg.norm(bent, axis=-1) > 0.2, twist, 0)
    twist = np.clip(twist, LIMITS[:, 2, 0], LIMITS[:, 2, 1])
    hinge = _turned(root, 1, twist)[..., 0]
    bends = [
        np.arctan2(
            (cross(bones[..., i, :], bones[..., i + 1, :]) * hinge).sum(-1),
            (bones[..., i, :] * bones[..., i + 1, :]).sum(-1),
        )
        for i in (0, 1)
    ]
    return np.stack([sideways, forwards, twist, *bends], -1)


def outside(angles: Doubles) -> Doubles:
    """By how many radians each angle (…, 5, 5) is outside its limits; 0 inside."""
    return np.maximum(LIMITS[..., 0] - angles, 0) + np.maximum(angles - LIMITS[..., 1], 0)


def within(angles: Doubles) -> Doubles:
    """Angles (…, 5, 5) brought back into their limits."""
    return np.asarray(np.clip(angles, LIMITS[..., 0], LIMITS[..., 1]))


def _turned(frame: Doubles, axis: int, angle: Doubles) -> Doubles:
    """A frame turned about one of its own axes; positive bends forwards."""
    a, b = ((1, 2), (2, 0), (0, 1))[axis]
    cos, sin = np.cos(angle)[..., None], np.sin(angle)[..., None]
    turned = frame.copy()
    turned[..., a] = cos * frame[..., a] + sin * frame[..., b]
    turned[..., b] = cos * frame[..., b] - sin * frame[..., a]
    return turned


def _unit(vector: Doubles) -> Doubles:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))


def cross(a: Doubles, b: Doubles) -> Doubles:
    """The cross product of (…, 3) vectors, without the checks that cost `numpy.cross` its time."""
    product = a[..., [1, 2, 0]] * b[..., [2, 0, 1]]
    return np.asarray(product - a[..., [2, 0, 1]] * b[..., [1, 2, 0]])
