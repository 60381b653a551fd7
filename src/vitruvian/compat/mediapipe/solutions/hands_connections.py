"""Which landmarks of a hand are joined."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python.vision.hand_landmarker import (
    HandLandmarksConnections as _Tasks,
)

__all__ = [
    "HAND_CONNECTIONS",
    "HAND_INDEX_FINGER_CONNECTIONS",
    "HAND_MIDDLE_FINGER_CONNECTIONS",
    "HAND_PALM_CONNECTIONS",
    "HAND_PINKY_FINGER_CONNECTIONS",
    "HAND_RING_FINGER_CONNECTIONS",
    "HAND_THUMB_CONNECTIONS",
]

HAND_PALM_CONNECTIONS = tuple((c.start, c.end) for c in _Tasks.HAND_PALM_CONNECTIONS)
HAND_THUMB_CONNECTIONS = tuple((c.start, c.end) for c in _Tasks.HAND_THUMB_CONNECTIONS)
HAND_INDEX_FINGER_CONNECTIONS = tuple(
    (c.start, c.end) for c in _Tasks.HAND_INDEX_FINGER_CONNECTIONS
)
HAND_MIDDLE_FINGER_CONNECTIONS = tuple(
    (c.start, c.end) for c in _Tasks.HAND_MIDDLE_FINGER_CONNECTIONS
)
HAND_RING_FINGER_CONNECTIONS = tuple((c.start, c.end) for c in _Tasks.HAND_RING_FINGER_CONNECTIONS)
HAND_PINKY_FINGER_CONNECTIONS = tuple(
    (c.start, c.end) for c in _Tasks.HAND_PINKY_FINGER_CONNECTIONS
)
HAND_CONNECTIONS = frozenset((c.start, c.end) for c in _Tasks.HAND_CONNECTIONS)
