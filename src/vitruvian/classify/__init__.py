"""What people do."""

from __future__ import annotations

from vitruvian.classify.repetitions import Repetition, count_by_class, count_repetitions

__all__ = ["Repetition", "count_by_class", "count_repetitions"]
