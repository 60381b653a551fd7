"""The colours that MediaPipe's examples draw in: sides of a body, fingers of a hand."""

from __future__ import annotations

from collections.abc import Mapping

from vitruvian.compat.mediapipe.tasks.python.vision.drawing_utils import WHITE_COLOR, DrawingSpec
from vitruvian.compat.mediapipe.tasks.python.vision.hand_landmarker import (
    HandLandmark,
    HandLandmarksConnections,
)
from vitruvian.compat.mediapipe.tasks.python.vision.pose_landmarker import PoseLandmark

__all__ = [
    "get_default_hand_connections_style",
    "get_default_hand_landmarks_style",
    "get_default_pose_landmarks_style",
]

_LEFT, _RIGHT = (0, 138, 255), (231, 217, 0)
_PALM_DOTS, _PALM_LINES = (48, 48, 255), (128, 128, 128)
_FINGERS = {
    "THUMB": (180, 229, 255),
    "INDEX_FINGER": (128, 64, 128),
    "MIDDLE_FINGER": (0, 204, 255),
    "RING_FINGER": (48, 255, 48),
    "PINKY": (192, 101, 21),
}
_PALM = {HandLandmark.WRIST, HandLandmark.THUMB_CMC, HandLandmark.INDEX_FINGER_MCP} | {
    HandLandmark.MIDDLE_FINGER_MCP,
    HandLandmark.RING_FINGER_MCP,
    HandLandmark.PINKY_MCP,
}
_DOT = 5
_PALM_WIDTH, _FINGER_WIDTH = 3, 2


def get_default_pose_landmarks_style() -> Mapping[int, DrawingSpec]:
    """How each landmark of a body is drawn: the left side orange, the right side cyan."""
    style: dict[int, DrawingSpec] = {}
    for landmark in PoseLandmark:
        words = landmark.name.split("_")
        color = _LEFT if "LEFT" in words else _RIGHT if "RIGHT" in words else WHITE_COLOR
        style[landmark] = DrawingSpec(color=color, thickness=2)
    return style


def get_default_hand_landmarks_style() -> Mapping[int, DrawingSpec]:
    """How each landmark of a hand is drawn: every finger in its colour, the palm red."""
    return {
        landmark: DrawingSpec(
            color=_PALM_DOTS if landmark in _PALM else _finger(landmark),
            thickness=-1,
            circle_radius=_DOT,
        )
        for landmark in HandLandmark
    }


def get_default_hand_connections_style() -> Mapping[tuple[int, int], DrawingSpec]:
    """How each line of a hand is drawn: every finger in its colour, the palm grey."""
    palm = {(c.start, c.end) for c in HandLandmarksConnections.HAND_PALM_CONNECTIONS}
    ends = [(c.start, c.end) for c in HandLandmarksConnections.HAND_CONNECTIONS]
    return {
        pair: DrawingSpec(color=_PALM_LINES, thickness=_PALM_WIDTH)
        if pair in palm
        else DrawingSpec(color=_finger(HandLandmark(pair[1])), thickness=_FINGER_WIDTH)
        for pair in ends
    }


def _finger(landmark: HandLandmark) -> tuple[int, int, int]:
    return next(color for name, color in _FINGERS.items() if landmark.name.startswith(name))
