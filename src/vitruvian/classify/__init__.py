"""What people do."""

from __future__ import annotations

from vitruvian.classify.pair_model import PairActivities, PairModel, load_positions
from vitruvian.classify.repetitions import Repetition, count_by_class, count_repetitions
from vitruvian.classify.timeline import Stretch, Timeline, timeline

__all__ = [
    "PairActivities",
    "PairModel",
    "Repetition",
    "Stretch",
    "Timeline",
    "count_by_class",
    "count_repetitions",
    "load_positions",
    "timeline",
]
