"""A picture, some clicks, a mask: the front door of interactive segmentation."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.errors import InputError
from vitruvian.recipe import Recipe
from vitruvian.segment.stroke import Stroke
from vitruvian.types import Bools, Floats, Frame, Image, People

if TYPE_CHECKING:
    from vitruvian.segment.touch import TouchModel
    from vitruvian.weights import Progress

__all__ = ["InteractiveSegmenter", "Mask"]


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """How much each pixel belongs to what was selected; NumPy takes it for its values.

    Args:
        values: (H, W) float32, 0..1.

    Example:
        >>> import numpy as np
        >>> mask = Mask(np.float32([[0.2, 0.7]]))
        >>> mask.category().tolist(), np.round(mask, 1).shape
        ([[False, True]], (1, 2))
    """

    values: Floats

    def category(self, threshold: float = 0.5) -> Bools:
        """(H, W) which pixels are selected: those above the threshold."""
        return np.asarray(self.values > threshold, np.bool_)

    def cut_out(self, image: Image) -> Image:
        """(H, W, 4) RGBA: the picture with the mask as its transparency.

        Raises:
            InputError: The picture is of another size.
        """
        if image.shape != (*self.values.shape, 3):
            raise InputError(f"the picture must be {(*self.values.shape, 3)}, not {image.shape}")
        alpha = np.rint(self.values * 255).astype(np.uint8)
        return np.dstack([image, alpha])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """The values, for NumPy."""
        return np.array(self.values, dtype) if copy else np.asarray(self.values, dtype)


class InteractiveSegmenter:
    """Selects in a picture what is clicked on: a person, an animal, a thing.

    Set a picture once, then click. Every stroke refines the same mask: `click` and `stroke` add
    what they are on, or take it away with ``include=False``; `lasso` selects what it encloses.
    A stroke on a person selects that person.

    Args:
        model: None for the engine that needs no weights but those that find people; or a
            ``.tflite`` whose fourth input channel is the click, such as MediaPipe's
            ``magic_touch.tflite``. The latter knows nothing of people and of excluding.
        pose: Who finds the people: ``"lite"``, ``"full"`` or ``"heavy"``.

    Raises:
        InputError: The model is not such a file.
        UnknownNameError: There is no such pose model.

    Example:
        >>> import numpy as np, vitruvian
        >>> picture = np.full((120, 160, 3), 40, np.uint8)
        >>> picture[30:90, 50:110] = 220, 60, 60
        >>> segmenter = vitruvian.InteractiveSegmenter()
        >>> segmenter.set_image(picture, people=vitruvian.People.none())
        >>> mask = segmenter.click(80, 60)
        >>> mask.values.shape, int(mask.category().sum())
        ((120, 160), 3600)
    """

    def __init__(self, model: str | os.PathLike[str] | None = None, *, pose: str = "full") -> None:
        self._recipe = Recipe(model=pose, masks=True)
        self._touch: TouchModel | None = None
        if model is not None:
            from vitruvian.segment.touch import TouchModel

            self._touch = TouchModel(Path(model))
        self._image: Image | None = None
        self._people = People.none()
        self._strokes: list[Stroke] = []

    @property
    def people(self) -> People:
        """The people in the picture, most prominent first; their masks do not overlap."""
        return self._people

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """What was pointed at since `set_image` or `clear`."""
        return tuple(self._strokes)

    def set_image(
        self,
        image: Image | Frame,
        *,
        people: People | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Take a new picture, find its people, and forget all strokes.

        Args:
            image: (H, W, 3) uint8 RGB, or a frame.
            people: Those in it, with landmarks and masks, where they are known already.
            progress: Told about downloads, as in `vitruvian.weights.obtain`.

        Raises:
            InputError: The picture is not (H, W, 3) uint8, or the masks are of another size.
            WeightsError: Weights cannot be had.
        """
        frame = image if isinstance(image, Frame) else Frame(image)
        if people is None:
            people = People.none() if self._touch else self._found(frame, progress)
        elif people.masks is not None and people.masks.shape[2:0:-1] != frame.size:
            raise InputError(f"the masks are {people.masks.shape}, the picture is {frame.size}")
        self._image, self._people, self._strokes = frame.image, people, []

    def click(self, x: float, y: float, *, include: bool = True) -> Mask:
        """Point at one pixel.

        Args:
            x: Pixels from the left.
            y: Pixels from the top.
            include: False to take away what is there.

        Raises:
            InputError: As for `segment`; the click is then forgotten.
        """
        return self.stroke([(x, y)], include=include)

    def stroke(self, points: ArrayLike, *, include: bool = True) -> Mask:
        """Draw along (n, 2) points.

        Raises:
            InputError: As for `segment`; the stroke is then forgotten.
        """
        return self._with(Stroke(points, "include" if include else "exclude"))

    def lasso(self, points: ArrayLike) -> Mask:
        """Draw a closed line round something, through (n, 2) points.

        Raises:
            InputError: As for `segment`; the lasso is then forgotten.
        """
        return self._with(Stroke(points, "lasso"))

    def clear(self) -> None:
        """Forget all strokes; the picture and its people stay."""
        self._strokes = []

    def undo(self) -> None:
        """Forget the last stroke; nothing happens where there is none."""
        self._strokes = self._strokes[:-1]

    def segment(self, strokes: Iterable[Stroke]) -> Mask:
        """The mask of all these strokes, in place of those before.

        Raises:
            InputError: There is no picture; a stroke is outside of it, or none says what is
                wanted; the model knows no such stroke.
        """
        strokes = list(strokes)
        if self._image is None:
            raise InputError("there is no picture yet; call set_image first")
        if all(stroke.kind == "exclude" for stroke in strokes):
            raise InputError("click on what is wanted first; then exclude what is too much")
        size = (self._image.shape[1], self._image.shape[0])
        for stroke in strokes:
            stroke.check(size)
        if self._touch is not None:
            values = self._touch(self._image, strokes)
        else:
            from vitruvian.segment.select import select

            values = select(self._image, self._people, strokes)
        self._strokes = strokes
        return Mask(values)

    def _with(self, stroke: Stroke) -> Mask:
        return self.segment([*self._strokes, stroke])

    def _found(self, frame: Frame, progress: Progress | None) -> People:
        pipeline = self._recipe.build(stills=True, progress=progress)
        return next(iter(pipeline.run([frame])))[1]
