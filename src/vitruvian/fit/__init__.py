"""Bodies of flesh and bone laid through landmarks: what a joint cannot do, no landmark shows.

`fit_hands` fits the hands of a whole clip, `HandFit` one hand frame by frame; `Articulate` is the
stage. `fit_bodies` poses and shapes a parametric body to everybody in a clip.
"""

from __future__ import annotations

from vitruvian.fit.articulate import Articulate
from vitruvian.fit.body import BodyFit, Measurement, fit_bodies, load_body
from vitruvian.fit.body_model import BodyModel
from vitruvian.fit.body_terms import Camera
from vitruvian.fit.hand import HandFit, bone_lengths, fit_hand, fit_hands

__all__ = [
    "Articulate",
    "BodyFit",
    "BodyModel",
    "Camera",
    "HandFit",
    "Measurement",
    "bone_lengths",
    "fit_bodies",
    "fit_hand",
    "fit_hands",
    "load_body",
]
