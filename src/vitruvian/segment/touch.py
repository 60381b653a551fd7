"""A model of the user's that is shown the clicks: MediaPipe's ``magic_touch.tflite``.

Its fourth input channel is black but for the strokes. Drawing, scaling and what becomes of the
output follow MediaPipe's InteractiveSegmenterGraph, SetAlphaCalculator, ImageToTensorCalculator
(stretched, not letterboxed) and TensorsToSegmentationCalculator.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np

from vitruvian.errors import InputError
from vitruvian.runtime import Session, open_session
from vitruvian.segment.stroke import Stroke
from vitruvian.types import Floats, Image
from vitruvian.weights.metadata import Metadata, read_metadata

__all__ = ["TouchModel", "activated", "focus", "normalized"]

_REFERENCE = 512
"""The side of the model's input by which MediaPipe chooses how thick a dot is."""


class TouchModel:
    """Runs a model that takes a picture with the strokes as its fourth channel.

    Args:
        path: A ``.tflite`` with one float input (1, h, w, 4) and a mask (1, h, w, 1 or 2) as its
            last output.
        threads: How many cores one run may use.

    Raises:
        InputError: The file is not such a model.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        if path.is_file() and zipfile.is_zipfile(path) and not _is_tflite(path):
            raise InputError(
                f"{path} is a bundle, whose strokes go into a model of their own kind; "
                "give magic_touch.tflite, or no model at all"
            )
        self._session: Session = open_session(path, threads=threads)
        inputs = self._session.inputs
        shape = inputs[0][0] if len(inputs) == 1 else ()
        if len(shape) != 4 or shape[0] != 1 or shape[3] != 4 or inputs[0][1] != np.float32:
            said = ", ".join("x".join(map(str, shape)) + f" {dtype}" for shape, dtype in inputs)
            raise InputError(
                f"{path.name} takes {said}; a model to click with takes 1xHxWx4 float32, "
                "the fourth channel for the click"
            )
        self._name = path.name
        self._size = (int(shape[2]), int(shape[1]))
        self._about = read_metadata(path)

    def __call__(self, image: Image, strokes: list[Stroke]) -> Floats:
        """The mask of what the including strokes are on: (H, W) 0..1.

        Args:
            image: (H, W, 3) RGB.
            strokes: The model knows strokes that include; of a lasso it is shown the line.

        Raises:
            InputError: A stroke excludes, or the model's output is no mask.
        """
        if any(stroke.kind == "exclude" for stroke in strokes):
            raise InputError(
                f"{self._name} knows no strokes that exclude; leave them out, or use no model"
            )
        alpha = focus(strokes, (image.shape[1], image.shape[0]))
        tensor = self._tensor(np.dstack([image, alpha]))
        output = np.asarray(self._session.run(tensor)[-1], np.float32)
        if output.ndim != 4 or output.shape[3] not in (1, 2):
            raise InputError(
                f"{self._name} gives {output.shape}; expected a mask 1xHxWx1 or 1xHxWx2"
            )
        mask = activated(output[0], self._about.activation)
        large = cv2.resize(mask, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return np.clip(np.asarray(large, np.float32), 0, 1)

    def _tensor(self, rgba: Image) -> Floats:
        height, width = rgba.shape[:2]
        wide, high = self._size
        matrix = np.array([[width / wide, 0, 0], [0, height / high, 0]], np.float32)
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        pixels = cv2.warpAffine(rgba, matrix, self._size, flags=how).astype(np.float32)
        return np.ascontiguousarray(normalized(pixels, self._about)[None], np.float32)


def focus(strokes: list[Stroke], size: tuple[int, int]) -> Image:
    """The fourth channel: 255 under a dot at each point, 0 elsewhere.

    A dot's radius is the picture's longer side as a multiple of the model's 512 pixels, at least
    one pixel (RegionOfInterestToRenderDataCalculator, AnnotationOverlayCalculator).

    Args:
        strokes: Every point becomes a dot; those of a stroke of more are joined.
        size: Width and height of the picture.
    """
    canvas = np.zeros(size[::-1], np.uint8)
    radius = max(1, round(max(1.0, max(size) / _REFERENCE)))
    for stroke in strokes:
        points = np.floor(stroke.points).astype(np.int32)
        if stroke.kind == "lasso":
            points = np.concatenate([points, points[:1]])
        for point in points.tolist():
            cv2.circle(canvas, point, radius, 255, -1)
        if len(points) > 1:
            cv2.polylines(canvas, [points], False, 255, 2 * radius + 1)
    return canvas


def activated(output: Floats, activation: str | None) -> Floats:
    """The share of the foreground (TensorsToSegmentationCalculator).

    Args:
        output: (h, w, 1), or (h, w, 2) with the foreground second.
        activation: ``"none"``, ``"sigmoid"`` or ``"softmax"``. None for a model that does not
            say: values beyond 0..1 are taken for logits.
    """
    if activation is None:
        logits = output.min() < 0 or output.max() > 1
        activation = ("sigmoid" if output.shape[2] == 1 else "softmax") if logits else "none"
    if activation == "softmax" and output.shape[2] == 2:
        output, activation = output[..., 1:] - output[..., :1], "sigmoid"
    last = output[..., -1]
    if activation == "sigmoid":
        # The same as 1 / (1 + e^-x), and it does not overflow.
        last = 0.5 + 0.5 * np.tanh(0.5 * last)
    return np.asarray(last, np.float32)


def normalized(pixels: Floats, about: Metadata) -> Floats:
    """Pixels 0..255 as the model wants them; 0..1 where it does not say."""
    mean = np.zeros(1, np.float32) if about.mean is None else about.mean
    std = np.full(1, 255, np.float32) if about.std is None else about.std
    if mean.size not in (1, 4) or std.size not in (1, 4):
        # Three numbers are for the picture; the click is 0 or 1.
        mean, std = np.append(mean[:3], np.float32(0)), np.append(std[:3], np.float32(255))
    return np.asarray((pixels - mean) / std, np.float32)


def _is_tflite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8)[4:] == b"TFL3"
