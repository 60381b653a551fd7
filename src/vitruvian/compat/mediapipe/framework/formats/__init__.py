"""Landmarks and labels as messages, which need no protobuf."""

from __future__ import annotations

from vitruvian.compat.mediapipe.framework.formats import classification_pb2, landmark_pb2

__all__ = ["classification_pb2", "landmark_pb2"]
