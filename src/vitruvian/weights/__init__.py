"""Where the weights come from, checked, cached and converted."""

from __future__ import annotations

from vitruvian.weights.cache import directory
from vitruvian.weights.catalog import Row, row, rows
from vitruvian.weights.obtain import State, obtain, state

__all__ = ["Row", "State", "directory", "obtain", "row", "rows", "state"]
