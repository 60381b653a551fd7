"""What the landmarkers of bodies and of hands have in common: how they are asked."""

from __future__ import annotations

from typing import TypeVar

from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image
from vitruvian.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.task import Task

__all__ = ["Landmarker"]

R = TypeVar("R")


class Landmarker(Task[R]):
    """A task that finds landmarks: ``detect`` in pictures, films and live streams.

    Each method takes an image and options that say which way up it is, and raises ValueError where
    an argument is not usable or the task runs in another mode, and RuntimeError once it is closed.
    """

    def detect(
        self, image: Image, image_processing_options: ImageProcessingOptions | None = None
    ) -> R:
        """What is found in a picture that stands alone; the mode must be IMAGE."""
        return self._ask(image, image_processing_options)

    def detect_for_video(
        self,
        image: Image,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> R:
        """What is found in a film's next frame, later than all before; the mode must be VIDEO."""
        return self._ask_for_video(image, timestamp_ms, image_processing_options)

    def detect_async(
        self,
        image: Image,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> None:
        """Send in a live picture, later than all before; the mode must be LIVE_STREAM.

        The callback gets what is found, unless a newer picture came first.
        """
        self._ask_async(image, timestamp_ms, image_processing_options)
