"""Where the weights come from, checked, cached and converted.

`obtain` turns a name of the catalog into a file, `load` opens it too and heals a damaged one,
`open_bundle` and `open_model` take a ``.task`` or ``.tflite`` of the user's.
"""

from __future__ import annotations

from vitruvian.weights.bundle import Bundle, members, open_bundle, open_model
from vitruvian.weights.cache import directory
from vitruvian.weights.catalog import File, Row, row, rows
from vitruvian.weights.fetch import Progress
from vitruvian.weights.obtain import State, load, obtain, state

__all__ = [
    "Bundle",
    "File",
    "Progress",
    "Row",
    "State",
    "directory",
    "load",
    "members",
    "obtain",
    "open_bundle",
    "open_model",
    "row",
    "rows",
    "state",
]
