"""What the user points at: clicks, strokes and lassos, in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import ArrayLike

from vitruvian.errors import InputError, UnknownNameError
from vitruvian.types import Bools, Floats, Image

__all__ = ["Kind", "Stroke", "drawn", "inside"]

Kind = Literal["include", "exclude", "lasso"]

_BRUSH = 0.006
"""How thick a stroke is, in lengths of the picture's longer side."""
_FEWEST = {"include": 1, "exclude": 1, "lasso": 3}


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A click (one point), a stroke along several, or a lasso round something.

    Args:
        points: (n, 2) pixels of the picture.
        kind: ``"include"`` for what belongs to the mask, ``"exclude"`` for what does not,
            ``"lasso"`` for a closed line round what is wanted.

    Raises:
        InputError: The points are not (n, 2) finite numbers, or too few for a lasso.
        UnknownNameError: The kind is none of the three.

    Example:
        >>> from vitruvian import Stroke
        >>> Stroke([(320, 240)]).points.shape
        (1, 2)
    """

    points: Floats
    kind: Kind = "include"

    def __init__(self, points: ArrayLike, kind: Kind = "include") -> None:
        if kind not in get_args(Kind):
            raise UnknownNameError("kind of stroke", str(kind), get_args(Kind))
        try:
            xy = np.array(points, np.float32)
        except (TypeError, ValueError) as error:
            raise InputError(f"a stroke needs points x, y in pixels: {error}") from error
        if xy.ndim != 2 or xy.shape[1:] != (2,) or not np.isfinite(xy).all():
            raise InputError(f"a stroke needs (n, 2) finite points, not {xy.shape}")
        if len(xy) < _FEWEST[kind]:
            wanted = "three points or more" if kind == "lasso" else "a point"
            raise InputError(f"a stroke of kind {kind} needs {wanted}, not {len(xy)}")
        object.__setattr__(self, "points", xy)
        object.__setattr__(self, "kind", kind)

    def check(self, size: tuple[int, int]) -> None:
        """Compare with a picture.

        Raises:
            InputError: A point is outside of the picture; a lasso may reach out.
        """
        width, height = size
        x, y = self.points.T
        outside = (x < 0) | (y < 0) | (x >= width) | (y >= height)
        if self.kind != "lasso" and outside.any():
            x0, y0 = self.points[outside][0].tolist()
            raise InputError(
                f"{x0:g},{y0:g} is outside of the picture; it is {width} x {height}, "
                f"so x is 0 to {width - 1} and y is 0 to {height - 1}"
            )


def drawn(strokes: list[Stroke], kind: Kind, size: tuple[int, int]) -> Bools:
    """(H, W) the pixels under the strokes of one kind; round brush, lassos closed.

    Args:
        strokes: Clicks and strokes.
        kind: Those to draw.
        size: Width and height of the picture.
    """
    canvas = np.zeros(size[::-1], np.uint8)
    brush = max(3, round(2 * _BRUSH * max(size)))
    for stroke in strokes:
        if stroke.kind == kind:
            _line(canvas, stroke.points, brush, closed=kind == "lasso")
    return np.asarray(canvas > 0, np.bool_)


def inside(strokes: list[Stroke], size: tuple[int, int]) -> Bools | None:
    """(H, W) the pixels inside of any lasso; None where there is no lasso."""
    lassos = [np.rint(s.points).astype(np.int32) for s in strokes if s.kind == "lasso"]
    if not lassos:
        return None
    canvas = np.zeros(size[::-1], np.uint8)
    for lasso in lassos:
        cv2.fillPoly(canvas, [np.clip(lasso, -30_000, 30_000)], 1)
    return np.asarray(canvas > 0, np.bool_)


def _line(canvas: Image, points: Floats, brush: int, *, closed: bool) -> None:
    path = np.rint(points).astype(np.int32)
    if len(path) == 1:
        cv2.circle(canvas, path[0].tolist(), brush // 2, 1, -1)
    else:
        cv2.polylines(canvas, [path], closed, 1, brush)
