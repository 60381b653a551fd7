"""Where the people are.

Two stages, one for pictures that stand alone (`Survey`) and one for films (`Watch`), over any
number of detectors (`Finder`). A detector is shown a view, an affine map that holds scale, place
and rotation, and answers with candidates: regions for the landmark model, which has the last
word on whether there is a person.
"""

from __future__ import annotations

from vitruvian.detect.blazepose import BlazePoseFinder
from vitruvian.detect.finder import Candidates, Finder
from vitruvian.detect.movenet import MoveNetFinder
from vitruvian.detect.survey import Survey
from vitruvian.detect.watch import Watch

__all__ = ["BlazePoseFinder", "Candidates", "Finder", "MoveNetFinder", "Survey", "Watch"]
