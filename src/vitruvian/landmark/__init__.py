"""The 33 landmarks of each person.

`BodyReader` runs the model on regions; `Landmark` is the stage for films, `Study` the one that
takes its time over a picture. Both keep each person once, told apart by landmarks.
"""

from __future__ import annotations

from vitruvian.landmark.reader import BodyReader
from vitruvian.landmark.stage import Landmark
from vitruvian.landmark.study import Study

__all__ = ["BodyReader", "Landmark", "Study"]
