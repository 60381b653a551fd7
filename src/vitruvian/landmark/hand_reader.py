"""The hand model at work: the hands of one frame, on all cores."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vitruvian.errors import InputError
from vitruvian.geometry import regions, warps
from vitruvian.landmark.hand import INPUT_SIZE, HandReading, decode
from vitruvian.runtime import Session, Team
from vitruvian.types import Floats, Frame

__all__ = ["HandReader"]

_POINTS = 63


class HandReader:
    """Reads the landmarks in each of several regions of a frame.

    Args:
        model: A MediaPipe hand landmark model, lite or full.

    Raises:
        InputError: The file is not such a model.
    """

    def __init__(self, model: Path) -> None:
        self._team = Team(model, "hand")
        shape = self._team.inputs[0][0] if len(self._team.inputs) == 1 else ()
        if shape != (1, INPUT_SIZE, INPUT_SIZE, 3):
            raise InputError(f"{model.name} takes {shape}; a hand landmark model takes 1x224x224x3")

    def read(self, frame: Frame, places: Floats) -> list[HandReading]:
        """What the model says about each of (N, 4) regions."""

        def read_one(session: Session, place: Floats) -> HandReading:
            return _read(session, frame, place)

        return self._team.each(read_one, list(places))

    def close(self) -> None:
        """Let the worker threads and their models go; they come back when they are needed."""
        self._team.close()


def _read(session: Session, frame: Frame, place: Floats) -> HandReading:
    size = (INPUT_SIZE, INPUT_SIZE)
    crop = warps.crop(frame, regions.affine(place, INPUT_SIZE), size, replicate=True)
    outputs = session.run(crop[None])
    # Landmarks, presence, handedness and world lie in this order in every published file.
    if [output.size for output in outputs] != [_POINTS, 1, 1, _POINTS]:
        sizes = ", ".join(str(output.size) for output in outputs)
        raise InputError(f"a hand landmark model gives 63, 1, 1 and 63 numbers, not {sizes}")
    landmarks, flag, handedness, world = (np.asarray(output, np.float32) for output in outputs)
    return decode(landmarks, flag, handedness, world)
