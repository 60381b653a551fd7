"""What a detector gives: candidates, each a place where the landmark model should look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from vitruvian.types import Floats, Frame

__all__ = ["Candidates", "Finder"]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Places where a person may be.

    Args:
        regions: (N, 4).
        scores: (N,) 0..1, each on its detector's own scale.
        keypoints: (N, 17, 2) COCO keypoints in pixels, NaN where the detector has none.
    """

    regions: Floats
    scores: Floats
    keypoints: Floats

    def __len__(self) -> int:
        """How many there are."""
        return len(self.scores)

    def __getitem__(self, rows: Any) -> Candidates:
        """Some of the candidates; NumPy indexing."""
        return Candidates(self.regions[rows], self.scores[rows], self.keypoints[rows])

    @classmethod
    def joined(cls, parts: Iterable[Candidates]) -> Candidates:
        """All candidates of several looks."""
        every = [cls(np.zeros((0, 4), np.float32), *_empty()), *parts]
        return cls(
            np.concatenate([part.regions for part in every]),
            np.concatenate([part.scores for part in every]),
            np.concatenate([part.keypoints for part in every]),
        )


def _empty() -> tuple[Floats, Floats]:
    return np.zeros(0, np.float32), np.zeros((0, 17, 2), np.float32)


class Finder(Protocol):
    """A person detector behind one method."""

    input_size: int
    """Width and height of its square input."""

    def find(self, frame: Frame, view: Floats) -> Candidates:
        """The people in one view: a (2, 3) map from the input to the frame."""
        ...
