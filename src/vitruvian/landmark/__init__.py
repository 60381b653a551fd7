"""The 33 landmarks of each person, and the 21 of each hand.

`BodyReader` runs the model on regions; `Landmark` is the stage for films, `Study` the one that
takes its time over a picture, with a `SecondOpinion` of another model where it is in doubt. Both
keep each person once, told apart by landmarks. `Fingers` is the stage that reads both hands of
everybody with `HandReader`; `RejectHands` turns away bodies that are nothing but a hand.
"""

from __future__ import annotations

from vitruvian.landmark.fingers import Fingers
from vitruvian.landmark.hand_alone import RejectHands
from vitruvian.landmark.hand_reader import HandReader
from vitruvian.landmark.opinion import SecondOpinion
from vitruvian.landmark.reader import BodyReader
from vitruvian.landmark.stage import Landmark
from vitruvian.landmark.study import Study

__all__ = [
    "BodyReader",
    "Fingers",
    "HandReader",
    "Landmark",
    "RejectHands",
    "SecondOpinion",
    "Study",
]
