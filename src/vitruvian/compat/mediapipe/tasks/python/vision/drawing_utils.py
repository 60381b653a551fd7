"""Landmarks, detections and axes drawn on a BGR picture, in place.

Landmarks and connections are taken as the Tasks give them (lists, objects with ``start`` and
``end``) and as the solutions did (messages, pairs).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.compat.mediapipe.tasks.python.components.containers.detections import Detection
from vitruvian.errors import MissingExtraError

__all__ = [
    "BLACK_COLOR",
    "BLUE_COLOR",
    "GREEN_COLOR",
    "RED_COLOR",
    "WHITE_COLOR",
    "DrawingSpec",
    "draw_axis",
    "draw_detection",
    "draw_landmarks",
    "plot_landmarks",
]

WHITE_COLOR = (224, 224, 224)
BLACK_COLOR = (0, 0, 0)
RED_COLOR = (0, 0, 255)
GREEN_COLOR = (0, 128, 0)
BLUE_COLOR = (255, 0, 0)

_LEAST = 0.5
"""Landmarks less visible or less present than this are not drawn."""


@dataclass
class DrawingSpec:
    """How something is drawn.

    Args:
        color: Blue, green, red, 0..255.
        thickness: Of lines, in pixels; -1 fills a dot.
        circle_radius: Of dots, in pixels.
    """

    color: tuple[int, int, int] = WHITE_COLOR
    thickness: int = 2
    circle_radius: int = 2


_POINTS = DrawingSpec(color=RED_COLOR)
_LINES = DrawingSpec()


def draw_landmarks(
    image: NDArray[Any],
    landmark_list: Any,
    connections: Iterable[Any] | None = None,
    landmark_drawing_spec: DrawingSpec | Mapping[int, DrawingSpec] | None = _POINTS,
    connection_drawing_spec: DrawingSpec | Mapping[tuple[int, int], DrawingSpec] | None = _LINES,
    is_drawing_landmarks: bool = True,
) -> None:
    """Draw landmarks and the lines between them.

    Args:
        image: (H, W, 3) BGR.
        landmark_list: Normalised landmarks.
        connections: Which landmarks are joined.
        landmark_drawing_spec: How dots are drawn, all alike or each by its index; None for none.
        connection_drawing_spec: How lines are drawn, all alike or each by its ends; None for none.
        is_drawing_landmarks: Whether there are dots.

    Raises:
        ValueError: The picture has no three channels, or a connection names no landmark.
    """
    if not landmark_list:
        return
    _check(image)
    landmarks = getattr(landmark_list, "landmark", landmark_list)
    height, width = image.shape[:2]
    places: dict[int, tuple[int, int]] = {}
    for i, landmark in enumerate(landmarks):
        place = (
            _normalized_to_pixel_coordinates(landmark.x, landmark.y, width, height)
            if _visible(landmark)
            else None
        )
        if place is not None:
            places[i] = place
    for start, end in _pairs(connections, len(landmarks)):
        if start in places and end in places and connection_drawing_spec:
            spec = _spec(connection_drawing_spec, (start, end))
            cv2.line(image, places[start], places[end], spec.color, spec.thickness)
    if is_drawing_landmarks and landmark_drawing_spec:
        for i, place in places.items():
            spec = _spec(landmark_drawing_spec, i)
            rim = max(spec.circle_radius + 1, int(spec.circle_radius * 1.2))
            cv2.circle(image, place, rim, WHITE_COLOR, spec.thickness)
            cv2.circle(image, place, spec.circle_radius, spec.color, spec.thickness)


def draw_detection(
    image: NDArray[Any],
    detection: Detection,
    keypoint_drawing_spec: DrawingSpec = _POINTS,
    bbox_drawing_spec: DrawingSpec = _LINES,
) -> None:
    """Draw a box and its keypoints.

    Args:
        image: (H, W, 3) BGR.
        detection: What was found.
        keypoint_drawing_spec: How its keypoints are drawn.
        bbox_drawing_spec: How its box is drawn.

    Raises:
        ValueError: The picture has no three channels.
    """
    _check(image)
    height, width = image.shape[:2]
    for point in detection.keypoints or []:
        place = _normalized_to_pixel_coordinates(point.x, point.y, width, height)
        if place is not None:
            spec = keypoint_drawing_spec
            cv2.circle(image, place, spec.circle_radius, spec.color, spec.thickness)
    box, spec = detection.bounding_box, bbox_drawing_spec
    far = (box.origin_x + box.width, box.origin_y + box.height)
    cv2.rectangle(image, (box.origin_x, box.origin_y), far, spec.color, spec.thickness)


def draw_axis(
    image: NDArray[Any],
    rotation: NDArray[Any],
    translation: NDArray[Any],
    focal_length: tuple[float, float] = (1.0, 1.0),
    principal_point: tuple[float, float] = (0.0, 0.0),
    axis_length: float = 0.1,
    axis_drawing_spec: DrawingSpec = _LINES,
) -> None:
    """Draw the axes of an object: x red, y green, z blue.

    Args:
        image: (H, W, 3) BGR.
        rotation: (3, 3) from the object to the camera.
        translation: (3,) from the object to the camera.
        focal_length: In half pictures, across and down.
        principal_point: In half pictures from the middle, to the right and up.
        axis_length: In the units of the translation.
        axis_drawing_spec: How thick the lines are.

    Raises:
        ValueError: The picture has no three channels.
    """
    _check(image)
    height, width = image.shape[:2]
    ends = axis_length * np.vstack([np.zeros(3), np.eye(3)]) @ np.asarray(rotation).T + translation
    depth = ends[:, 2] + 1e-5
    across = np.clip(-focal_length[0] * ends[:, 0] / depth + principal_point[0], -1, 1)
    up = np.clip(-focal_length[1] * ends[:, 1] / depth + principal_point[1], -1, 1)
    xs = ((1 + across) / 2 * width).astype(int).tolist()
    ys = ((1 - up) / 2 * height).astype(int).tolist()
    origin, *tips = zip(xs, ys, strict=True)
    for tip, color in zip(tips, (RED_COLOR, GREEN_COLOR, BLUE_COLOR), strict=True):
        cv2.arrowedLine(image, origin, tip, color, axis_drawing_spec.thickness)


def plot_landmarks(
    landmark_list: Any,
    connections: Iterable[Any] | None = None,
    landmark_drawing_spec: DrawingSpec = DrawingSpec(color=RED_COLOR, thickness=5),  # noqa: B008
    connection_drawing_spec: DrawingSpec = DrawingSpec(color=BLACK_COLOR, thickness=5),  # noqa: B008
    elevation: int = 10,
    azimuth: int = 10,
) -> None:
    """Show landmarks in three dimensions with Matplotlib, and wait until the window is closed.

    Args:
        landmark_list: Landmarks, normalised or in metres.
        connections: Which landmarks are joined.
        landmark_drawing_spec: Colour and size of the dots.
        connection_drawing_spec: Colour and width of the lines.
        elevation: Degrees from which one looks down.
        azimuth: Degrees by which one looks from the side.

    Raises:
        ValueError: A connection names no landmark.
        MissingExtraError: Matplotlib is not installed.
    """
    if not landmark_list:
        return
    try:
        import matplotlib.pyplot as plt  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise MissingExtraError(
            "plot_landmarks needs Matplotlib; type: pip install matplotlib"
        ) from error
    landmarks = getattr(landmark_list, "landmark", landmark_list)
    pairs = _pairs(connections, len(landmarks))
    plt.figure(figsize=(10, 10))
    axes: Any = plt.axes(projection="3d")
    axes.view_init(elev=elevation, azim=azimuth)
    spec = landmark_drawing_spec
    places = {
        i: (-(point.z or 0), point.x or 0, -(point.y or 0))
        for i, point in enumerate(landmarks)
        if _visible(point)
    }
    for place in places.values():
        axes.scatter3D(*([value] for value in place), color=_rgb(spec), linewidth=spec.thickness)
    spec = connection_drawing_spec
    for start, end in pairs:
        if start in places and end in places:
            line = zip(places[start], places[end], strict=True)
            axes.plot3D(*line, color=_rgb(spec), linewidth=spec.thickness)
    plt.show()


def _check(image: NDArray[Any]) -> None:
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError("Input image must contain three channel bgr data.")


def _visible(landmark: Any) -> bool:
    return not any(
        value is not None and value < _LEAST
        for value in (_set(landmark, "visibility"), _set(landmark, "presence"))
    )


def _set(landmark: Any, name: str) -> Any:
    """A field's value, or None where it was never set."""
    has = getattr(landmark, "HasField", None)
    return None if has is not None and not has(name) else getattr(landmark, name)


def _normalized_to_pixel_coordinates(
    x: float | None, y: float | None, width: int, height: int
) -> tuple[int, int] | None:
    """The pixel of a normalised point; None outside of the picture.

    The underscore is MediaPipe's; many call it all the same.
    """
    if x is None or y is None or not (_inside(x) and _inside(y)):
        return None
    return min(math.floor(x * width), width - 1), min(math.floor(y * height), height - 1)


def _inside(share: float) -> bool:
    return 0 <= share <= 1 or math.isclose(share, 1)


def _pairs(connections: Iterable[Any] | None, count: int) -> list[tuple[int, int]]:
    pairs = []
    for connection in connections or ():
        ends = (connection.start, connection.end) if hasattr(connection, "start") else connection
        start, end = int(ends[0]), int(ends[1])
        if not (0 <= start < count and 0 <= end < count):
            raise ValueError(
                "Landmark index is out of range. Invalid connection "
                f"from landmark #{start} to landmark #{end}."
            )
        pairs.append((start, end))
    return pairs


def _spec(specs: DrawingSpec | Mapping[Any, DrawingSpec], key: Any) -> DrawingSpec:
    return specs[key] if isinstance(specs, Mapping) else specs


def _rgb(spec: DrawingSpec) -> tuple[float, ...]:
    return tuple(value / 255 for value in spec.color[::-1])
