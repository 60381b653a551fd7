"""Which model a task uses."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python.core import base_options

__all__ = ["base_options"]
