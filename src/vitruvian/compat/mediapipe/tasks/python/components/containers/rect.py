"""Rectangles."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NormalizedRect", "Rect", "RectF"]


@dataclass
class Rect:
    """A rectangle in pixels.

    Args:
        left: Its left edge.
        top: Its upper edge.
        bottom: Its lower edge.
        right: Its right edge.
    """

    left: int
    top: int
    bottom: int
    right: int


@dataclass
class RectF:
    """A region of interest, in shares of the picture.

    Args:
        left: Its left edge.
        top: Its upper edge.
        bottom: Its lower edge.
        right: Its right edge.
    """

    left: float
    top: float
    bottom: float
    right: float


@dataclass
class NormalizedRect:
    """A turned rectangle, in shares of the picture.

    Args:
        x_center: Of its centre.
        y_center: Of its centre.
        width: Across, before it is turned.
        height: Down, before it is turned.
        rotation: Clockwise, in radians.
        rect_id: Which one it is, if that is known.
    """

    x_center: float
    y_center: float
    width: float
    height: float
    rotation: float | None = 0.0
    rect_id: int | None = None
