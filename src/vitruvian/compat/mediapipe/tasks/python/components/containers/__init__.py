"""What results are made of."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python.components.containers.bounding_box import BoundingBox
from vitruvian.compat.mediapipe.tasks.python.components.containers.category import Category
from vitruvian.compat.mediapipe.tasks.python.components.containers.detections import (
    Detection,
    DetectionResult,
)
from vitruvian.compat.mediapipe.tasks.python.components.containers.embedding_result import (
    Embedding,
    EmbeddingResult,
)
from vitruvian.compat.mediapipe.tasks.python.components.containers.keypoint import (
    NormalizedKeypoint,
)
from vitruvian.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from vitruvian.compat.mediapipe.tasks.python.components.containers.landmark_detection_result import (  # noqa: E501
    LandmarksDetectionResult,
)
from vitruvian.compat.mediapipe.tasks.python.components.containers.rect import (
    NormalizedRect,
    Rect,
    RectF,
)

__all__ = [
    "BoundingBox",
    "Category",
    "Detection",
    "DetectionResult",
    "Embedding",
    "EmbeddingResult",
    "Landmark",
    "LandmarksDetectionResult",
    "NormalizedKeypoint",
    "NormalizedLandmark",
    "NormalizedRect",
    "Rect",
    "RectF",
]
