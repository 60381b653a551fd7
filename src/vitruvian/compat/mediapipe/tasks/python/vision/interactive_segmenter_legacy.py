"""The outline of what is clicked on: one click, one answer."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vitruvian.compat.mediapipe.tasks.python.components.containers.keypoint import (
    NormalizedKeypoint,
)
from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.vision.core.clicks import Selector, pixels
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.task import Task
from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import (
    as_rgb,
    quarters_of,
    upright,
)
from vitruvian.segment.stroke import Stroke
from vitruvian.types import Floats

__all__ = [
    "InteractiveSegmenterLegacy",
    "InteractiveSegmenterLegacyOptions",
    "InteractiveSegmenterLegacyResult",
    "RegionOfInterest",
]


@dataclass
class InteractiveSegmenterLegacyResult:
    """What belongs to the thing that was clicked on.

    Args:
        confidence_masks: Two VEC32F1 of the picture's size, 0..1: how much a pixel belongs to the
            rest, and to the thing; None where they are not wanted.
        category_mask: A GRAY8 of the picture's size, 1 on the thing; None where it is not wanted.
    """

    confidence_masks: list[Image] | None = None
    category_mask: Image | None = None


@dataclass
class InteractiveSegmenterLegacyOptions:
    """What is wanted.

    Args:
        base_options: Which model: a ``.tflite`` such as MediaPipe's ``magic_touch.tflite``, or
            ``"default"``, which needs none.
        output_confidence_masks: Whether masks of 0..1 are wanted.
        output_category_mask: Whether a mask of 0 and 1 is wanted.
    """

    base_options: BaseOptions
    output_confidence_masks: bool = True
    output_category_mask: bool = False


@dataclass
class RegionOfInterest:
    """Where the click was.

    Args:
        format: ``KEYPOINT``.
        keypoint: The click, in shares of the picture.
    """

    class Format(enum.Enum):
        """How the thing is pointed at."""

        UNSPECIFIED = 0
        KEYPOINT = 1

    format: Format
    keypoint: NormalizedKeypoint | None = None


class InteractiveSegmenterLegacy(
    Task[Callable[[tuple[float, float]], InteractiveSegmenterLegacyResult]]
):
    """Finds the outline of what is clicked on; made by one of its two class methods.

    Example:
        >>> import numpy as np
        >>> picture = np.full((120, 160, 3), 40, np.uint8)
        >>> picture[30:90, 50:110] = 220, 60, 60
        >>> image = Image(image_format=ImageFormat.SRGB, data=picture)
        >>> click = RegionOfInterest(RegionOfInterest.Format.KEYPOINT, NormalizedKeypoint(0.5, 0.5))
        >>> with InteractiveSegmenterLegacy.create_from_model_path("default") as segmenter:
        ...     result = segmenter.segment(image, click)
        >>> result.confidence_masks[1].numpy_view()[60, 80] > 0.5
        array([ True])
    """

    @classmethod
    def create_from_model_path(cls, model_path: str) -> InteractiveSegmenterLegacy:
        """One with the options as they are.

        Args:
            model_path: A ``.tflite`` of yours, or ``"default"``.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no such model.
        """
        return cls.create_from_options(InteractiveSegmenterLegacyOptions(BaseOptions(model_path)))

    @classmethod
    def create_from_options(
        cls, options: InteractiveSegmenterLegacyOptions
    ) -> InteractiveSegmenterLegacy:
        """One with options.

        Raises:
            FileNotFoundError: There is no such model file.
            ValueError: An option is not usable.
        """
        selector = Selector(options.base_options)
        last: Image | None = None
        turn = 0

        def read(
            image: Image, about: ImageProcessingOptions, time: float
        ) -> Callable[[tuple[float, float]], InteractiveSegmenterLegacyResult]:
            nonlocal last, turn
            quarters = quarters_of(about.rotation_degrees)
            # Many clicks on one picture are the rule, and what is in it need be found out once.
            if image is not last or quarters != turn:
                selector.set_image(upright(as_rgb(image), quarters))
                last, turn = image, quarters

            def click(point: tuple[float, float]) -> InteractiveSegmenterLegacyResult:
                stroke = Stroke(pixels(point, quarters, (image.width, image.height)))
                return _result(np.rot90(selector.mask([stroke]), quarters), options)

            return click

        return cls(read)

    def segment(
        self,
        image: Image,
        roi: RegionOfInterest,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> InteractiveSegmenterLegacyResult:
        """The outline of what is clicked on.

        Args:
            image: The picture.
            roi: The click.
            image_processing_options: Which way up the picture is.

        Raises:
            ValueError: An argument is not usable.
            RuntimeError: It has been closed.
        """
        point = _point(roi)
        with self._one_at_a_time:
            return self._ask(image, image_processing_options)(point)


def _point(roi: RegionOfInterest) -> tuple[float, float]:
    keypoint = roi.keypoint
    if keypoint is None:
        raise ValueError("Unrecognized format.")
    if roi.format == RegionOfInterest.Format.UNSPECIFIED:
        raise ValueError("RegionOfInterest format not specified.")
    if roi.format != RegionOfInterest.Format.KEYPOINT:
        raise ValueError("Please specify the Region-of-interest for segmentation.")
    if keypoint.x is None or keypoint.y is None:
        raise ValueError("expected a keypoint with x and y")
    return keypoint.x, keypoint.y


def _result(
    mask: Floats, options: InteractiveSegmenterLegacyOptions
) -> InteractiveSegmenterLegacyResult:
    masks = category = None
    if options.output_confidence_masks:
        masks = [Image(ImageFormat.VEC32F1, share) for share in (1 - mask, mask)]
    if options.output_category_mask:
        category = Image(ImageFormat.GRAY8, (mask > 0.5).astype(np.uint8))
    return InteractiveSegmenterLegacyResult(masks, category)
