"""Parts of a body that must not lie inside each other: capsules for limbs, trunk and head."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_model import JOINT_NAMES, POINTS
from vitruvian.fit.body_pose import Placed

__all__ = ["CAPSULES", "PAIRS", "overlap", "overlap_jacobian"]

Array = NDArray[np.floating[Any]]

_SIZES = {
    "trunk": ("pelvis", "neck", 0.105),
    "head": ("left_ear", "crown", 0.075),
    **{
        f"{side}_{name}": (f"{side}_{start}", f"{side}_{end}", radius)
        for side in ("left", "right")
        for name, start, end, radius in (
            ("upper_arm", "shoulder", "elbow", 0.04),
            ("forearm", "elbow", "wrist", 0.033),
            ("hand", "wrist", "index", 0.025),
            ("thigh", "hip", "knee", 0.055),
            ("shank", "knee", "ankle", 0.042),
        )
    },
}
CAPSULES: tuple[tuple[str, str, str, float], ...] = tuple((n, *v) for n, v in _SIZES.items())
"""Name, both ends (joints, or points) and radius in metres: inside the flesh everywhere."""


def _pairs() -> list[tuple[int, int]]:
    names = list(_SIZES)
    wanted = [
        ("left_thigh", "right_thigh"),
        ("left_shank", "right_shank"),
        ("left_forearm", "right_forearm"),
        ("left_hand", "right_hand"),
    ]
    for side in ("left", "right"):
        for part in ("forearm", "hand"):
            others = ("trunk", "head", "left_thigh", "right_thigh")
            wanted += [(f"{side}_{part}", other) for other in others]
        other_side = "right" if side == "left" else "left"
        wanted.append((f"{side}_forearm", f"{other_side}_upper_arm"))
        wanted.append((f"{side}_shank", f"{other_side}_thigh"))
    return [(names.index(a), names.index(b)) for a, b in wanted]


PAIRS = np.array(_pairs())
"""(C, 2) which capsules are kept apart; neighbours on the body are not."""
_RADII = np.array([radius for *_, radius in CAPSULES])


def _row(name: str) -> int:
    """The row of a joint or point in joints followed by points."""
    points = {name: len(JOINT_NAMES) + row for row, name in enumerate(POINTS)}
    return points.get(name, JOINT_NAMES.index(name) if name in JOINT_NAMES else -1)


_ENDS = np.array([[_row(start), _row(end)] for _, start, end, _ in CAPSULES])
_HEAD_EARS = (_row("left_ear"), _row("right_ear"))


def _ends(placed: Placed) -> Array:
    """(T, capsules, 2, 3)."""
    every = np.concatenate([placed.joints, placed.points], 1)
    # The head's capsule starts between the ears.
    every[:, _HEAD_EARS[0]] = every[:, _HEAD_EARS].mean(1)
    out: Array = every[:, _ENDS]
    return out


def overlap(placed: Placed) -> tuple[Array, Array, Array]:
    """How deep each pair lies in each other.

    Returns:
        (T, C) metres, 0 where apart; (T, C, 3) the unit vector from the second to the first;
        (T, C, 2) where on each capsule's axis, 0 its start and 1 its end.
    """
    ends = _ends(placed)[:, PAIRS]
    shares = _nearest(ends)
    at = ends[..., 0, :] + shares[..., None] * (ends[..., 1, :] - ends[..., 0, :])
    apart = at[:, :, 0] - at[:, :, 1]
    far = np.linalg.norm(apart, axis=-1)
    depth = np.maximum(_RADII[PAIRS].sum(1) - far, 0.0)
    return depth, apart / np.maximum(far, 1e-6)[..., None], shares


def overlap_jacobian(every: Array, normal: Array, shares: Array, rows: NDArray[Any]) -> Array:
    """(K, D): how the depths of some pairs change with the pose.

    Args:
        every: (T, J + P, 3, D) how joints and points move.
        normal: (T, C, 3) as from `overlap`.
        shares: (T, C, 2) as from `overlap`.
        rows: (K, 2) which moment and pair.
    """
    t, pair = rows.T
    ends = _ENDS[PAIRS[pair]]
    share = shares[t, pair]
    moves = every[t[:, None, None], ends]
    at = moves[:, :, 0] + share[..., None, None] * (moves[:, :, 1] - moves[:, :, 0])
    out: Array = -np.einsum("kx,kxd->kd", normal[t, pair], at[:, 0] - at[:, 1])
    return out


def _nearest(ends: Array) -> Array:
    """(T, C, 2) the places on two segments (T, C, 2, 2, 3) that are nearest to each other."""
    first, second = ends[..., 0, :, :], ends[..., 1, :, :]
    u, v = first[..., 1, :] - first[..., 0, :], second[..., 1, :] - second[..., 0, :]
    w = first[..., 0, :] - second[..., 0, :]
    a, b, c = (u * u).sum(-1), (u * v).sum(-1), (v * v).sum(-1)
    d, e = (u * w).sum(-1), (v * w).sum(-1)
    down = np.maximum(a * c - b * b, 1e-12)
    s = np.clip((b * e - c * d) / down, 0, 1)
    r = np.clip((b * s + e) / np.maximum(c, 1e-12), 0, 1)
    s = np.clip((b * r - d) / np.maximum(a, 1e-12), 0, 1)
    return np.stack([s, r], -1)
