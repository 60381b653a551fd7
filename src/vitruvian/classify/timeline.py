"""What two people do over time: steadily, as stretches with a beginning and an end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vitruvian.classify.pair_model import PairModel
from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, blazepose_to_coco
from vitruvian.types import Floats

__all__ = ["Stretch", "Timeline", "choose_pair", "pair_keypoints", "timeline"]

_RATE = 10.0
"""Looks a second: positions last for seconds."""
_STAY = 3.0
"""Seconds that a position lasts on average; how reluctant the timeline is to change."""
_UNLIKELY = 0.02
"""How likely a change is that the graph of positions does not have, beside one it has."""
_LONGEST_GAP = 1.0
"""Seconds without either person, after which a stretch ends."""
_TRUST = 0.5
"""How far each look counts: the same error is made several looks in a row."""
_LEAST_VISIBILITY = 0.1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which two people keep a position.

    Args:
        start: Seconds.
        end: Seconds.
        label: The position.
        top: The id of who is on top, or None.
        score: 0..1, the mean of how sure it was.
    """

    start: float
    end: float
    label: str
    top: int | None
    score: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Positions of two people over a film.

    Args:
        classes: All names the model knows.
        people: The ids of the two.
        stretches: In order of time; between them nothing can be told.
    """

    classes: tuple[str, ...]
    people: tuple[int, int]
    stretches: tuple[Stretch, ...]

    @property
    def transitions(self) -> tuple[tuple[float, str, str], ...]:
        """When, from what, to what."""
        steps = pairwise(self.stretches)
        return tuple((b.start, a.label, b.label) for a, b in steps if a.label != b.label)

    def seconds(self, label: str) -> float:
        """How long a position was kept in all."""
        return sum(each.seconds for each in self.stretches if each.label == label)


def choose_pair(clip: Clip) -> tuple[int, int]:
    """The ids of the two people who are in view longest and nearest to each other.

    Raises:
        InputError: There are not two people at the same time.
    """
    best, best_worth = None, 0.0
    middles = np.stack([clip.boxes[..., [0, 2]].mean(-1), clip.boxes[..., [1, 3]].mean(-1)], -1)
    sizes = np.maximum(
        np.ptp(clip.boxes[..., [0, 2]], axis=-1), np.ptp(clip.boxes[..., [1, 3]], axis=-1)
    )
    for a in range(len(clip.ids)):
        for b in range(a + 1, len(clip.ids)):
            both = clip.present[:, a] & clip.present[:, b]
            gap = np.linalg.norm(middles[both, a] - middles[both, b], axis=-1)
            reach = (sizes[both, a] + sizes[both, b]) / 2
            worth = float(np.exp(-gap / np.maximum(reach, 1)).sum())
            if worth > best_worth:
                best, best_worth = (int(clip.ids[a]), int(clip.ids[b])), worth
    if best is None:
        raise InputError(f"{clip.source} never shows two people at the same time")
    return best


def pair_keypoints(clip: Clip, people: tuple[int, int]) -> Floats:
    """(T, 2, 17, 2) pixels of the two; NaN where somebody or a keypoint is not seen.

    Raises:
        InputError: An id is not in the clip, or the clip has another skeleton.
    """
    if clip.body.skeleton.landmarks == BLAZEPOSE_33.landmarks:
        chosen = list(blazepose_to_coco)
    elif clip.body.skeleton.landmarks == COCO_17.landmarks:
        chosen = list(range(len(COCO_17)))
    else:
        raise InputError(f"positions need {COCO_17.name} keypoints, not {clip.body.skeleton.name}")
    columns = []
    for person in people:
        found = np.flatnonzero(clip.ids == person)
        if not len(found):
            known = ", ".join(str(i) for i in clip.ids.tolist())
            raise InputError(f"nobody in {clip.source} has id {person}; there are {known}")
        body = clip.body[:, int(found[0])]
        hidden = body.visibility[:, chosen] < _LEAST_VISIBILITY
        columns.append(np.where(hidden[..., None], np.nan, body.xy[:, chosen]))
    return np.stack(columns, axis=1).astype(np.float32)


def timeline(
    model: PairModel,
    times: NDArray[np.float64],
    pairs: Floats,
    people: tuple[int, int] = (1, 2),
    *,
    graph: frozenset[tuple[str, str]] | None = None,
) -> Timeline:
    """Positions over time, by the most likely path through all looks (Viterbi).

    Changing costs as much as positions last on average, and more where the graph of positions
    does not have the change.

    Args:
        model: What names a position.
        times: (T,) seconds, rising.
        pairs: (T, 2, 17, 2) pixels; NaN is missing.
        people: The ids of the two.
        graph: The changes there are, as pairs of names; None for any.

    Raises:
        InputError: The shapes do not fit.
    """
    if len(times) != len(pairs):
        raise InputError(f"times and pairs must be as many, not {len(times)} and {len(pairs)}")
    looks = _looks(times, pairs)
    stretches: list[Stretch] = []
    for run in _runs(times[looks]):
        rows = looks[run]
        seen = model(pairs[rows])
        path = _path(model, seen.probabilities, times[rows], graph)
        stretches += _stretches(model, path, times[rows], seen.probabilities, seen.tops, people)
    return Timeline(model.classes, people, tuple(stretches))


def _looks(times: NDArray[np.float64], pairs: Floats) -> NDArray[np.int64]:
    """The moments looked at: both people there, and no more than `_RATE` a second."""
    there = np.isfinite(pairs).all(-1).any(-1).all(-1)
    kept: list[int] = []
    for t in np.flatnonzero(there).tolist():
        if not kept or times[t] - times[kept[-1]] >= 1 / _RATE - 1e-6:
            kept.append(t)
    return np.array(kept, np.int64)


def _runs(times: NDArray[np.float64]) -> list[slice]:
    """Stretches of looks without a long gap."""
    if not len(times):
        return []
    edges = [0, *(np.flatnonzero(np.diff(times) > _LONGEST_GAP) + 1).tolist(), len(times)]
    return [slice(a, b) for a, b in pairwise(edges)]


def _path(
    model: PairModel,
    chances: Floats,
    times: NDArray[np.float64],
    graph: frozenset[tuple[str, str]] | None,
) -> list[int]:
    count = len(model.classes)
    likely = np.ones((count, count))
    if graph is not None:
        for a, one in enumerate(model.classes):
            for b, other in enumerate(model.classes):
                likely[a, b] = 1 if a == b or (one, other) in graph else _UNLIKELY
    looks = _TRUST * np.log(np.maximum(chances, 1e-6))
    best = looks[0]
    steps: list[NDArray[np.int64]] = []
    for t in range(1, len(times)):
        change = 1 - np.exp(-(times[t] - times[t - 1]) / _STAY)
        moves = np.log(likely * change / max(count - 1, 1))
        np.fill_diagonal(moves, np.log(1 - change))
        total = best[:, None] + moves
        steps.append(total.argmax(0))
        best = total.max(0) + looks[t]
    path = [int(best.argmax())]
    for step in reversed(steps):
        path.append(int(step[path[-1]]))
    return path[::-1]


def _stretches(
    model: PairModel,
    path: list[int],
    times: NDArray[np.float64],
    chances: Floats,
    tops: NDArray[np.int64],
    people: tuple[int, int],
) -> list[Stretch]:
    own = np.array(path)
    edges = [0, *(np.flatnonzero(np.diff(own)) + 1).tolist(), len(own)]
    found = []
    for a, b in pairwise(edges):
        c = path[a]
        votes = tops[a:b][(chances[a:b].argmax(1) == c) & (tops[a:b] >= 0)]
        top = people[round(float(votes.mean()))] if model.roles[c] and len(votes) else None
        end = times[b] if b < len(times) else times[-1]
        score = float(chances[a:b, c].mean())
        found.append(Stretch(float(times[a]), float(end), model.classes[c], top, score))
    return found
