"""A box in pixels."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BoundingBox"]


@dataclass
class BoundingBox:
    """A box in pixels.

    Args:
        origin_x: Its left edge.
        origin_y: Its upper edge.
        width: Across.
        height: Down.
    """

    origin_x: int
    origin_y: int
    width: int
    height: int
