"""What the two segmenters share: the engine, and clicks as pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.core.model_asset import model_asset
from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import points_upright
from vitruvian.errors import InputError
from vitruvian.interactive import InteractiveSegmenter
from vitruvian.segment.stroke import Stroke
from vitruvian.types import Floats
from vitruvian.types import Image as Pixels

__all__ = ["Selector", "pixels"]

_BUILT_IN = "default"
"""The name of the engine that needs no model of its own."""


class Selector:
    """The engine that a task's options ask for.

    Args:
        options: A ``.tflite``, or ``"default"``.

    Raises:
        FileNotFoundError: There is no such model file.
        ValueError: It is no such model.
    """

    def __init__(self, options: BaseOptions) -> None:
        with model_asset(options, (_BUILT_IN,)) as model:
            self._built_in = model == _BUILT_IN
            self._engine = InteractiveSegmenter(None if self._built_in else model)

    def set_image(self, image: Pixels) -> None:
        """Take a new picture, (H, W, 3) RGB."""
        self._shape = image.shape[:2]
        self._engine.set_image(image)

    def mask(self, strokes: Sequence[Stroke]) -> Floats:
        """(H, W) 0..1: what the strokes are drawn on; 0 everywhere where nothing stands out.

        Raises:
            ValueError: No stroke says what is wanted, or the model does not know such strokes.
        """
        if all(stroke.kind == "exclude" for stroke in strokes):
            raise ValueError("expected a stroke on what is wanted; there is none")
        try:
            return self._engine.segment(strokes).values
        except InputError:
            if not self._built_in:
                raise
            return np.zeros(self._shape, np.float32)


def pixels(
    shares: ArrayLike, quarters: int, size: tuple[int, int], *, beyond: bool = False
) -> Floats:
    """(n, 2) pixels of the upright picture.

    Args:
        shares: (n, 2) in shares of the picture that was given.
        quarters: How often that was turned clockwise to stand upright.
        size: Its width and height.
        beyond: Whether points may be outside of the picture.

    Raises:
        ValueError: A point is outside of the picture.
    """
    points = np.asarray(shares, np.float32).reshape(-1, 2)
    if not np.isfinite(points).all() or not (beyond or ((points >= 0) & (points <= 1)).all()):
        raise ValueError(f"expected points with x and y in [0, 1], not {points.tolist()}")
    found = points_upright(points, quarters, size)
    if beyond:
        return found
    # The far edge belongs to the last pixel.
    edge = np.array(size if quarters % 2 == 0 else size[::-1], np.float32)
    return np.clip(found, 0, edge - 1)
