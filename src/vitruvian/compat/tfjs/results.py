"""What the detectors of tfjs-models give: poses and hands as their users know them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vitruvian.types import Floats, Image

__all__ = ["BoundingBox", "Hand", "Keypoint", "Mask", "Pose", "Segmentation"]


@dataclass(slots=True)
class Keypoint:
    """A point and how sure it is.

    Args:
        x: Pixels of the picture; metres in ``keypoints_3d``.
        y: Likewise.
        z: Depth; smaller is nearer. None where the model gives none.
        score: 0..1.
        name: Such as ``"left_wrist"``.
    """

    x: float
    y: float
    z: float | None = None
    score: float | None = None
    name: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The object of the JavaScript interface; what is not known is left out."""
        return _known(x=self.x, y=self.y, z=self.z, score=self.score, name=self.name)


@dataclass(slots=True)
class BoundingBox:
    """A box round a person, in 0..1 of the picture."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.x_max - self.x_min

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.y_max - self.y_min

    def to_json(self) -> dict[str, Any]:
        """The object of the JavaScript interface."""
        return _known(
            yMin=self.y_min,
            xMin=self.x_min,
            yMax=self.y_max,
            xMax=self.x_max,
            width=self.width,
            height=self.height,
        )


class Mask:
    """A person's outline.

    Args:
        values: (H, W) 0..1, how likely a pixel shows the person.
    """

    __slots__ = ("values",)

    def __init__(self, values: Floats) -> None:
        self.values = values

    def to_image_data(self) -> Image:
        """(H, W, 4) RGBA: red and alpha are the likelihood in 0..255, the rest is 0."""
        level = np.rint(np.clip(self.values, 0, 1) * 255).astype(np.uint8)
        empty = np.zeros_like(level)
        return np.stack([level, empty, empty, level], axis=-1)

    def to_tensor(self) -> Image:
        """As `to_image_data`."""
        return self.to_image_data()

    def get_underlying_type(self) -> str:
        """``"tensor"``."""
        return "tensor"


@dataclass(slots=True)
class Segmentation:
    """A mask and the name of what it shows."""

    mask: Mask
    mask_value_to_label: Callable[[int], str]


@dataclass(slots=True)
class Pose:
    """A person.

    Args:
        keypoints: In pixels of the picture.
        score: 0..1, how sure it is that there is a person.
        keypoints_3d: In metres, origin at the midpoint of the hips; BlazePose only.
        box: In 0..1 of the picture.
        id: The person's number, from 1; where people are tracked.
        segmentation: The outline, where asked for.
    """

    keypoints: list[Keypoint]
    score: float | None = None
    keypoints_3d: list[Keypoint] | None = None
    box: BoundingBox | None = None
    id: int | None = None
    segmentation: Segmentation | None = None

    def to_json(self) -> dict[str, Any]:
        """The object of the JavaScript interface, ready for `json.dumps`.

        A mask has no place in JSON, and is left out.
        """
        three = self.keypoints_3d
        return _known(
            keypoints=[point.to_json() for point in self.keypoints],
            score=self.score,
            keypoints3D=None if three is None else [point.to_json() for point in three],
            box=None if self.box is None else self.box.to_json(),
            id=self.id,
        )


@dataclass(slots=True)
class Hand:
    """A hand.

    Args:
        keypoints: 21 points in pixels of the picture.
        handedness: ``"Left"`` or ``"Right"``, as in a picture from a selfie camera.
        score: 0..1, how sure the handedness is.
        keypoints_3d: 21 points in metres.
    """

    keypoints: list[Keypoint]
    handedness: str
    score: float
    keypoints_3d: list[Keypoint] | None = None

    def to_json(self) -> dict[str, Any]:
        """The object of the JavaScript interface, ready for `json.dumps`."""
        three = self.keypoints_3d
        return _known(
            keypoints=[point.to_json() for point in self.keypoints],
            keypoints3D=None if three is None else [point.to_json() for point in three],
            handedness=self.handedness,
            score=self.score,
        )


def _known(**fields: Any) -> dict[str, Any]:
    """Without what is None or no number, which JSON does not have."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and not (isinstance(value, float) and not math.isfinite(value))
    }
