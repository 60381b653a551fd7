"""How a film's decoded pictures lie on the screen, and the `Frame` made of each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from vitruvian.source.alpha import on_white
from vitruvian.source.planes import Painter, decoded_planes, fit, is_full, resize
from vitruvian.source.turn import UPRIGHT, Turn, turn_of_matrix
from vitruvian.types import Frame, Image

if TYPE_CHECKING:
    import av

__all__ = ["Layout"]


class Layout:
    """Turns every decoded picture of a film into an upright `Frame` of one size.

    The turn is the display matrix of the film's first picture; pixels are made square; later
    pictures of another size are scaled to the first one's.

    Args:
        first: The film's first picture.
        aspect: Width of a stored pixel by its height.
        size: Upright width and height to scale to; by default as displayed.
    """

    def __init__(
        self, first: av.VideoFrame, aspect: float = 1.0, size: tuple[int, int] | None = None
    ) -> None:
        self._turn = _turn_of(first)
        displayed = displayed_size(first.width, first.height, aspect)
        self._stored = displayed if size is None else self._turn.size(*size)
        self.size = self._turn.size(*self._stored)
        self._painters: dict[tuple[int, bool], Painter] = {}

    def frame(self, picture: av.VideoFrame, index: int, time: float) -> Frame:
        """The frame of one picture; 8-bit 4:2:0 and 4:4:4 are not copied unless they are turned.

        Other layouts of luma and chroma (more bits, 4:2:2, grey) become 4:2:0; RGB stays RGB and
        has no planes; what has alpha is laid on white.
        """
        if any(part.is_alpha for part in picture.format.components) or picture.format.has_palette:
            return Frame(self._upright(on_white(_array(picture, "rgba"))), index=index, time=time)
        if picture.format.is_rgb:
            return Frame(self._upright(_array(picture, "rgb24")), index=index, time=time)
        full = is_full(picture)
        planes = fit(decoded_planes(picture), self._stored, self._turn)
        painter = self._painter(picture.colorspace, full=full)
        return Frame(index=index, time=time, planes=planes, render=lambda: painter(planes))

    def _upright(self, image: Image) -> Image:
        return self._turn(resize(image, self._stored))

    def _painter(self, colorspace: int, *, full: bool) -> Painter:
        key = (colorspace, full)
        if key not in self._painters:
            self._painters[key] = Painter(colorspace, full=full)
        return self._painters[key]


def displayed_size(width: int, height: int, aspect: float) -> tuple[int, int]:
    """Width and height with square pixels: one side is stretched, none is squeezed.

    Args:
        width: Stored columns.
        height: Stored rows.
        aspect: Width of a stored pixel by its height; beyond 16:1 it is taken for an error.

    Example:
        >>> displayed_size(720, 576, 64 / 45)
        (1024, 576)
    """
    if not math.isfinite(aspect) or not 1 / 16 <= aspect <= 16:
        return width, height
    if aspect >= 1:
        return round(width * aspect), height
    return width, round(height / aspect)


def _array(picture: av.VideoFrame, layout: str) -> Image:
    return np.ascontiguousarray(picture.to_ndarray(format=layout), np.uint8)


def _turn_of(picture: av.VideoFrame) -> Turn:
    # Side data and their picture hold each other until the garbage collector comes by: ask a
    # tiny copy, which has the same side data.
    everything: Any = picture.reformat(width=16, height=16, format="yuv420p").side_data
    for data in everything:
        if data.type.name == "DISPLAYMATRIX":
            return turn_of_matrix(bytes(data))
    return UPRIGHT
