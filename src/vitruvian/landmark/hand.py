"""The hand model's tensors as landmarks: one MediaPipe calculator, one function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.geometry import boxes, regions
from vitruvian.skeletons import HAND_21
from vitruvian.types import Bools, Floats, Landmarks

__all__ = ["HandReading", "decode", "duplicates", "project", "similar"]

INPUT_SIZE = 224
_Z_SCALE = 0.4
"""By which MediaPipe divides z on top of the input's width (kLandmarksNormalizeZ)."""
_WRIST, _INDEX_MCP, _PINKY_MCP = 0, 5, 17
_NEAR, _MATCHED, _MIN_IOU = 0.2, 10, 0.2
"""Of HandLandmarksDeduplicationCalculator."""


@dataclass(frozen=True, slots=True, eq=False)
class HandReading:
    """What the model says about one crop, in crop units.

    Args:
        points: (21, 3) x, y, z; 0..1 is the crop.
        world: (21, 3) metres, in the crop's own orientation.
        score: 0..1, whether there is a hand in the crop.
        right: 0..1, how likely it is a right hand in a picture that is not mirrored.
    """

    points: Floats
    world: Floats
    score: float
    right: float


def decode(landmarks: Floats, flag: Floats, handedness: Floats, world: Floats) -> HandReading:
    """Read the hand model's outputs (TensorsToLandmarksCalculator).

    Args:
        landmarks: 63 values, 21 times x, y, z in crop pixels.
        flag: 1 value 0..1.
        handedness: 1 value 0..1.
        world: 63 values, 21 times x, y, z in metres.
    """
    points = landmarks.reshape(21, 3) / np.float32(INPUT_SIZE)
    points[:, 2] /= np.float32(_Z_SCALE)
    return HandReading(
        points, world.reshape(21, 3), float(flag.ravel()[0]), float(handedness.ravel()[0])
    )


def project(reading: HandReading, region: Floats) -> Landmarks:
    """Lay a reading back on the picture (LandmarkProjection, WorldLandmarkProjection).

    MediaPipe's hand model knows no visibility and no presence of single landmarks; both are 1.

    Args:
        reading: What the model said about the crop.
        region: (4,) the crop's region in the picture.

    Returns:
        The 21 landmarks in pixels, and in metres from about the mean of the four knuckles.
    """
    size = INPUT_SIZE
    xy = regions.apply(regions.affine(region, size), reading.points[:, :2] * np.float32(size))
    cos, sin = np.cos(region[3]), np.sin(region[3])
    world = reading.world.copy()
    world[:, :2] = world[:, :2] @ np.array([[cos, sin], [-sin, cos]], np.float32)
    sure = np.ones(len(HAND_21), np.float32)
    return Landmarks(HAND_21, xy, reading.points[:, 2] * region[2], sure, sure.copy(), world)


def similar(xy: Floats) -> Bools:
    """(N, N) which hands are in the same place (HandLandmarksDeduplicationCalculator).

    Args:
        xy: (N, 21, 2) pixels.
    """
    palm = xy[:, [_WRIST, _INDEX_MCP, _PINKY_MCP]]
    size = np.linalg.norm(palm - np.roll(palm, 1, axis=1), axis=-1).max(1)
    near = np.linalg.norm(xy[:, None] - xy[None], axis=-1)
    matched = (near < _NEAR * np.maximum(size[:, None], size)[..., None]).sum(-1) >= _MATCHED
    bounds = np.concatenate([xy.min(1), xy.max(1)], 1)
    return np.asarray(matched & (boxes.iou(bounds, bounds) > _MIN_IOU), np.bool_)


def duplicates(xy: Floats) -> Bools:
    """(N,) which hands are another reading of one before them."""
    same = similar(xy)
    repeated = np.zeros(len(xy), np.bool_)
    for row in range(1, len(xy)):
        repeated[row] = (same[row, :row] & ~repeated[:row]).any()
    return repeated
