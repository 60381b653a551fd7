"""How good it is: landmarks against truth, people found and people made up. NumPy only."""

from __future__ import annotations

from vitruvian.measure.keypoints import COCO_SIGMAS, oks, pck
from vitruvian.measure.matching import Recall, match, recall_and_false

__all__ = ["COCO_SIGMAS", "Recall", "match", "oks", "pck", "recall_and_false"]
