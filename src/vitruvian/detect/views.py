"""Views: which parts of a frame a detector looks at, how large, and which way up.

A view is a (2, 3) affine map from the detector's input to the frame; rotation, scale and tile
are all in it, so a detector never knows which of them it is given.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vitruvian.geometry import warps
from vitruvian.types import Floats

__all__ = ["tiles", "turned", "whole"]


def whole(size: tuple[int, int], input_size: int) -> Floats:
    """The whole frame of ``size`` (width, height), centred in a square input."""
    return warps.letterbox(size, (input_size, input_size))


def turned(view: Floats, input_size: int, quarters: int) -> Floats:
    """The same part of the frame, turned clockwise by a number of quarter turns."""
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    half = input_size / 2
    turn = np.array(
        [[cos, -sin, half - half * (cos - sin)], [sin, cos, half - half * (sin + cos)]], np.float32
    )
    return np.concatenate(
        [view[:, :2] @ turn[:, :2], (view[:, :2] @ turn[:, 2] + view[:, 2])[:, None]], 1
    ).astype(np.float32)


def tiles(
    size: tuple[int, int], input_size: int, side: float, *, overlap: float = 0.25, most: int = 40
) -> Iterator[Floats]:
    """Squares that cover the frame, so that small people become large enough.

    Args:
        size: Width and height of the frame.
        input_size: Width and height of the detector's input.
        side: Width and height of a tile in pixels of the frame; tiles grow where there would
            be more than ``most``.
        overlap: The share of a tile that it has in common with the next one.
        most: How many tiles at the most.
    """
    while True:
        columns, rows = (_starts(length, side, overlap) for length in size)
        if len(columns) * len(rows) <= most:
            break
        side *= 1.15
    scale = side / input_size
    for y in rows:
        for x in columns:
            yield np.array([[scale, 0, x], [0, scale, y]], np.float32)


def _starts(length: float, side: float, overlap: float) -> list[float]:
    if length <= side:
        return [(length - side) / 2]
    count = int(np.ceil((length - side) / (side * (1 - overlap)))) + 1
    return [float(start) for start in np.linspace(0, length - side, count)]
