"""BlazePose's landmark tensors as landmarks: one MediaPipe calculator, one function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.geometry import regions
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Ints, Landmarks

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
    size = np.array([width, height])
    cell = np.trunc(points[:, :2] * size.astype(np.float32)).astype(np.int64)
    inside = ((cell >= 0) & (cell < size)).all(1)
    around = _within(cell, size)[..., None] + _STEPS
    cells = _within(around, size[:, None])
    known = around == cells
    columns, rows = cells[:, 0, None], cells[:, 1, :, None]
    # By one number a cell: three arrays of indices take NumPy three times as long.
    heat = heatmap.reshape(-1)[(rows * width + columns) * count + np.arange(count)[:, None, None]]
    weight = sigmoid(heat)
    weight *= known[:, 1, :, None] & known[:, 0, None]
    total = weight.sum((1, 2))
    hot = inside & (weight.max((1, 2)) >= _MIN_HEAT)
    total = np.where(hot, total, 1)
    x = (weight * columns).sum((1, 2)) / (width * total)
    y = (weight * rows).sum((1, 2)) / (height * total)
    moved = points.copy()
    moved[hot, 0] = x[hot]
    moved[hot, 1] = y[hot]
    return moved


_STEPS = np.arange(_KERNEL) - _KERNEL // 2


def _within(cells: Ints, size: Ints) -> Ints:
    """Cells, those outside moved to the edge; `numpy.clip` takes twice as long for a few."""
    return np.asarray(np.minimum(np.maximum(cells, 0), size - 1), np.int64)


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
