"""The landmark model at work: many regions of one frame, on all cores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vitruvian.errors import InputError
from vitruvian.geometry import regions, warps
from vitruvian.landmark.blazepose import INPUT_SIZE, Reading, decode
from vitruvian.landmark.hiding import Cover, hide
from vitruvian.runtime import Session, Team
from vitruvian.types import Floats, Frame

__all__ = ["BodyReader"]

_OUTPUTS = {195: "landmarks", 1: "flag", 64 * 64 * 39: "heatmap", 117: "world", 256 * 256: "mask"}


class BodyReader:
    """Reads the landmarks in each of several regions of a frame.

    Args:
        model: A BlazePose landmark model, with or without its mask head.

    Raises:
        InputError: The file is not such a model.
    """

    def __init__(self, model: Path) -> None:
        self._team = Team(model, "landmark")
        shape = self._team.inputs[0][0] if len(self._team.inputs) == 1 else ()
        if shape != (1, INPUT_SIZE, INPUT_SIZE, 3):
            raise InputError(f"{model.name} takes {shape}; a pose landmark model takes 1x256x256x3")

    def read(
        self,
        frame: Frame,
        places: Floats,
        *,
        mirrored: bool = False,
        without: Sequence[Cover | None] | None = None,
    ) -> list[Reading]:
        """What the model says about each region.

        Args:
            frame: The picture.
            places: (N, 4) regions.
            mirrored: Whether the model is shown each crop as in a mirror.
            without: For each region, who is painted out before it is read.
        """
        tasks = [
            _Task(frame, place, mirrored, None if without is None else without[i])
            for i, place in enumerate(places)
        ]
        return self._team.each(_read, tasks)

    def rest(self) -> None:
        """Tell that this frame has no two regions; after some such frames memory is given back."""
        self._team.rest()

    def close(self) -> None:
        """Let the worker threads and their models go; they come back when they are needed."""
        self._team.close()


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    frame: Frame
    place: Floats
    mirrored: bool
    without: Cover | None


def _read(session: Session, task: _Task) -> Reading:
    matrix = regions.affine(task.place, INPUT_SIZE)
    crop = warps.crop(task.frame, matrix, (INPUT_SIZE, INPUT_SIZE), replicate=True)
    if task.without is not None:
        crop = hide(crop, task.without.moved(regions.inverse(matrix)))
    if task.mirrored:
        crop = np.ascontiguousarray(crop[:, ::-1])
    return _decode(session.run(crop[None]))


def _decode(outputs: Sequence[Floats]) -> Reading:
    """Tell the outputs apart by their size: files order them differently."""
    named = {_OUTPUTS[output.size]: output for output in outputs if output.size in _OUTPUTS}
    missing = [name for name in _OUTPUTS.values() if name not in named and name != "mask"]
    if missing:
        raise InputError(f"a pose landmark model gives {', '.join(missing)}; this one does not")
    return decode(
        named["landmarks"], named["flag"], named["heatmap"], named["world"], named.get("mask")
    )
