"""The landmarks of one body or hand, with what else is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from vitruvian.compat.mediapipe.tasks.python.components.containers.category import Category
from vitruvian.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from vitruvian.compat.mediapipe.tasks.python.components.containers.rect import NormalizedRect

__all__ = ["LandmarksDetectionResult"]


@dataclass
class LandmarksDetectionResult:
    """The landmarks of one body or hand, with what else is known of it.

    Args:
        landmarks: In shares of the picture.
        categories: What it is.
        world_landmarks: In metres.
        rect: Where it is.
    """

    landmarks: list[NormalizedLandmark] | None
    categories: list[Category] | None
    world_landmarks: list[Landmark] | None
    rect: NormalizedRect
