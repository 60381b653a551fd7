"""Outlines: of people through a film, and of whatever is clicked on in a picture.

`Outline` is the stage that keeps the masks of people who touch apart. `select` is the engine of
`vitruvian.InteractiveSegmenter` that needs no weights of its own, `TouchModel` the one that runs
a model of the user's.
"""

from __future__ import annotations

from vitruvian.segment.outline import Outline

__all__ = ["Outline"]
