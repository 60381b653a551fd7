"""MoveNet's 17 keypoints of somebody whose place is known: a second opinion beside BlazePose's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vitruvian.errors import InputError
from vitruvian.geometry import regions, warps
from vitruvian.runtime import open_session
from vitruvian.types import Floats, Frame

__all__ = ["KeypointReader"]

_ROOM = 2.0
"""How many times the box the view is wide: a box may have missed a leg that the view shows."""


class KeypointReader:
    """Reads 17 keypoints with MoveNet Thunder or Lightning.

    Args:
        model: The converted model.
        threads: How many cores one look may use.

    Raises:
        InputError: The file is not such a model.
    """

    def __init__(self, model: Path, *, threads: int = 2) -> None:
        self._session = open_session(model, threads=threads)
        shape, dtype = self._session.inputs[0]
        if len(shape) != 4 or shape[3] != 3 or dtype != np.uint8:
            raise InputError(f"{model.name} takes {shape}; MoveNet takes (1, size, size, 3) uint8")
        self._size = shape[1]

    def read(self, frame: Frame, box: Floats | None = None, *, room: float = _ROOM) -> Floats:
        """(17, 3) x, y in pixels and the score of each keypoint.

        Args:
            frame: The picture.
            box: (4,) where the person is; None for anywhere in the picture.
            room: How many times the box what is looked at is wide.
        """
        return self.look(frame, _view(frame.size, box, room))

    def look(self, frame: Frame, region: Floats) -> Floats:
        """(17, 3) the same, read in a region of the picture, turned as that is.

        Args:
            frame: The picture.
            region: (4,) centre x, centre y, side, angle.
        """
        matrix = regions.affine(region, self._size)
        crop = warps.crop(frame, matrix, (self._size, self._size), smooth=True)
        (output,) = self._session.run(np.rint(crop * 255).astype(np.uint8)[None])
        points = output[0, 0]
        xy = regions.apply(matrix, points[:, 1::-1] * np.float32(self._size))
        return np.concatenate([xy, points[:, 2:]], 1)


def _view(size: tuple[int, int], box: Floats | None, room: float) -> Floats:
    """The square that is looked at, as a region: no larger than the whole picture."""
    width, height = size
    if box is None or not np.isfinite(box).all():
        return np.array([width / 2, height / 2, max(size), 0], np.float32)
    x0, y0, x1, y1 = box.tolist()
    side = min(room * max(x1 - x0, y1 - y0, 8.0), max(size))
    centre = [
        low if (high := limit - side / 2) < (low := side / 2) else min(max(middle, low), high)
        for middle, limit in (((x0 + x1) / 2, width), ((y0 + y1) / 2, height))
    ]
    # Where the picture is narrower than the view, it lies in the middle of it.
    for axis, limit in enumerate(size):
        if limit < side:
            centre[axis] = limit / 2
    return np.array([*centre, side, 0], np.float32)
