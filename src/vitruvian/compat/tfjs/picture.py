"""Whatever a detector is shown, as a frame with a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from vitruvian.errors import InputError
from vitruvian.types import Frame

__all__ = ["as_frame"]

_MILLISECONDS = 1000.0


def as_frame(
    image: Any, timestamp: float | None = None, *, flip: bool = False
) -> tuple[Frame, float | None]:
    """The picture as a frame, and its time in milliseconds or None for a picture that stands alone.

    Args:
        image: (H, W, 3) or (H, W, 4) uint8, RGB or RGBA as a canvas gives it, or a `Frame` of a
            film, which brings its time along.
        timestamp: Milliseconds; it goes before the frame's own.
        flip: Whether the picture is first flipped from left to right.

    Raises:
        InputError: It is no such picture, or the time is no number.
    """
    if timestamp is not None and not np.isfinite(timestamp):
        raise InputError(f"a timestamp is milliseconds, not {timestamp}")
    if isinstance(image, Frame):
        own = image.time * _MILLISECONDS
        if flip:
            pixels = np.ascontiguousarray(image.image[:, ::-1])
            image = Frame(pixels, index=image.index, time=image.time, name=image.name)
        return image, own if timestamp is None else float(timestamp)
    pixels = np.asarray(image)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = pixels[..., :3]
    if pixels.ndim == 3:
        pixels = np.ascontiguousarray(pixels[:, ::-1] if flip else pixels)
    time = 0.0 if timestamp is None else timestamp / _MILLISECONDS
    return Frame(pixels, time=time), None if timestamp is None else float(timestamp)
