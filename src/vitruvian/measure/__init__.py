"""How good it is: landmarks against truth, people found and made up, and who is who."""

from __future__ import annotations

from vitruvian.measure.clear import Clear, clear
from vitruvian.measure.contact import Contact, contact
from vitruvian.measure.hota import Hota, hota
from vitruvian.measure.identity import Identity, identity
from vitruvian.measure.keypoints import COCO_SIGMAS, oks, pck
from vitruvian.measure.matching import Recall, match, recall_and_false
from vitruvian.measure.moments import Moments
from vitruvian.measure.tracking import Tracking, tracking
from vitruvian.measure.tracks import Tracks, box_moments, read_mot

__all__ = [
    "COCO_SIGMAS",
    "Clear",
    "Contact",
    "Hota",
    "Identity",
    "Moments",
    "Recall",
    "Tracking",
    "Tracks",
    "box_moments",
    "clear",
    "contact",
    "hota",
    "identity",
    "match",
    "oks",
    "pck",
    "read_mot",
    "recall_and_false",
    "tracking",
]
