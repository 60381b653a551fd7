"""The second pass: who is who, decided over a whole film at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from vitruvian.associate.clicks import Click, Said, find_clicks, names_of_pieces, switches
from vitruvian.associate.evidence import CUES, Evidence, weigh
from vitruvian.associate.join import Joiner, Person
from vitruvian.associate.lay import Gap, fill, laid_out, seen
from vitruvian.associate.stray import widened
from vitruvian.associate.tracklets import Piece, pieces, read_tracks
from vitruvian.clip import Clip
from vitruvian.errors import InputError, UnknownNameError
from vitruvian.geometry.boxes import overlap_of
from vitruvian.types import Floats, Ints

__all__ = ["settle"]

_LINKED = -1.0
"""A step that costs less tells where somebody went who was not seen meanwhile."""
_BEHIND, _COVERED, _MOSTLY = 10.0, 0.4, 0.8
"""Somebody can be hidden for so many seconds, by a box over so much of theirs, mostly."""
_AWAY, _MARGIN = 3.0, 0.25
"""Nobody leaves the picture and comes back in fewer seconds, who was last and is first seen farther
from its left and right sides, in body sizes."""
_BRIEF = 0.4
"""Whoever is seen for fewer seconds in all is nobody, …"""
_SHORT, _POOR, _STILL = 3.0, 0.9, 1.5
"""… and so is who is seen for fewer seconds, scores less, and moves fewer body sizes."""


def settle(
    clip: Clip,
    people: int | None = None,
    clicks: Iterable[Click | str] = (),
    *,
    cues: Collection[str] = CUES,
) -> Clip:
    """Decide who is who from everything that is known of a film, before and after each moment.

    Tracks are cut wherever they may have passed from one person to another, and the pieces put
    together by looks, place and motion, build, and what the first pass thought. Where somebody is
    hidden between two pieces they are filled in, with visibility 0 and a low score. Who is seen
    for a moment only is left out. Ids are 1, 2, … in the order in which people appear.

    Args:
        clip: A film after the first pass; with ``vectors`` looks count too.
        people: How many there are, at most; None for as many as it looks like.
        clicks: Who is where at what time, as `Click` or ``"Ana=640,300@2.5"``; they are never
            contradicted, and everything between them is decided again.
        cues: What counts, of ``looks``, ``place``, ``build`` and ``track``.

    Returns:
        The clip with other columns. ``id_scores`` say how sure each moment is, ``names`` who the
        clicks say it is.

    Raises:
        InputError: A click is on nobody, outside of the film or at odds with another, there
            are more names than people, or ``people`` is less than 1.
        UnknownNameError: There is no such cue.

    Example:
        >>> import vitruvian
        >>> clip = vitruvian.open("clip.mp4").clip()  # doctest: +SKIP
        >>> settle(clip, people=2, clicks=["Ana=640,300@2.5"]).names  # doctest: +SKIP
        ('Ana', None)
    """
    if people is not None and people < 1:
        raise InputError(f"people must be 1 or more, or nothing for all, not {people}")
    for cue in cues:
        if cue not in CUES:
            raise UnknownNameError("cue", cue, CUES)
    clip = seen(clip)
    said = _said(clip, people, clicks)
    if not clip.present.any():
        return laid_out(clip, np.zeros((len(clip.times), 0), np.int64), np.zeros(0, np.int64))
    tracks = read_tracks(clip)
    switched = switches(clip, tracks, said)
    parts = pieces(clip, tracks, switched)
    names = names_of_pieces(said, parts)
    evidence = weigh(clip, tracks, parts, frozenset(cues), switched)
    joiner = Joiner(evidence, names, [part.column for part in parts])
    found = _worthy(clip, parts, joiner, names, people)
    out = laid_out(clip, _columns(clip, parts, found), np.arange(1, len(found) + 1))
    sure = _sureness(clip, parts, found, joiner)
    out = replace(out, names=_names(clip, parts, found, names), id_scores=sure)
    return fill(out, widened(out, _gaps(out, evidence, parts, found)))


def _said(clip: Clip, people: int | None, clicks: Iterable[Click | str]) -> list[Said]:
    clicks = list(clicks)
    if clicks and not len(clip.times):
        raise InputError("the film has no frame, so nobody can be named in it")
    said = find_clicks(clip, clicks)
    named = sorted({one.name for one in said})
    if people is not None and len(named) > people:
        raise InputError(
            f"{len(named)} names ({', '.join(named)}) do not fit {people} "
            f"{'person' if people == 1 else 'people'}; give fewer names, or more people"
        )
    return said


def _worthy(
    clip: Clip, parts: list[Piece], joiner: Joiner, names: dict[int, str], most: int | None
) -> list[Person]:
    """Those who are somebody, by when they first appear; with names first where room is short."""
    every = joiner.people(most)
    found = [p for p in every if any(k in names for k in p) or not _is_nobody(clip, parts, p)]
    if most is not None:
        found.sort(key=lambda p: (all(k not in names for k in p), -_prominence(clip, parts, p)))
        kept = found[:most]
        found = joiner.absorbed(kept, [p for p in every if p not in kept])
    return sorted(found)


def _length(parts: list[Piece], person: Person) -> int:
    return sum(len(parts[k].moments) for k in person)


def _prominence(clip: Clip, parts: list[Piece], person: Person) -> float:
    """Body sizes summed over time: those whom a film is about are large in it, and long."""
    boxes = clip.boxes[_cells(parts, person)]
    return float((boxes[:, 2:] - boxes[:, :2]).max(1).sum())


def _is_nobody(clip: Clip, parts: list[Piece], person: Person) -> bool:
    moments, columns = _cells(parts, person)
    frame = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else np.inf
    duration = len(moments) * frame
    if duration < min(_BRIEF, 0.5 * len(clip.times) * frame):
        return True
    boxes = clip.boxes[moments, columns]
    size = float((boxes[:, 2:] - boxes[:, :2]).max(1).mean())
    moved = float(np.ptp((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0).max())
    poor = float(clip.scores[moments, columns].mean()) < _POOR
    return bool(
        duration < min(_SHORT, 0.5 * len(clip.times) * frame) and poor and moved < _STILL * size
    )


def _cells(parts: list[Piece], person: Person) -> tuple[Ints, Ints]:
    """The moments and columns of a person."""
    moments = np.concatenate([parts[k].moments for k in person])
    columns = np.concatenate([np.full(len(parts[k].moments), parts[k].column) for k in person])
    return moments, columns


def _columns(clip: Clip, parts: list[Piece], found: Sequence[Person]) -> Ints:
    columns = np.full((len(clip.times), len(found)), -1, np.int64)
    for q, person in enumerate(found):
        moments, cells = _cells(parts, person)
        columns[moments, q] = cells
    return columns


def _names(
    clip: Clip, parts: list[Piece], found: Sequence[Person], names: dict[int, str]
) -> tuple[str | None, ...] | None:
    """Who each is: as clicked, else as the column was called from which most of them comes."""
    out = [next((names[k] for k in person if k in names), None) for person in found]
    taken = {name for name in out if name}
    if clip.names is not None:
        for q in sorted(range(len(found)), key=lambda q: -_length(parts, found[q])):
            counts = np.bincount(_cells(parts, found[q])[1], minlength=len(clip.ids))
            before = clip.names[int(counts.argmax())]
            if out[q] is None and before and before not in taken:
                out[q] = before
                taken.add(before)
    return tuple(out) if any(out) else None


def _sureness(clip: Clip, parts: list[Piece], found: Sequence[Person], joiner: Joiner) -> Floats:
    """(T, Q) the chance that a moment is of this person rather than of the next best."""
    sure = np.full((len(clip.times), len(found)), np.nan, np.float32)
    margins = joiner.margins(found)
    for q, person in enumerate(found):
        for k in person:
            sure[parts[k].moments, q] = 1 / (1 + np.exp(-margins[k]))
    return sure


def _gaps(
    clip: Clip, evidence: Evidence, parts: list[Piece], found: Sequence[Person]
) -> Iterable[Gap]:
    """Where people are out of sight for a while, and it is known where they went."""
    for q, person in enumerate(found):
        for k in person:
            moments = parts[k].moments.tolist()
            yield from ((q, a, b) for a, b in pairwise(moments) if b > a + 1)
        for a, b in pairwise(person):
            last, first = int(evidence.spans[a, 1]), int(evidence.spans[b, 0])
            if first > last + 1 and (
                evidence.links[a, b] < _LINKED
                or _is_covered(clip, q, last, first)
                or _is_within(clip, q, last, first)
            ):
                yield q, last, first


def _is_covered(clip: Clip, q: int, last: int, first: int) -> bool:
    """Whether others were in front of where somebody must have been, nearly all the time."""
    if clip.times[first] - clip.times[last] > _BEHIND:
        return False
    covered = 0
    for t in range(last + 1, first):
        share = (clip.times[t] - clip.times[last]) / (clip.times[first] - clip.times[last])
        box = clip.boxes[last, q] + (clip.boxes[first, q] - clip.boxes[last, q]) * share
        others = clip.boxes[t][clip.present[t]]
        covered += bool(len(others) and overlap_of(box[None], others).max() > _COVERED)
    return covered > _MOSTLY * (first - last - 1)


def _is_within(clip: Clip, q: int, last: int, first: int) -> bool:
    """Whether somebody was out of sight too shortly to have left the picture and come back."""
    if clip.size is None or clip.times[first] - clip.times[last] > _AWAY:
        return False
    boxes = clip.boxes[[last, first], q]
    margin = _MARGIN * (boxes[:, 2:] - boxes[:, :2]).max(1)
    return bool(((boxes[:, 0] > margin) & (boxes[:, 2] < clip.size[0] - margin)).all())
