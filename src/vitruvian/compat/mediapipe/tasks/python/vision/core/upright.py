"""Pictures on their way in, as RGB that stands upright, and people on their way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.compat.mediapipe.tasks.python.components.containers.rect import RectF
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat
from vitruvian.types import Floats, Landmarks, People
from vitruvian.types import Image as Pixels

__all__ = [
    "as_given",
    "as_rgb",
    "box_upright",
    "check_picture",
    "points_upright",
    "quarters_of",
    "upright",
]

_READABLE = (ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8)


def check_picture(image: Image) -> None:
    """Check that something is a picture, and not an array or a mask.

    Raises:
        TypeError: It is no `Image`.
        ValueError: It has a format that no task reads, or no pixels.
    """
    if not isinstance(image, Image):
        raise TypeError(
            "expected an Image, made as Image(image_format=ImageFormat.SRGB, data=array), "
            f"not {type(image).__name__}"
        )
    if image.image_format not in _READABLE:
        raise ValueError(f"expected SRGB, SRGBA or GRAY8, not {image.image_format.name}")
    if image.is_empty():
        raise ValueError("expected a picture of at least one pixel")


def as_rgb(image: Image) -> Pixels:
    """(H, W, 3) uint8; alpha is dropped and grey is repeated."""
    pixels = image.numpy_view()
    if image.image_format == ImageFormat.SRGB:
        return pixels
    if image.image_format == ImageFormat.SRGBA:
        return np.ascontiguousarray(pixels[..., :3])
    return np.repeat(pixels, 3, axis=2)


def quarters_of(degrees: int) -> int:
    """0..3 clockwise quarter turns."""
    return degrees // 90 % 4


def upright(pixels: NDArray[Any], quarters: int) -> NDArray[Any]:
    """The picture after so many clockwise quarter turns."""
    return np.ascontiguousarray(np.rot90(pixels, -quarters)) if quarters else pixels


def points_upright(shares: ArrayLike, quarters: int, size: tuple[int, int]) -> Floats:
    """Points of the picture that was given as pixels of the upright one.

    Args:
        shares: (n, 2) in shares of the picture that was given.
        quarters: How often that was turned clockwise to stand upright.
        size: Its width and height.
    """
    points = np.asarray(shares, np.float32).reshape(-1, 2) * np.array(size, np.float32)
    # To go on to a full turn is to go back by what is left of it.
    return _turned_back(points, -quarters % 4, size if quarters % 2 == 0 else size[::-1])


def box_upright(
    region: RectF | None, quarters: int, size: tuple[int, int]
) -> tuple[float, float, float, float] | None:
    """A region of interest as x0, y0, x1, y1 in pixels of the upright picture; None stays None.

    Args:
        region: In shares of the picture that was given.
        quarters: How often that was turned clockwise to stand upright.
        size: Its width and height.
    """
    if region is None:
        return None
    corners = [[region.left, region.top], [region.right, region.bottom]]
    turned = points_upright(corners, quarters, size)
    (x0, y0), (x1, y1) = turned.min(0).tolist(), turned.max(0).tolist()
    return x0, y0, x1, y1


def as_given(people: People, quarters: int, size: tuple[int, int]) -> People:
    """People of the upright picture as they are in the picture that was given.

    Args:
        people: In pixels of the upright picture.
        quarters: How often the given picture was turned clockwise to stand upright.
        size: Width and height of the picture that was given.
    """
    if not quarters:
        return people
    corners = _turned_back(people.boxes.reshape(-1, 2, 2), quarters, size)
    boxes = np.concatenate([corners.min(1), corners.max(1)], 1).astype(np.float32)
    columns: dict[str, Any] = {"boxes": boxes}
    for name in ("body", "left_hand", "right_hand"):
        landmarks = getattr(people, name, None)
        if landmarks is not None:
            columns[name] = _landmarks_as_given(landmarks, quarters, size)
    if people.masks is not None:
        columns["masks"] = np.rot90(people.masks, quarters, (1, 2))
    return people.having(**columns)


def _landmarks_as_given(landmarks: Landmarks, quarters: int, size: tuple[int, int]) -> Landmarks:
    world = landmarks.world
    if world is not None:
        flat = _turned_back(world[..., :2], quarters, (0, 0))
        world = np.concatenate([flat, world[..., 2:]], -1)
    return replace(landmarks, xy=_turned_back(landmarks.xy, quarters, size), world=world)


def _turned_back(xy: Floats, quarters: int, size: tuple[int, int]) -> Floats:
    width, height = size
    x, y = xy[..., 0], xy[..., 1]
    back = {0: (x, y), 1: (y, height - x), 2: (width - x, height - y), 3: (width - y, x)}
    return np.stack(back[quarters], -1).astype(np.float32)
