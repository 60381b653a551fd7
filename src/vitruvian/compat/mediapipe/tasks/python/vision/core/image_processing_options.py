"""Which part of a picture counts, and which way up it is."""

from __future__ import annotations

from dataclasses import dataclass

from vitruvian.compat.mediapipe.tasks.python.components.containers.rect import RectF

__all__ = ["ImageProcessingOptions"]


@dataclass
class ImageProcessingOptions:
    """Which part of a picture counts, and which way up it is: first cut out, then turned.

    Args:
        region_of_interest: The part that counts, in shares of the picture; None for all of it.
        rotation_degrees: How far the picture is to be turned clockwise to stand upright, a
            multiple of 90, which may be negative. Results are in the picture as it was given.
    """

    region_of_interest: RectF | None = None
    rotation_degrees: int = 0
