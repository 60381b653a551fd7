"""Frames from pictures, folders, films, cameras, streams and arrays.

Every module here that gives frames has a class that keeps to `Source`;
``tests/contracts/test_source.py`` runs over all of them. `open_source` picks the one that a path,
an index, a URL or an array means, and loads OpenCV and PyAV when they are first needed.
"""

from __future__ import annotations

from vitruvian.source.open import Spec, gather, open_source
from vitruvian.source.seam import Frames, Source

__all__ = ["Frames", "Source", "Spec", "gather", "open_source"]
