"""The colours that MediaPipe's examples draw in."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python.vision.drawing_styles import (
    get_default_hand_connections_style,
    get_default_hand_landmarks_style,
    get_default_pose_landmarks_style,
)

__all__ = [
    "get_default_hand_connections_style",
    "get_default_hand_landmarks_style",
    "get_default_pose_landmarks_style",
]
