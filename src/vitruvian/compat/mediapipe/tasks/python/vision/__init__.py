"""The vision tasks: the people in a picture, their hands, looks, and outlines by clicks."""

from __future__ import annotations

from typing import Any

from vitruvian.compat.mediapipe.tasks.python.vision import drawing_styles, drawing_utils
from vitruvian.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode as RunningMode,
)
from vitruvian.compat.mediapipe.tasks.python.vision.hand_landmarker import (
    HandLandmarker,
    HandLandmarkerOptions,
    HandLandmarkerResult,
    HandLandmarksConnections,
)
from vitruvian.compat.mediapipe.tasks.python.vision.image_embedder import (
    ImageEmbedder,
    ImageEmbedderOptions,
    ImageEmbedderResult,
)
from vitruvian.compat.mediapipe.tasks.python.vision.interactive_segmenter import (
    BrushMode as InteractiveSegmenterBrushMode,
)
from vitruvian.compat.mediapipe.tasks.python.vision.interactive_segmenter import (
    InteractiveSegmenter,
    InteractiveSegmenterOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.interactive_segmenter import (
    Stroke as InteractiveSegmenterStroke,
)
from vitruvian.compat.mediapipe.tasks.python.vision.interactive_segmenter import (
    StrokePoint as InteractiveSegmenterStrokePoint,
)
from vitruvian.compat.mediapipe.tasks.python.vision.interactive_segmenter_legacy import (
    InteractiveSegmenterLegacy,
    InteractiveSegmenterLegacyOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.interactive_segmenter_legacy import (
    RegionOfInterest as InteractiveSegmenterLegacyRegionOfInterest,
)
from vitruvian.compat.mediapipe.tasks.python.vision.pose_landmarker import (
    PoseLandmark,
    PoseLandmarker,
    PoseLandmarkerOptions,
    PoseLandmarkerResult,
    PoseLandmarksConnections,
)

__all__ = [
    "HandLandmarker",
    "HandLandmarkerOptions",
    "HandLandmarkerResult",
    "HandLandmarksConnections",
    "ImageEmbedder",
    "ImageEmbedderOptions",
    "ImageEmbedderResult",
    "ImageProcessingOptions",
    "InteractiveSegmenter",
    "InteractiveSegmenterBrushMode",
    "InteractiveSegmenterLegacy",
    "InteractiveSegmenterLegacyOptions",
    "InteractiveSegmenterLegacyRegionOfInterest",
    "InteractiveSegmenterOptions",
    "InteractiveSegmenterStroke",
    "InteractiveSegmenterStrokePoint",
    "PoseLandmark",
    "PoseLandmarker",
    "PoseLandmarkerOptions",
    "PoseLandmarkerResult",
    "PoseLandmarksConnections",
    "RunningMode",
    "drawing_styles",
    "drawing_utils",
]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"mp.tasks.vision has no {name!r} here; it has {', '.join(__all__)}")
