"""Where one shot of a film ends and another begins: two pictures that have nothing in common."""

from __future__ import annotations

import cv2
import numpy as np

from vitruvian.types import Floats, Frame

__all__ = ["Cuts", "is_cut", "miniature"]

_SIZE = (32, 18)
_COMMON_TONES = 0.75
"""Of two neighbouring frames' histograms 0.9 and more is in common, also when people run."""
_COMMON_PLACES = 0.4
"""Of two neighbouring frames, zoomed or swept, the miniatures correlate by 0.6 and more."""
_TONES = 16


def miniature(frame: Frame) -> Floats:
    """(18, 32) 0..255: a frame's brightness, thumbnail size."""
    luma = frame.image[..., 1] if frame.planes is None else frame.planes.y
    # Every fourth line is plenty for a thumbnail and costs a sixteenth.
    step = max(1, min(luma.shape) // (4 * _SIZE[1]))
    small = np.ascontiguousarray(luma[::step, ::step])
    return cv2.resize(small, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)


def is_cut(before: Floats, after: Floats) -> bool:
    """Whether two miniatures are of different shots.

    Both the tones and where they are must have changed: a flash or a shadow changes the tones
    only, somebody who walks past the camera only the places.
    """
    tones = [np.histogram(small, _TONES, (0, 256))[0] / small.size for small in (before, after)]
    if float(np.minimum(*tones).sum()) > _COMMON_TONES:
        return False
    a, b = before - before.mean(), after - after.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    alike = float((a * b).sum()) / spread if spread > _SIZE[0] * _SIZE[1] else 0.0
    return alike < _COMMON_PLACES


class Cuts:
    """Tells, frame after frame, whether a new shot has begun."""

    def __init__(self) -> None:
        self._before: Floats | None = None

    def __call__(self, frame: Frame) -> bool:
        """Whether this frame is of another shot than the last."""
        small = miniature(frame)
        before, self._before = self._before, small
        return before is not None and is_cut(before, small)
