"""Bodies of flesh and bone laid through landmarks: what a joint cannot do, no landmark shows.

`fit_hands` fits the hands of a whole clip, `HandFit` one hand frame by frame; `Articulate` is the
stage.
"""

from __future__ import annotations

from vitruvian.fit.articulate import Articulate
from vitruvian.fit.hand import HandFit, bone_lengths, fit_hand, fit_hands

__all__ = ["Articulate", "HandFit", "bone_lengths", "fit_hand", "fit_hands"]
