"""What the solutions have in common: RGB arrays in, 30 of them a second, and an end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.closable import Closable
from vitruvian.compat.mediapipe.framework.formats import landmark_pb2
from vitruvian.types import Image, Landmarks

__all__ = ["Solution", "metres", "shares"]

_INTERVAL = 0.033333
"""Seconds from one picture to the next; the caller never says."""


class Solution(Closable):
    """Reads RGB arrays one after the other; use it in ``with``, or close it."""

    def __init__(self) -> None:
        self._time = 0.0
        self._open = True

    def _next(self, image: NDArray[Any]) -> tuple[Image, float]:
        """The picture, checked, and its time."""
        if not self._open:
            raise ValueError("_graph is None in SolutionBase")
        if image.ndim != 3 or image.shape[2] != 3:
            raise ValueError("Input image must contain three channel rgb data.")
        if image.dtype != np.uint8:
            raise ValueError(f"Input image must be uint8, not {image.dtype}.")
        self._time += _INTERVAL
        return np.ascontiguousarray(image), self._time

    def close(self) -> None:
        """End it.

        Raises:
            ValueError: It has been closed before.
        """
        if not self._open:
            raise ValueError("Closing SolutionBase._graph which is already None")
        self._open = False


def shares(
    landmarks: Landmarks, size: tuple[int, int], *, visibility: bool
) -> landmark_pb2.NormalizedLandmarkList:
    """One body's or hand's landmarks (no leading axes) in shares of the picture."""
    width, height = size
    rows = np.stack([landmarks.xy[:, 0] / width, landmarks.xy[:, 1] / height], 1)
    rows = np.concatenate([rows, landmarks.z[:, None] / width], 1)
    points = [
        landmark_pb2.NormalizedLandmark(x=x, y=y, z=z, visibility=seen)
        for (x, y, z), seen in zip(rows.tolist(), _seen(landmarks, visibility), strict=True)
    ]
    return landmark_pb2.NormalizedLandmarkList(landmark=points)


def metres(landmarks: Landmarks, *, visibility: bool) -> landmark_pb2.LandmarkList:
    """One body's or hand's landmarks (no leading axes) in metres."""
    world = np.full((len(landmarks.z), 3), np.nan) if landmarks.world is None else landmarks.world
    points = [
        landmark_pb2.Landmark(x=x, y=y, z=z, visibility=seen)
        for (x, y, z), seen in zip(world.tolist(), _seen(landmarks, visibility), strict=True)
    ]
    return landmark_pb2.LandmarkList(landmark=points)


def _seen(landmarks: Landmarks, wanted: bool) -> list[float | None]:
    return [*landmarks.visibility.tolist()] if wanted else [None] * len(landmarks.z)
