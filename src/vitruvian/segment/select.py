"""The engine that needs no weights of its own: what the strokes point at.

A stroke on a person means that person: the landmark model's mask, kept apart from the others',
with the skeleton as what is surely theirs. Elsewhere the picture alone decides: what is nearer
to the stroke than to the picture's border, when crossing an edge is far. Either is then cut out
with GrabCut and laid along the picture's edges.
"""

from __future__ import annotations

import cv2
import numpy as np

from vitruvian.errors import InputError
from vitruvian.segment.grow import enclosed, grow, mend
from vitruvian.segment.limbs import within_limbs
from vitruvian.segment.refine import cut, feathered, fitted, uneven
from vitruvian.segment.stroke import Stroke, drawn, inside
from vitruvian.types import Bools, Floats, Image, People

__all__ = ["pointed_at", "select"]

_FINE = 320
"""The longer side of the picture for cutting out."""
_SURE, _NEVER = 0.9, 0.1
"""Values of a person's mask beyond which the picture is not asked."""
_IN_LASSO = 0.6
_FEATHER = 3


def pointed_at(strokes: list[Stroke], masks: Floats) -> set[int]:
    """The people, as rows of their (N, H, W) exclusive masks, whom including strokes are on."""
    rows: set[int] = set()
    if not len(masks):
        return rows
    size = (masks.shape[2], masks.shape[1])
    for stroke in strokes:
        if stroke.kind == "include":
            under = drawn([stroke], "include", size)
            on = [float(mask[under].mean()) for mask in masks]
            if max(on) > 0.5:
                rows.add(int(np.argmax(on)))
        elif stroke.kind == "lasso":
            ring = inside([stroke], size)
            shares = [mask[ring].sum() / max(mask.sum(), 1) for mask in masks]
            rows.update(row for row, share in enumerate(shares) if share > _IN_LASSO)
    return rows


def select(image: Image, people: People, strokes: list[Stroke]) -> Floats:
    """What the strokes point at.

    Args:
        image: (H, W, 3) RGB.
        people: Those in the picture, with landmarks and masks that do not overlap.
        strokes: At least one that includes, or a lasso.

    Returns:
        (H, W) 0..1.

    Raises:
        InputError: Nothing stands out where the only click is.
    """
    small, scale = fitted(image, _FINE)
    size = (small.shape[1], small.shape[0])
    strokes = [Stroke(stroke.points * scale, stroke.kind) for stroke in strokes]
    first = next(i for i, stroke in enumerate(strokes) if stroke.kind != "exclude")
    masks = _shrunk(people.masks, size)
    rows = pointed_at(strokes, masks)
    person, core = _wanted(people, masks, rows, scale)
    found = _begun(small, strokes[first], masks, rows, person, core)
    done = np.zeros(found.shape, np.bool_)
    for stroke in (strokes[first], *strokes[:first], *strokes[first + 1 :]):
        if stroke.kind != "lasso":
            under = drawn([stroke], stroke.kind, size)
            found = mend(found, small, under, done & ~under, include=stroke.kind == "include")
            done |= under
    yes, no = (drawn(strokes, kind, size) for kind in ("include", "exclude"))
    if (
        not rows
        and len(strokes) == 1
        and len(strokes[0].points) == 1
        and _nothing(small, found, yes)
    ):
        x, y = (strokes[0].points[0] / scale).tolist()
        raise InputError(
            f"nothing stands out at {x:g},{y:g}; click on something else, or draw a lasso round it"
        )
    return _finished(found, person, small, image, (yes, no))


def _begun(
    image: Image, stroke: Stroke, masks: Floats, rows: set[int], person: Floats, core: Bools
) -> Bools:
    """The mask that the people pointed at and the first stroke give."""
    size = (image.shape[1], image.shape[0])
    yes, ring = drawn([stroke], "include", size), inside([stroke], size)
    labels = _labels(person, core)
    if not pointed_at([stroke], masks):
        if ring is None:
            grow(labels, image, yes, None)
        else:
            return enclosed(image, ring)
    if ring is not None:
        labels[~ring & (person < 0.5)] = cv2.GC_BGD
    for row in set(range(len(masks))) - rows:
        labels[(masks[row] > 0.5) & (person < _SURE)] = cv2.GC_BGD
    labels[yes] = cv2.GC_FGD
    return _touching(cut(image, labels), yes | core | (person > _SURE) if ring is None else ring)


def _shrunk(masks: Floats | None, size: tuple[int, int]) -> Floats:
    if masks is None or not len(masks):
        return np.zeros((0, size[1], size[0]), np.float32)
    return np.stack([cv2.resize(m, size, interpolation=cv2.INTER_AREA) for m in masks])


def _wanted(people: People, masks: Floats, rows: set[int], scale: float) -> tuple[Floats, Bools]:
    """The mask of all the people wanted, and the cores of their limbs."""
    person = np.zeros(masks.shape[1:], np.float32)
    core = np.zeros(masks.shape[1:], np.bool_)
    for row in rows:
        person = np.maximum(person, masks[row])
        if people.body is not None:
            xy, visibility = people.body.xy[row] * np.float32(scale), people.body.visibility[row]
            limbs = within_limbs(xy, visibility, (masks.shape[2], masks.shape[1]))
            core |= limbs & (masks[row] > 0.4)
    return person, core


def _labels(person: Floats, core: Bools) -> Image:
    labels = np.where(person > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[person < _NEVER] = cv2.GC_BGD
    labels[(person > _SURE) | core] = cv2.GC_FGD
    return labels


def _nothing(image: Image, found: Bools, yes: Bools) -> bool:
    """Whether a click has found nothing but itself, or all there is."""
    size = float(found.sum())
    return not uneven(image) or size <= 1.2 * float(yes.sum()) or size > 0.99 * found.size


def _touching(found: Bools, seeds: Bools) -> Bools:
    """Only the pieces that a stroke or a limb is on."""
    _, pieces = cv2.connectedComponents(found.astype(np.uint8), connectivity=8)
    kept = np.unique(pieces[found & seeds])
    return np.asarray(found & np.isin(pieces, kept), np.bool_)


def _finished(
    found: Bools, person: Floats, small: Image, image: Image, strokes: tuple[Bools, Bools]
) -> Floats:
    """At full size along the edges; where the cut and the person's mask differ it is less sure."""
    rough = found.astype(np.float32)
    rough = np.where(person > 0, 0.75 * rough + 0.25 * person, rough).astype(np.float32)
    fine = feathered(rough, small, image, _FEATHER)
    for under, value in zip(strokes, (1.0, 0.0), strict=True):
        large = cv2.resize(under.astype(np.uint8), image.shape[1::-1])
        fine[large > 0] = value
    return fine
