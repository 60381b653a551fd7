"""Whether two systems see the same people in the same film, and their landmarks alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.found import round_body
from vitruvian.geometry.boxes import iou
from vitruvian.measure import match, oks
from vitruvian.skeletons import blazepose_to_coco

Bodies = Sequence[NDArray[Any]]
SAME = 0.5
"""The OKS or IoU from which two poses are one person."""


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


def also_found(ours: Bodies, theirs: Bodies) -> dict[str, Any]:
    """How many of their people are among ours, frame by frame.

    The peer reports one person several times; poses with an OKS above `SAME` among themselves
    count once.
    """
    there = shared = repeated = 0
    for mine, other in zip(ours, theirs, strict=True):
        kept = _once(other)
        repeated += len(other) - len(kept)
        there += len(kept)
        shared += int((match(_likeness(mine, kept), SAME) >= 0).sum())
    return {
        "theirs": there,
        "of these ours %": 100 * shared / there if there else float("nan"),
        "ours": sum(map(len, ours)),
        "their repeats": repeated,
    }


def _once(bodies: NDArray[Any]) -> NDArray[Any]:
    kept: list[int] = []
    for row in range(len(bodies)):
        if not (_likeness(bodies[[row]], bodies[kept]) > SAME).any():
            kept.append(row)
    return bodies[kept]


def _likeness(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    extent = b.max(axis=1) - b.min(axis=1) if len(b) else np.zeros((0, 2))
    # Half the extent's rectangle, about what an outline fills of it.
    area = 0.5 * extent.prod(axis=-1)
    columns = list(blazepose_to_coco)
    return oks(a[:, columns, :2], b[:, columns, :2], area)
