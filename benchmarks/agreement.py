"""Whether two systems see the same people in the same film, and their landmarks alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.found import round_body
from vitruvian.geometry.boxes import iou, overlap_of
from vitruvian.measure import match
from vitruvian.types import Floats

Bodies = Sequence[NDArray[Any]]
SAME = 0.5
"""The overlap from which two boxes are one person."""


def landmark_distance(ours: Bodies, theirs: Bodies, size: tuple[int, int]) -> dict[str, Any]:
    """How far apart the landmarks are, in per cent of the diagonal of the person's box.

    Args:
        ours: Per frame (N, 33, 2) pixels.
        theirs: The same for the other system; its people give the boxes.
        size: Width and height of the film.
    """
    shares = []
    for mine, other in zip(ours, theirs, strict=True):
        boxes = round_body(other, size)
        paired = match(iou(round_body(mine, size), boxes), SAME)
        for row, column in enumerate(paired):
            if column >= 0:
                diagonal = np.linalg.norm(boxes[column, 2:] - boxes[column, :2])
                distance = np.linalg.norm(mine[row, :, :2] - other[column, :, :2], axis=-1)
                shares.append(100 * distance / diagonal)
    if not shares:
        return {"median %": float("nan"), "mean %": float("nan"), "frames": 0}
    return {
        "median %": float(np.median(shares)),
        "mean %": float(np.mean(shares)),
        "frames": len(shares),
    }


def also_found(ours: Bodies, theirs: Bodies, size: tuple[int, int]) -> dict[str, Any]:
    """How many of their people are among ours, frame by frame.

    Two boxes are one person when half of the smaller is inside the other. The peer reports a
    person several times, often with half the landmarks astray; such repeats count once.

    Args:
        ours: Per frame (N, 33, 2) pixels.
        theirs: The same for the other system.
        size: Width and height of the film.
    """
    there = shared = repeated = 0
    for mine, other in zip(ours, theirs, strict=True):
        every = round_body(other, size)
        kept = every[_once(every)]
        repeated += len(every) - len(kept)
        there += len(kept)
        own = round_body(mine, size)
        shared += int((match(_within(own, kept), SAME) >= 0).sum())
    return {
        "theirs": there,
        "of these ours %": 100 * shared / there if there else float("nan"),
        "ours": sum(map(len, ours)),
        "their repeats": repeated,
    }


def _once(boxes: Floats) -> list[int]:
    kept: list[int] = []
    for row in range(len(boxes)):
        if not (_within(boxes[[row]], boxes[kept]) >= SAME).any():
            kept.append(row)
    return kept


def _within(a: Floats, b: Floats) -> Floats:
    """(N, M) the share of the smaller box that is inside the other."""
    return np.maximum(overlap_of(a, b), overlap_of(b, a).T)
