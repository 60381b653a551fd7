"""Whose a pixel is where the outlines of two people overlap.

The model that draws the masks is shown one region at a time, and where two people touch it
may paint both. Three things tell them apart, none of which needs the picture: how sure each mask
is, how near each one's limbs are, and what the masks said a moment ago. Who is in front covers a
patch whole, so that the patch's mean counts beside each pixel.
"""

from __future__ import annotations

import cv2
import numpy as np

from vitruvian.segment.limbs import limb_distance
from vitruvian.types import Bools, Floats, Landmarks

__all__ = ["Span", "separate", "spans"]

Span = tuple[slice, slice]
"""Rows and columns of a picture."""

_FAINT, _CLAIMED = 0.05, 0.3
"""Below the first a mask says nothing; above the second it takes the pixel for its own."""
_COARSE = 4
_GRID = 80
"""Cells a side, at most: the masks were 256 x 256 for the whole region; 160 gave no more."""
_LIMBS, _FARTHEST = 0.5, 9.0
_PATCH, _MOST = 4.0, 5.0
_BEFORE = 1.0
"""Weights in logits. ``python -m benchmarks.masks`` measures what they do."""
_STEEP = 4.0


def spans(masks: Floats) -> list[Span]:
    """For each of (N, H, W) masks the rows and columns outside of which it is faint."""
    height, width = masks.shape[1:]
    found = []
    for mask in masks:
        there = mask[::_COARSE, ::_COARSE] > _FAINT
        rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
        found.append((_stretch(rows, height), _stretch(columns, width)))
    return found


def _stretch(cells: np.ndarray, size: int) -> slice:
    if not len(cells):
        return slice(0, 0)
    first, last = int(cells[0]) - 1, int(cells[-1]) + 2
    return slice(max(0, first * _COARSE), min(size, last * _COARSE))


def separate(
    masks: Floats, where: list[Span], body: Landmarks, before: list[Floats | None]
) -> None:
    """Give every pixel that two masks claim to one of them, in place.

    Args:
        masks: (N, H, W) 0..1; what belongs to somebody else becomes 0.
        where: The span of each mask.
        body: Landmarks with lead (N,).
        before: For each person the (H, W) mask of a moment ago, or None.
    """
    for a in range(len(masks)):
        for b in range(a + 1, len(masks)):
            span = _common(where[a], where[b])
            if span is not None:
                _part(masks, (a, b), span, body, before)


def _common(a: Span, b: Span) -> Span | None:
    rows, columns = (
        slice(max(s.start, t.start), min(s.stop, t.stop)) for s, t in zip(a, b, strict=True)
    )
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _part(
    masks: Floats, pair: tuple[int, int], span: Span, body: Landmarks, before: list[Floats | None]
) -> None:
    a, b = (masks[row][span] for row in pair)
    step = -(-max(a.shape) // _GRID)
    y, x = (np.arange(s.start + min(step // 2, s.stop - s.start - 1), s.stop, step) for s in span)
    grid = np.ix_(y, x)
    claims = np.stack([masks[row][grid] for row in pair])
    if not (claims > _FAINT).all(0).any():
        return
    lead = _logit(claims[0]) - _logit(claims[1])
    for sign, row in zip((1, -1), pair, strict=True):
        near = limb_distance(body.xy[row], body.visibility[row], x, y)
        lead -= sign * _LIMBS * np.minimum(near, _FARTHEST)
        last = before[row]
        if last is not None:
            lead += sign * _BEFORE * (2 * last[grid] - 1)
    lead = _by_patch(lead, np.asarray((claims > _CLAIMED).all(0), np.bool_))
    share = _spread(np.asarray(0.5 + 0.5 * np.tanh(0.5 * lead), np.float32), step, a.shape)
    share = np.clip((share - 0.5) * _STEEP + 0.5, 0, 1)
    # Where the other's mask is faint there is nothing to share.
    free = [cv2.threshold(mask, _FAINT, 1, cv2.THRESH_BINARY_INV)[1] for mask in (b, a)]
    for mask, part, whole in zip((a, b), (share, 1 - share), free, strict=True):
        cv2.multiply(mask, cv2.max(part, whole), dst=mask)


def _logit(share: Floats) -> Floats:
    share = np.clip(share, 0.02, 0.98)
    return np.asarray(np.log(share / (1 - share)), np.float32)


def _by_patch(lead: Floats, both: Bools) -> Floats:
    """Add to each pixel what its whole patch says."""
    count, patches = cv2.connectedComponents(both.astype(np.uint8), connectivity=8)
    sums = np.bincount(patches.ravel(), lead.ravel(), count)
    means = sums / np.maximum(np.bincount(patches.ravel(), minlength=count), 1)
    # Half a lead each: it is the difference of two people's claims.
    bonus = 2 * np.clip(_PATCH * means / 2, -_MOST, _MOST)
    bonus[0] = 0
    return np.asarray(lead + bonus[patches], np.float32)


def _spread(cells: Floats, step: int, shape: tuple[int, ...]) -> Floats:
    """Cells back to pixels, in between bilinearly."""
    shift = -min(step // 2, min(shape) - 1) / step
    matrix = np.array([[1 / step, 0, shift], [0, 1 / step, shift]], np.float32)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    spread = cv2.warpAffine(
        cells, matrix, (shape[1], shape[0]), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(spread, np.float32)
