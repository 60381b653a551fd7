"""The stage that makes the masks of people who touch exclusive, and steady over time."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vitruvian.segment.ownership import Span, separate, spans
from vitruvian.types import Floats, Frame, People

__all__ = ["Outline", "steadied"]

_REMEMBER = 0.25
"""Seconds after which a mask of before says nothing about this one."""
_KEEP = 0.7
"""How much of the last mask stays where the new one is in doubt."""


class Outline:
    """Cuts from each person's mask what belongs to somebody else, and takes out the flicker.

    Where two masks overlap, each pixel goes to one of the two; no pixel of the picture is looked
    at, and nothing is computed where no masks overlap. Over time, MediaPipe's rule for masks is
    kept, which its Tasks have dropped. Needs ``body`` and ``ids``; adds nothing: people without
    masks pass unchanged.

    Args:
        steady: Whether the frames are a film, in which a mask follows from the last one.
    """

    needs = frozenset({"body", "ids"})
    adds: frozenset[str] = frozenset()

    def __init__(self, *, steady: bool = True) -> None:
        self._steady = steady
        self._last: _Last | None = None

    def __call__(self, frame: Frame, people: People) -> People:
        """The same people with masks that do not overlap."""
        if people.masks is None or people.body is None or not len(people):
            return people
        where = spans(people.masks)
        masks = np.zeros_like(people.masks)
        for mask, given, span in zip(masks, people.masks, where, strict=True):
            mask[span] = given[span]
        before = self._before(frame, people)
        separate(masks, where, people.body, before)
        for mask, last, span in zip(masks, before, where, strict=True):
            if last is not None and mask[span].size:
                mask[span] = steadied(mask[span], last[span])
        if self._steady and people.ids is not None:
            self._last = _Last(
                frame.time, frame.size, people.ids.tolist(), people.body.xy, masks, where
            )
        return people.having(masks=masks)

    def reset(self) -> None:
        """Forget the masks of the last frame."""
        self._last = None

    def _before(self, frame: Frame, people: People) -> list[Floats | None]:
        """For each person their last mask, moved along with them, if it is fresh."""
        last, size = self._last, frame.size
        fresh = last is not None and 0 < frame.time - last.time <= _REMEMBER
        if last is None or not fresh or people.ids is None or last.size != size:
            return [None] * len(people)
        before: list[Floats | None] = []
        for row, person in enumerate(people.ids.tolist()):
            known = person >= 0 and person in last.ids and people.body is not None
            before.append(last.of(person, people.body.xy[row]) if known and people.body else None)
        return before


@dataclass(frozen=True, slots=True, eq=False)
class _Last:
    time: float
    size: tuple[int, int]
    ids: list[int]
    bodies: Floats
    masks: Floats
    where: list[Span]

    def of(self, person: int, xy: Floats) -> Floats:
        """Somebody's mask, shifted by as much as half of their landmarks have moved at least."""
        row = self.ids.index(person)
        shift = np.nanmedian(xy - self.bodies[row], axis=0)
        x, y = np.rint(np.clip(np.nan_to_num(shift), -1e6, 1e6)).astype(int).tolist()
        if x == y == 0:
            return np.asarray(self.masks[row], np.float32)
        moved = np.zeros(self.masks.shape[1:], np.float32)
        rows, to_rows = _shifted(self.where[row][0], y, self.size[1])
        columns, to_columns = _shifted(self.where[row][1], x, self.size[0])
        moved[to_rows, to_columns] = self.masks[row][rows, columns]
        return moved


def _shifted(span: slice, by: int, size: int) -> Span:
    """The part of a span that stays within the picture when it is moved, and where it goes."""
    start = min(max(span.start, -by), size)
    stop = max(min(span.stop, size - by), start)
    return slice(start, stop), slice(start + by, stop + by)


def _doubt() -> Floats:
    """How far each of 256 mask values is from being sure: 1 at a half, 0 at 0 and 1.

    A polynomial near the entropy of the value (SegmentationSmoothingCalculator).
    """
    x = (np.linspace(0, 1, 256) - 0.5) ** 2
    sure = x * np.polyval([-624.717, 291.309, -57.8051, -0.748699, 5.68842], x)
    return np.asarray(1 - np.minimum(1, sure), np.float32)


_DOUBT = _doubt()


def steadied(mask: Floats, last: Floats) -> Floats:
    """A mask mixed with the last one where it is in doubt (SegmentationSmoothingCalculator).

    Args:
        mask: (H, W) values 0..1.
        last: The mask of the frame before, of the same shape.

    Example:
        >>> import numpy as np
        >>> mixed = steadied(np.float32([[0, 0.5, 1]]), np.float32([[1, 1, 0]]))
        >>> [f"{value:.2f}" for value in mixed[0]]
        ['0.00', '0.85', '1.00']
    """
    weight = cv2.LUT(cv2.convertScaleAbs(mask, alpha=255), _KEEP * _DOUBT)
    return np.asarray(cv2.add(mask, cv2.multiply(cv2.subtract(last, mask), weight)), np.float32)
