"""The landmark models given the true region: what is left to gain by finding people better."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.found import pictures
from vitruvian.geometry.regions import from_landmarks
from vitruvian.landmark.blazepose import project
from vitruvian.landmark.reader import BodyReader
from vitruvian.types import Floats, Frame
from vitruvian.weights import obtain


def bodies(
    paths: Sequence[Path],
    model: str,
    joints: NDArray[np.float64],
    shoulders: tuple[int, int],
    hips: tuple[int, int],
) -> list[Floats]:
    """(1, 33, 2) landmarks per picture, read once in the region that the true joints give.

    Args:
        paths: The pictures.
        model: lite, full or heavy.
        joints: (N, K, 2) the truth.
        shoulders: Which of the K they are.
        hips: The same.
    """
    reader = BodyReader(obtain(f"blazepose-{model}-nomask"))
    regions = from_landmarks(joints.astype(np.float32), shoulders, hips)
    landmarks = []
    for image, region in zip(pictures(paths), regions, strict=True):
        body, _ = project(reader.read(Frame(image), region[None])[0], region)
        landmarks.append(body.xy[None])
    reader.close()
    return landmarks
