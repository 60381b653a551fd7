"""The outline of what strokes are drawn on: set a picture, then draw."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from threading import RLock

from vitruvian.closable import Closable
from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.vision.core.clicks import Selector, pixels
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import as_rgb, check_picture
from vitruvian.segment.stroke import Kind
from vitruvian.segment.stroke import Stroke as PixelStroke

__all__ = [
    "BrushMode",
    "InteractiveSegmenter",
    "InteractiveSegmenterOptions",
    "Stroke",
    "StrokePoint",
]


class BrushMode(enum.IntEnum):
    """What a stroke does: add, take away, or enclose."""

    UNSPECIFIED = 0
    POSITIVE = 1
    NEGATIVE = 2
    LASSO = 3


_KINDS: dict[BrushMode, Kind] = {
    BrushMode.POSITIVE: "include",
    BrushMode.NEGATIVE: "exclude",
    BrushMode.LASSO: "lasso",
}


@dataclass
class StrokePoint:
    """A point of a stroke.

    Args:
        x: Share of the picture's width.
        y: Share of the picture's height.
    """

    x: float
    y: float


@dataclass
class Stroke:
    """A click (one point), a line or a lasso.

    Args:
        brush_mode: What it does.
        points: Where it goes.
        is_completed: Whether the pen has been lifted; the mask is the same either way.
    """

    brush_mode: BrushMode
    points: list[StrokePoint]
    is_completed: bool


@dataclass
class InteractiveSegmenterOptions:
    """Which model.

    Args:
        base_options: A ``.tflite`` such as MediaPipe's ``magic_touch.tflite``, or ``"default"``,
            which needs none.
    """

    base_options: BaseOptions


class InteractiveSegmenter(Closable):
    """Finds the outline of what strokes are drawn on; made by one of its two class methods.

    Example:
        >>> import numpy as np
        >>> picture = np.full((120, 160, 3), 40, np.uint8)
        >>> picture[30:90, 50:110] = 220, 60, 60
        >>> with InteractiveSegmenter.create_from_model_path("default") as segmenter:
        ...     segmenter.set_image(Image(image_format=ImageFormat.SRGB, data=picture))
        ...     click = Stroke(BrushMode.POSITIVE, [StrokePoint(0.5, 0.5)], is_completed=True)
        ...     mask = segmenter.segment([click])
        >>> mask.numpy_view()[60, 80] > 0.5
        array([ True])
    """

    def __init__(self, selector: Selector) -> None:
        self._selector: Selector | None = selector
        self._size: tuple[int, int] | None = None
        self._one_at_a_time = RLock()

    @classmethod
    def create_from_model_path(cls, model_path: str) -> InteractiveSegmenter:
        """One with the options as they are.

        Args:
            model_path: A ``.tflite`` of yours, or ``"default"``.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no such model.
        """
        return cls.create_from_options(InteractiveSegmenterOptions(BaseOptions(model_path)))

    @classmethod
    def create_from_options(cls, options: InteractiveSegmenterOptions) -> InteractiveSegmenter:
        """One with options.

        Raises:
            FileNotFoundError: There is no such model file.
            ValueError: An option is not usable.
        """
        return cls(Selector(options.base_options))

    def set_image(self, image: Image) -> None:
        """Take a new picture.

        Raises:
            ValueError: It has a format that cannot be read, or no pixels.
            RuntimeError: This has been closed.
        """
        check_picture(image)
        with self._one_at_a_time:
            self._running().set_image(as_rgb(image))
            self._size = (image.width, image.height)

    def segment(self, strokes: list[Stroke]) -> Image:
        """The outline of what the strokes are drawn on.

        Args:
            strokes: All strokes since the picture was set.

        Returns:
            A VEC32F1 of the picture's size, 0..1.

        Raises:
            ValueError: A stroke is not usable, or none says what is wanted.
            RuntimeError: There is no picture yet, or this has been closed.
        """
        with self._one_at_a_time:
            selector = self._running()
            if self._size is None:
                raise RuntimeError("There is no image yet; call set_image first.")
            drawn = [_in_pixels(stroke, self._size) for stroke in strokes]
            return Image(ImageFormat.VEC32F1, selector.mask(drawn))

    def close(self) -> None:
        """Let the picture and the models go; may be called twice."""
        with self._one_at_a_time:
            self._selector = None

    def _running(self) -> Selector:
        if self._selector is None:
            raise RuntimeError("Task runner is currently not running.")
        return self._selector


def _in_pixels(stroke: Stroke, size: tuple[int, int]) -> PixelStroke:
    kind = _KINDS.get(stroke.brush_mode)
    if kind is None:
        raise ValueError("expected a stroke with brush mode POSITIVE, NEGATIVE or LASSO")
    points = [(point.x, point.y) for point in stroke.points]
    return PixelStroke(pixels(points, 0, size, beyond=kind == "lasso"), kind)
