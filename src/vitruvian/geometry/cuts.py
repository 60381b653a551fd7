"""Where one shot of a film ends and another begins: two pictures that have nothing in common."""

from __future__ import annotations

import numpy as np

from vitruvian.types import Frame, Image, Ints

__all__ = ["Cuts"]

_COMMON_TONES = 0.75
"""Of two neighbouring frames' histograms 0.9 and more is in common, also when people run."""
_COMMON_PLACES = 0.4
"""Of two neighbouring frames, zoomed or swept, the miniatures correlate by 0.6 and more."""


class Cuts:
    """Tells, frame after frame, whether a new shot has begun.

    Both the tones and where they are must have changed: a flash or a shadow changes the tones
    only, somebody who walks past the camera only the places.
    """

    def __init__(self) -> None:
        self._before: tuple[Image, Ints] | None = None

    def __call__(self, frame: Frame) -> bool:
        """Whether this frame is of another shot than the last."""
        small = frame.miniature
        tones = np.bincount(small.reshape(-1) >> 4, minlength=16)
        before, self._before = self._before, (small, tones)
        if before is None or int(np.minimum(before[1], tones).sum()) > _COMMON_TONES * small.size:
            return False
        return not _same_places(before[0], small)


def _same_places(before: Image, after: Image) -> bool:
    """Whether light and dark are in about the same places of two miniatures."""
    a, b = before - before.mean(), after - after.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    alike = float((a * b).sum()) / spread if spread > before.size else 0.0
    return alike >= _COMMON_PLACES
