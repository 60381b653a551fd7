"""Distances that count what is crossed: an edge of the picture is far to go over."""

from __future__ import annotations

import cv2
import numpy as np

from vitruvian.types import Floats, Image

__all__ = ["distance", "edge_cost"]

_FLAT = 0.3
_LIGHTNESS, _COLOUR = 0.5, 1.5
"""What a pixel costs that is like its neighbours, and how edges of either kind count: colour
changes at the border of a thing, lightness within it too."""
_SQRT2 = np.float32(2**0.5)


def edge_cost(image: Image) -> Floats:
    """What it costs to cross each pixel, from CIELAB gradients of the flattened picture.

    Args:
        image: (H, W, 3) RGB.
    """
    flat = cv2.pyrMeanShiftFiltering(image, 5, 16)
    lab = cv2.cvtColor(flat.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    across, down = (cv2.Sobel(lab, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    weights = np.array([_LIGHTNESS, _COLOUR, _COLOUR], np.float32)
    return np.asarray(_FLAT + np.sqrt((across**2 + down**2) @ weights), np.float32)


def distance(cost: Floats, start: Floats, *, sweeps: int = 2) -> Floats:
    """The cheapest way from any start, by raster sweeps (Toivanen, 1996).

    Args:
        cost: (H, W) of crossing a pixel.
        start: (H, W) distances to begin with; infinite where nothing starts.
        sweeps: How often to go over the picture from all four sides.
    """
    far = start.astype(np.float32)
    for _ in range(sweeps):
        for side in range(4):
            far = np.rot90(_down(np.rot90(far, side), np.rot90(cost, side)), -side)
    return np.ascontiguousarray(far)


def _down(far: Floats, cost: Floats) -> Floats:
    far = far.copy()
    for y in range(1, len(far)):
        above, half, half_above = far[y - 1], cost[y] / 2, cost[y - 1] / 2
        row = np.minimum(far[y], above + half + half_above)
        row[1:] = np.minimum(row[1:], above[:-1] + _SQRT2 * (half[1:] + half_above[:-1]))
        row[:-1] = np.minimum(row[:-1], above[1:] + _SQRT2 * (half[:-1] + half_above[1:]))
        far[y] = row
    return far
