"""BlazePose's landmark tensors as landmarks: one MediaPipe calculator, one function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.geometry import regions
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Landmarks

__all__ = ["Reading", "decode", "project", "refine", "sigmoid"]

INPUT_SIZE = 256
_KERNEL = 7
_MIN_HEAT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the model says about one crop, in crop units.

    Args:
        points: (39, 3) x, y, z; 0..1 is the crop. 33 and 34 are the alignment points.
        visibility: (39,) 0..1.
        presence: (39,) 0..1.
        world: (33, 3) metres, in the crop's own orientation.
        score: 0..1, whether there is a person in the crop.
        mask: (256, 256) 0..1, or None.
    """

    points: Floats
    visibility: Floats
    presence: Floats
    world: Floats
    score: float
    mask: Floats | None = None


def sigmoid(x: Floats) -> Floats:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), np.float32)


def decode(
    landmarks: Floats, flag: Floats, heatmap: Floats, world: Floats, mask: Floats | None = None
) -> Reading:
    """Read the landmark model's outputs (TensorsToLandmarksCalculator).

    Args:
        landmarks: 195 values, 39 times x, y, z (crop pixels), visibility, presence (logits).
        flag: 1 value 0..1.
        heatmap: (64, 64, 39) logits.
        world: 117 values, 39 times x, y, z in metres.
        mask: (256, 256) logits, or None.
    """
    rows = landmarks.reshape(39, 5)
    points = rows[:, :3] / np.float32(INPUT_SIZE)
    confidence = sigmoid(rows[:, 3:])
    return Reading(
        refine(points, heatmap.reshape(64, 64, 39)),
        confidence[:, 0],
        confidence[:, 1],
        world.reshape(39, 3)[: len(BLAZEPOSE_33)],
        float(flag.ravel()[0]),
        None if mask is None else sigmoid(mask.reshape(INPUT_SIZE, INPUT_SIZE)),
    )


def refine(points: Floats, heatmap: Floats) -> Floats:
    """Move landmarks to the centre of the heat around them (RefineLandmarksFromHeatmapCalculator).

    A landmark whose neighbourhood has no cell of at least 0.5 stays where it is.

    Args:
        points: (K, 3) in 0..1 of the crop.
        heatmap: (H, W, K) logits.

    Returns:
        (K, 3); z is untouched.
    """
    height, width, count = heatmap.shape
    reach = _KERNEL // 2
    column = np.trunc(points[:, 0] * width).astype(np.int64)
    row = np.trunc(points[:, 1] * height).astype(np.int64)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    step = np.arange(-reach, reach + 1)
    rows = np.clip(row, 0, height - 1)[:, None] + step
    columns = np.clip(column, 0, width - 1)[:, None] + step
    within = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[
        :, None, :
    ]
    heat = heatmap[
        np.clip(rows, 0, height - 1)[:, :, None],
        np.clip(columns, 0, width - 1)[:, None, :],
        np.arange(count)[:, None, None],
    ]
    weight = np.where(within, sigmoid(heat), 0)
    total = weight.sum((1, 2))
    hot = inside & (weight.max((1, 2)) >= _MIN_HEAT) & (total > 0)
    total = np.where(hot, total, 1)
    x = (weight * columns[:, None, :]).sum((1, 2)) / (width * total)
    y = (weight * rows[:, :, None]).sum((1, 2)) / (height * total)
    moved = points.copy()
    moved[:, 0] = np.where(hot, x, points[:, 0])
    moved[:, 1] = np.where(hot, y, points[:, 1])
    return moved


def project(reading: Reading, region: Floats) -> tuple[Landmarks, Floats]:
    """Lay a reading back on the picture (LandmarkProjection, WorldLandmarkProjection).

    Args:
        reading: What the model said about the crop.
        region: (4,) the crop's region in the picture.

    Returns:
        The 33 landmarks in pixels and metres, and the (4,) region that their alignment points
        ask for: where to look in the next frame.
    """
    size = INPUT_SIZE
    xy = regions.apply(regions.affine(region, size), reading.points[:, :2] * np.float32(size))
    cos, sin = np.cos(region[3]), np.sin(region[3])
    turn = np.array([[cos, sin], [-sin, cos]], np.float32)
    world = reading.world.copy()
    world[:, :2] = world[:, :2] @ turn
    k = len(BLAZEPOSE_33)
    body = Landmarks(
        BLAZEPOSE_33,
        xy[:k],
        reading.points[:k, 2] * region[2],
        reading.visibility[:k],
        reading.presence[:k],
        world,
    )
    return body, regions.from_alignment(xy[33], xy[34])
