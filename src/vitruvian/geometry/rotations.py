"""Rotations: matrices, quaternions (w, x, y, z) and Euler angles, with any leading axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["between_axes", "euler", "from_euler", "matrix", "multiply", "quaternion", "steady"]

Doubles = NDArray[np.float64]


def between_axes(primary: ArrayLike, secondary: ArrayLike, order: str) -> Doubles:
    """The rotation whose axes are given by two directions.

    Args:
        primary: (…, 3) the direction of the first axis of ``order``.
        secondary: (…, 3) about the direction of the second; it is made square to the first.
        order: Which axes these are, such as ``"yx"``: y along ``primary``, x near ``secondary``.

    Returns:
        (…, 3, 3) matrices whose columns are the x, y and z axes; NaN where a direction has no
        length, or both are the same.
    """
    first = _unit(np.asarray(primary, np.float64))
    second = np.asarray(secondary, np.float64)
    second = _unit(second - (second * first).sum(-1, keepdims=True) * first)
    axes: dict[str, Doubles] = {order[0]: first, order[1]: second}
    (last,) = set("xyz") - set(order)
    following = {"xy", "yz", "zx"}
    third = np.cross(first, second) if order in following else np.cross(second, first)
    axes[last] = third
    return np.stack([axes["x"], axes["y"], axes["z"]], axis=-1)


def quaternion(rotations: ArrayLike) -> Doubles:
    """(…, 4) unit quaternions w, x, y, z of (…, 3, 3) matrices; w is not negative.

    By the largest of four sums, which is exact for every rotation (Shepperd, 1978).
    """
    m = np.asarray(rotations, np.float64)
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    squares = np.stack(
        [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz], axis=-1
    )
    wx, wy, wz = (m[..., b, a] - m[..., a, b] for a, b in ((1, 2), (2, 0), (0, 1)))
    xy, xz, yz = (m[..., a, b] + m[..., b, a] for a, b in ((0, 1), (0, 2), (1, 2)))
    rows = np.stack(
        [
            np.stack([squares[..., 0], wx, wy, wz], -1),
            np.stack([wx, squares[..., 1], xy, xz], -1),
            np.stack([wy, xy, squares[..., 2], yz], -1),
            np.stack([wz, xz, yz, squares[..., 3]], -1),
        ],
        axis=-2,
    )
    best = np.where(np.isnan(squares), -np.inf, squares).argmax(-1)
    picked = np.take_along_axis(rows, best[..., None, None], axis=-2)[..., 0, :]
    unit = _unit(picked)
    return np.asarray(np.where(unit[..., :1] < 0, -unit, unit))


def matrix(quaternions: ArrayLike) -> Doubles:
    """(…, 3, 3) matrices of (…, 4) quaternions w, x, y, z."""
    w, x, y, z = np.moveaxis(_unit(np.asarray(quaternions, np.float64)), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, -1) for row in rows], -2)


def multiply(first: ArrayLike, second: ArrayLike) -> Doubles:
    """The quaternion of ``second``, then ``first``."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    w, v = a[..., :1] * b[..., :1], a[..., 1:]
    real = w - (v * b[..., 1:]).sum(-1, keepdims=True)
    rest = a[..., :1] * b[..., 1:] + b[..., :1] * v + np.cross(v, b[..., 1:])
    return np.concatenate([real, rest], axis=-1)


def steady(quaternions: ArrayLike) -> Doubles:
    """The same rotations over time (T, …, 4), with signs that never jump: q and -q are one."""
    q = np.array(quaternions, np.float64)
    for t in range(1, len(q)):
        flip = (q[t] * q[t - 1]).sum(-1, keepdims=True) < 0
        q[t] = np.where(flip, -q[t], q[t])
    return q


def euler(rotations: ArrayLike, order: str) -> Doubles:
    """Degrees (…, 3) about the moving axes of ``order``, such as ``"ZXY"`` for BVH.

    Args:
        rotations: (…, 3, 3).
        order: Three different axes; the first is turned about first.
    """
    m = np.asarray(rotations, np.float64)
    i, j, k = ("XYZ".index(axis) for axis in order)
    sign = 1.0 if (j - i) % 3 == 1 else -1.0
    middle = np.arcsin(np.clip(sign * m[..., i, k], -1, 1))
    first = np.arctan2(-sign * m[..., j, k], m[..., k, k])
    last = np.arctan2(-sign * m[..., i, j], m[..., i, i])
    # At the pole only the sum of first and last is told; the last is then 0.
    pole = np.abs(m[..., i, k]) > 1 - 1e-9
    first = np.where(pole, np.arctan2(sign * m[..., k, j], m[..., j, j]), first)
    last = np.where(pole, 0, last)
    return np.asarray(np.degrees(np.stack([first, middle, last], axis=-1)), np.float64)


def from_euler(degrees: ArrayLike, order: str) -> Doubles:
    """(…, 3, 3) of `euler`'s angles."""
    angles = np.radians(np.asarray(degrees, np.float64))
    total: Any = np.eye(3)
    for axis, angle in zip(order, np.moveaxis(angles, -1, 0), strict=True):
        total = total @ _about(axis, angle)
    return np.asarray(total, np.float64)


def _about(axis: str, angle: Doubles) -> Doubles:
    i = "XYZ".index(axis)
    j, k = (i + 1) % 3, (i + 2) % 3
    m = np.zeros((*np.shape(angle), 3, 3))
    m[..., i, i] = 1
    m[..., j, j] = m[..., k, k] = np.cos(angle)
    m[..., k, j] = np.sin(angle)
    m[..., j, k] = -np.sin(angle)
    return m


def _unit(vector: Doubles) -> Doubles:
    with np.errstate(invalid="ignore", divide="ignore"):
        length = np.linalg.norm(vector, axis=-1, keepdims=True)
        return np.asarray(np.where(length > 1e-9, vector / length, np.nan))
