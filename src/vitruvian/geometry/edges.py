"""Whether somebody may be coming in: something moves at a picture's left or right edge."""

from __future__ import annotations

from collections import deque

import numpy as np

from vitruvian.types import Bools, Floats, Frame, Image

__all__ = ["Edges"]

_AGO = 0.08
"""Seconds between the two pictures that are compared: somebody who walks moves a cell's width."""
_COLUMNS = 2
_CHANGE = 12
"""Levels of 255 by which a cell must change; noise and leaves do half as much."""
_CELLS = 2


class Edges:
    """Tells, frame after frame, whether something moves at an edge where nobody known is."""

    def __init__(self) -> None:
        self._before: deque[tuple[float, Image]] = deque()

    def __call__(self, frame: Frame, boxes: Floats) -> bool:
        """Whether something moves there.

        Args:
            frame: The next frame of a film.
            boxes: (N, 4) where the people are who are known.
        """
        small = frame.miniature
        self._before.append((frame.time, small))
        while len(self._before) > 1 and frame.time - self._before[1][0] >= _AGO:
            self._before.popleft()
        time, before = self._before[0]
        if frame.time - time < _AGO:
            return False
        changed = np.abs(small.astype(np.int16) - before) > _CHANGE
        changed[:, _COLUMNS:-_COLUMNS] = False
        if changed.sum() < _CELLS:
            return False
        changed &= ~_covered(boxes, frame.size, changed.shape)
        return int(changed.sum()) >= _CELLS


def _covered(boxes: Floats, size: tuple[int, int], shape: tuple[int, int]) -> Bools:
    """Which cells people are in, or stand next to."""
    high, wide = shape
    cell = np.array([size[0] / wide, size[1] / high], np.float32)
    x0, y0, x1, y1 = (boxes / np.tile(cell, 2))[:, None].T
    x, y = np.arange(wide)[:, None], np.arange(high)[:, None]
    across = (x >= x0 - 2) & (x <= x1 + 1)
    down = (y >= y0 - 2) & (y <= y1 + 1)
    return np.asarray((down[:, None] & across[None]).any(-1), np.bool_)
