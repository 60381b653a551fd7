"""The Tasks API, as ``mp.tasks`` and as ``mediapipe.tasks.python``."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks import python
from vitruvian.compat.mediapipe.tasks.python import BaseOptions, components, vision

__all__ = ["BaseOptions", "components", "python", "vision"]
