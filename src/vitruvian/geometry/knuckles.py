"""The origin of a hand's own space: the mean of the four finger knuckles."""

from __future__ import annotations

import numpy as np

from vitruvian.skeletons import HAND_21
from vitruvian.types import Floats

__all__ = ["KNUCKLES", "centred"]

KNUCKLES = [
    HAND_21.index(f"{finger}_mcp")
    for finger in ("index_finger", "middle_finger", "ring_finger", "pinky")
]
"""The knuckles of index, middle, ring and little finger."""


def centred(world: Floats) -> Floats:
    """(…, 21, 3) metres, moved so that the mean of the four knuckles is the origin."""
    return np.asarray(world - world[..., KNUCKLES, :].mean(-2, keepdims=True), np.float32)
