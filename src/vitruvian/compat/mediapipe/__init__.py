"""MediaPipe's Python interface, over Vitruvian: ``import vitruvian.compat.mediapipe as mp``.

The Tasks of MediaPipe 1.x are in `tasks`, and `solutions`, which MediaPipe has removed, is as it
was in 0.10.21. What differs on purpose is told in ``docs/migrating.md``.
"""

from __future__ import annotations

from vitruvian.compat.mediapipe import framework, python, solutions, tasks
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat

__version__ = "1.2.2"

__all__ = ["Image", "ImageFormat", "framework", "python", "solutions", "tasks"]
