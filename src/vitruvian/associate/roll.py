"""The roll of a film: who is in it, when, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.clip import Clip
from vitruvian.types import Bools

__all__ = ["Entry", "roll"]

_DOUBT = 0.75
"""A moment whose id is no surer is doubtful."""
_TOGETHER = 0.5
"""Seconds between two doubtful moments that are told as one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a film.

    Args:
        id: Their id.
        name: Who they are, or None.
        first: Seconds at which they are first in view.
        last: Seconds at which they are last in view.
        seconds: For how long they are in view in all.
        sureness: 0..1, how sure their id is on average.
        doubts: Spans in seconds, first and last, in which the id is in doubt.
    """

    id: int
    name: str | None
    first: float
    last: float
    seconds: float
    sureness: float
    doubts: tuple[tuple[float, float], ...]

    @property
    def title(self) -> str:
        """Their name, or ``person`` and the id."""
        return self.name or f"person {self.id}"


def roll(clip: Clip) -> list[Entry]:
    """Who is in a film, by id.

    Args:
        clip: The film, best after `vitruvian.associate.settle`.

    Example:
        >>> import vitruvian
        >>> [entry.title for entry in roll(vitruvian.read_clip("clip.json"))]  # doctest: +SKIP
        ['Ana', 'person 2']
    """
    frame = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 0.0
    entries = []
    for p in np.argsort(clip.ids, kind="stable").tolist():
        here = clip.present[:, p]
        if not here.any():
            continue
        times = clip.times[here]
        scores = clip.scores[:, p] if clip.id_scores is None else clip.id_scores[:, p]
        known = here & np.isfinite(scores)
        doubtful = known & (scores < _DOUBT)
        entries.append(
            Entry(
                int(clip.ids[p]),
                None if clip.names is None else clip.names[p],
                float(times[0]),
                float(times[-1]),
                float(len(times) * frame),
                float(scores[known].mean()) if known.any() else 1.0,
                _spans(clip, doubtful) if clip.id_scores is not None else (),
            )
        )
    return entries


def _spans(clip: Clip, marked: Bools) -> tuple[tuple[float, float], ...]:
    times = clip.times[marked]
    if not len(times):
        return ()
    parts = np.split(times, np.flatnonzero(np.diff(times) > _TOGETHER) + 1)
    return tuple((float(part[0]), float(part[-1])) for part in parts)
