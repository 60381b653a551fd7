"""What a detector found."""

from __future__ import annotations

from dataclasses import dataclass

from vitruvian.compat.mediapipe.tasks.python.components.containers.bounding_box import BoundingBox
from vitruvian.compat.mediapipe.tasks.python.components.containers.category import Category
from vitruvian.compat.mediapipe.tasks.python.components.containers.keypoint import (
    NormalizedKeypoint,
)

__all__ = ["Detection", "DetectionResult"]


@dataclass
class Detection:
    """One thing found; `drawing_utils.draw_detection` draws it.

    Args:
        bounding_box: Round it.
        categories: What it may be.
        keypoints: Points on it.
    """

    bounding_box: BoundingBox
    categories: list[Category]
    keypoints: list[NormalizedKeypoint] | None = None


@dataclass
class DetectionResult:
    """All things found in a picture.

    Args:
        detections: One for each.
    """

    detections: list[Detection]
