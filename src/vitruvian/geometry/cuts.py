"""Where one shot of a film ends and another begins: two pictures that have nothing in common."""

from __future__ import annotations

import numpy as np

from vitruvian.types import Frame, Image

__all__ = ["Cuts", "is_cut"]

_COMMON_TONES = 0.75
"""Of two neighbouring frames' histograms 0.9 and more is in common, also when people run."""
_COMMON_PLACES = 0.4
"""Of two neighbouring frames, zoomed or swept, the miniatures correlate by 0.6 and more."""


def is_cut(before: Image, after: Image) -> bool:
    """Whether two miniatures are of different shots.

    Both the tones and where they are must have changed: a flash or a shadow changes the tones
    only, somebody who walks past the camera only the places.
    """
    tones = [np.bincount(small.ravel() >> 4, minlength=16) for small in (before, after)]
    if int(np.minimum(*tones).sum()) > _COMMON_TONES * before.size:
        return False
    a, b = before - before.mean(), after - after.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    alike = float((a * b).sum()) / spread if spread > before.size else 0.0
    return alike < _COMMON_PLACES


class Cuts:
    """Tells, frame after frame, whether a new shot has begun."""

    def __init__(self) -> None:
        self._before: Image | None = None

    def __call__(self, frame: Frame) -> bool:
        """Whether this frame is of another shot than the last."""
        small = frame.miniature
        before, self._before = self._before, small
        return before is not None and is_cut(before, small)
