"""The fixed grid of places that a single-shot detector speaks about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitruvian.types import Floats

__all__ = ["grid"]


def grid(size: int, layers: Sequence[tuple[int, int]]) -> Floats:
    """Anchor centres in 0..1, row by row, then the anchors of a cell.

    Follows MediaPipe's SsdAnchorsCalculator with fixed anchor size, where every layer adds two
    anchors a cell and layers of equal stride share their cells.

    Args:
        size: Width and height of the detector's input.
        layers: (stride, anchors per cell) in the order of the outputs.

    Returns:
        (A, 2) x, y.

    Example:
        >>> grid(224, [(8, 2), (16, 2), (32, 6)]).shape
        (2254, 2)
    """
    parts = []
    for stride, per_cell in layers:
        cells = -(-size // stride)
        y, x = np.divmod(np.arange(cells * cells), cells)
        centre = (np.stack([x, y], -1) + 0.5) / cells
        parts.append(np.repeat(centre, per_cell, axis=0))
    return np.concatenate(parts).astype(np.float32)
