"""The Tasks API."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python import components, vision
from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions

__all__ = ["BaseOptions", "components", "vision"]
