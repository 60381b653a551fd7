"""What the picture alone says is one with a stroke: edges are far to go over."""

from __future__ import annotations

import cv2
import numpy as np

from vitruvian.segment.geodesic import distance, edge_cost
from vitruvian.segment.refine import cut, fitted
from vitruvian.types import Bools, Floats, Image

__all__ = ["enclosed", "grow", "mend"]

_ROUGH = 160
"""The longer side of the picture for distances."""
_LATE = 2.0
"""How much later than elsewhere the border starts where it is like what the stroke is on."""
_NEARER = 0.65
_REACH = 1.6
"""How far a further stroke reaches, in distances from it to the border of the mask."""


def grow(labels: Image, image: Image, yes: Bools, ring: Bools | None) -> None:
    """Label what is nearer to strokes than to the picture's border, in place.

    Args:
        labels: (h, w) of ``cv2.GC_*``; what is foreground stays so.
        image: (h, w, 3) RGB.
        yes: (h, w) the strokes that include.
        ring: (h, w) the inside of a lasso, outside of which nothing is wanted, or None.
    """
    rough, _ = fitted(image, _ROUGH)
    cost = edge_cost(rough)
    ours = distance(cost, _starts(yes, cost.shape))
    if ring is None:
        edge = _rim(cost.shape)
        away = np.median(ours[edge]) - ours
        theirs = np.where(edge, np.maximum(0, _LATE * away), np.inf).astype(np.float32)
    else:
        theirs = _starts(~ring, cost.shape)
    nearness = _nearness(ours, distance(cost, theirs), labels.shape)
    ours_already = (labels & 1) > 0
    near = np.where(nearness > _NEARER, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    labels[~ours_already] = near[~ours_already]
    labels[~ours_already & _rim(labels.shape) & (nearness < 0.5)] = cv2.GC_BGD


def enclosed(image: Image, ring: Bools) -> Bools:
    """What stands out inside of a lasso from what lies just outside of it.

    Args:
        image: (h, w, 3) RGB.
        ring: (h, w) the inside of the lasso.
    """
    deepest = float(cv2.distanceTransform(ring.astype(np.uint8), cv2.DIST_L2, 5).max())
    outside = cv2.distanceTransform((~ring).astype(np.uint8), cv2.DIST_L2, 5)
    near = outside <= max(4.0, deepest)
    labels = np.where(ring, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(near.astype(np.uint8))
    box = (slice(y, y + height), slice(x, x + width))
    found = np.zeros(ring.shape, np.bool_)
    found[box] = cut(np.ascontiguousarray(image[box]), labels[box])
    return found


def mend(found: Bools, image: Image, stroke: Bools, keep: Bools, *, include: bool) -> Bools:
    """Add to a mask, or take from it, what is one with a further stroke.

    It changes the mask near the stroke only: as far as from it to the border of the mask, and
    a little more. The picture's edges and colours decide how much of that.

    Args:
        found: (h, w) the mask so far.
        image: (h, w, 3) RGB.
        stroke: (h, w) the pixels under the new stroke.
        keep: (h, w) pixels of earlier strokes, which stay as they are.
        include: Whether the stroke adds.
    """
    wrong = stroke & (found != include)
    if not wrong.any() or not (found == include).any():
        return np.asarray(found | stroke if include else found & ~stroke, np.bool_)
    depth = cv2.distanceTransform((found != include).astype(np.uint8), cv2.DIST_L2, 5)
    away = cv2.distanceTransform((~stroke).astype(np.uint8), cv2.DIST_L2, 5)
    window = (away <= _REACH * float(depth[wrong].max())) & ~keep
    rough, _ = fitted(image, _ROUGH)
    cost = edge_cost(rough)
    ours = distance(cost, _starts(stroke, cost.shape))
    theirs = distance(cost, _starts((found != include) & ~window, cost.shape))
    ours_more = _nearness(ours, theirs, found.shape) > 0.5
    new, old = (cv2.GC_PR_FGD, cv2.GC_PR_BGD) if include else (cv2.GC_PR_BGD, cv2.GC_PR_FGD)
    labels = np.where(found, cv2.GC_FGD, cv2.GC_BGD).astype(np.uint8)
    labels[window] = np.where(ours_more | (found == include), new, old)[window]
    labels[stroke] = cv2.GC_FGD if include else cv2.GC_BGD
    return cut(image, labels, rounds=2)


def _rim(shape: tuple[int, ...]) -> Bools:
    rim = np.ones(shape, np.bool_)
    rim[1:-1, 1:-1] = False
    return rim


def _starts(where: Bools, shape: tuple[int, ...]) -> Floats:
    """0 at some pixels of the fine picture, infinite elsewhere, on the rough one."""
    some = cv2.resize(where.astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA)
    return np.where(some > 0.2, np.float32(0), np.float32(np.inf))


def _nearness(ours: Floats, theirs: Floats, shape: tuple[int, ...]) -> Floats:
    """1 at our starts, 0 at theirs."""
    theirs = np.minimum(theirs, 1e6)
    share = theirs / np.maximum(np.minimum(ours, 1e6) + theirs, 1e-6)
    return np.asarray(cv2.resize(share.astype(np.float32), shape[::-1]), np.float32)
