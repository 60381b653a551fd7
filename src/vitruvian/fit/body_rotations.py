"""Rotation vectors and rotation matrices, with any leading axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["exponential", "left_jacobian", "logarithm", "nearest"]

Array = NDArray[np.floating[Any]]


def exponential(vector: Array) -> Array:
    """(…, 3, 3) the rotation about a vector by its length (Rodrigues).

    Example:
        >>> import numpy as np
        >>> exponential(np.array([0, 0, np.pi / 2])).round().astype(int).tolist()
        [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    """
    angle, cross = _angle(vector), _cross(vector)
    first = np.sinc(angle / np.pi)
    second = 0.5 * np.sinc(angle / (2 * np.pi)) ** 2
    out: Array = np.eye(3) + first * cross + second * (cross @ cross)
    return out


def left_jacobian(vector: Array) -> Array:
    """(…, 3, 3): ``exponential(v + d) = exponential(J d) exponential(v)`` for small d."""
    angle, cross = _angle(vector), _cross(vector)
    first = 0.5 * np.sinc(angle / (2 * np.pi)) ** 2
    small = angle < 1e-3
    safe = np.where(small, 1.0, angle)
    second = np.where(small, 1 / 6 - angle**2 / 120, (safe - np.sin(safe)) / safe**3)
    out: Array = np.eye(3) + first * cross + second * (cross @ cross)
    return out


def logarithm(matrix: Array) -> Array:
    """(…, 3) the rotation vector, its length 0..pi."""
    # By the quaternion's largest part, which is sure for every angle.
    diagonal = np.diagonal(matrix, axis1=-2, axis2=-1)
    trace = diagonal.sum(-1)[..., None]
    squares = np.concatenate([1 + trace, 1 + 2 * diagonal - trace], -1)
    table = np.empty((*matrix.shape[:-2], 4, 4))
    table[..., 1:, 1:] = matrix + np.swapaxes(matrix, -1, -2)
    skew = matrix - np.swapaxes(matrix, -1, -2)
    skew = np.stack([skew[..., 2, 1], skew[..., 0, 2], skew[..., 1, 0]], -1)
    table[..., 0, 1:] = table[..., 1:, 0] = skew
    table[..., np.arange(4), np.arange(4)] = squares
    largest = squares.argmax(-1)[..., None, None]
    row = np.take_along_axis(table, largest, -2)[..., 0, :]
    row = row / np.linalg.norm(row, axis=-1, keepdims=True)
    row = np.where(row[..., :1] < 0, -row, row)
    sine = np.linalg.norm(row[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, row[..., :1])
    out: Array = row[..., 1:] * np.where(sine > 1e-9, angle / np.maximum(sine, 1e-12), 2.0)
    return out


def nearest(matrix: Array) -> Array:
    """(…, 3, 3) the rotation nearest to a matrix."""
    left, _, right = np.linalg.svd(matrix)
    left[..., :, 2] *= np.linalg.det(left @ right)[..., None]
    out: Array = left @ right
    return out


def _angle(vector: Array) -> Array:
    angle: Array = np.linalg.norm(vector, axis=-1)[..., None, None]
    return angle


def _cross(vector: Array) -> Array:
    out = np.zeros((*vector.shape, 3))
    out[..., 0, 1], out[..., 0, 2] = -vector[..., 2], vector[..., 1]
    out[..., 1, 0], out[..., 1, 2] = vector[..., 2], -vector[..., 0]
    out[..., 2, 0], out[..., 2, 1] = -vector[..., 1], vector[..., 0]
    return out
