"""What results are made of, and how embeddings are compared."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python.components import containers, utils

__all__ = ["containers", "utils"]
