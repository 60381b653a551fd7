"""Clicks that say who somebody is: at a point of the picture, at a time of the film."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitruvian.associate.tracklets import Piece, Tracks
from vitruvian.clip import Clip
from vitruvian.errors import InputError

__all__ = ["Click", "Said", "find_clicks", "names_of_pieces", "switches"]

_FORM = re.compile(r"\s*(?P<name>[^=]*?)\s*=\s*(?P<x>[^,@]+),(?P<y>[^,@]+)@(?P<time>[^@]+)")
_LATE = 0.25
"""Seconds from a click within which somebody must be seen."""
_MARGIN = 0.1
"""How far outside of somebody's box a click may be, in sizes of the box."""


@dataclass(frozen=True, slots=True)
class Click:
    """Who is under a point of the picture at a time.

    Args:
        name: Who it is.
        x: Pixels from the left.
        y: Pixels from the top.
        time: Seconds.

    Example:
        >>> Click.read("Ana=640,300@2.5")
        Click(name='Ana', x=640.0, y=300.0, time=2.5)
    """

    name: str
    x: float
    y: float
    time: float

    @classmethod
    def read(cls, text: str) -> Click:
        """Read ``NAME=X,Y@SECONDS``.

        Raises:
            InputError: It is something else.
        """
        match = _FORM.fullmatch(text)
        try:
            if match is None or not match["name"]:
                raise ValueError
            x, y, time = (float(match[part]) for part in ("x", "y", "time"))
            if not np.isfinite([x, y, time]).all():
                raise ValueError
        except ValueError:
            raise InputError(
                f"a name is NAME=X,Y@SECONDS, such as Ana=640,300@2.5, not {text!r}"
            ) from None
        return cls(match["name"], x, y, time)

    def __str__(self) -> str:
        return f"{self.name}={self.x:g},{self.y:g}@{self.time:g}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a click says: that this column, at this moment, is somebody.

    Args:
        name: Who it is.
        moment: The index of the moment.
        column: The column of the clip.
    """

    name: str
    moment: int
    column: int


def find_clicks(clip: Clip, clicks: Iterable[Click | str]) -> list[Said]:
    """Whom the clicks are on, by time.

    Args:
        clip: The film, with at least one moment.
        clicks: `Click`, or texts that it reads.

    Raises:
        InputError: One cannot be read, is outside of the film or on nobody, or two say that one
            person is two, or two people one.
    """
    read = [Click.read(click) if isinstance(click, str) else click for click in clicks]
    said = sorted((_find(clip, click) for click in read), key=lambda s: (s.moment, s.column))
    for n, one in enumerate(said):
        for other in said[:n]:
            same_place = (one.moment, one.column) == (other.moment, other.column)
            if same_place and one.name != other.name:
                raise InputError(
                    f"{other.name} and {one.name} are the same person at "
                    f"{clip.times[one.moment]:.2f} s; click on two people, or give one name"
                )
            if one.moment == other.moment and one.name == other.name and not same_place:
                raise InputError(
                    f"{one.name} cannot be two people at {clip.times[one.moment]:.2f} s; "
                    "give each a name of their own"
                )
    return said


def _find(clip: Clip, click: Click) -> Said:
    first, last = float(clip.times[0]), float(clip.times[-1])
    slack = (last - first) / max(len(clip.times) - 1, 1) + 0.01
    if not first - slack <= click.time <= last + slack:
        raise InputError(
            f"{click} is outside of the film, which has frames from {first:.2f} s to {last:.2f} s"
        )
    nearest = int(np.abs(clip.times - click.time).argmin())
    near = np.flatnonzero(np.abs(clip.times - clip.times[nearest]) <= _LATE)
    order = near[np.argsort(np.abs(clip.times[near] - click.time), kind="stable")]
    for moment in order.tolist():
        column = _under(clip, moment, click)
        if column is not None:
            return Said(click.name, moment, column)
    raise InputError(f"{click} is on nobody; {_neighbours(clip, nearest, click)}")


def _under(clip: Clip, moment: int, click: Click) -> int | None:
    """The column of whoever is under a click: of those whose box it is in, the nearest body."""
    best, least = None, np.inf
    point = np.array([click.x, click.y])
    for column in np.flatnonzero(clip.present[moment]).tolist():
        low, high = clip.boxes[moment, column, :2], clip.boxes[moment, column, 2:]
        margin = _MARGIN * float((high - low).max())
        if ((point >= low - margin) & (point <= high + margin)).all():
            away = _distance(clip, moment, column, point)
            if away < least:
                best, least = column, away
    return best


def _distance(clip: Clip, moment: int, column: int, point: NDArray[np.float64]) -> float:
    """Pixels from a point to the nearest bone, or to the middle of the box without landmarks."""
    xy, bones = clip.body.xy[moment, column], clip.body.skeleton.bones
    if not bones or not np.isfinite(xy).all():
        box = clip.boxes[moment, column]
        return float(np.linalg.norm((box[:2] + box[2:]) / 2 - point))
    start, end = (xy[list(side)] for side in zip(*bones, strict=True))
    along = end - start
    length = np.maximum((along**2).sum(1), 1e-6)
    share = np.clip(((point - start) * along).sum(1) / length, 0, 1)
    return float(np.linalg.norm(start + share[:, None] * along - point, axis=1).min())


def _neighbours(clip: Clip, moment: int, click: Click) -> str:
    """Who is near, where and when, for somebody who missed."""
    here = np.flatnonzero(clip.present.any(1))
    if not len(here):
        return "nobody is seen in this film"
    at = int(here[np.abs(here - moment).argmin()])
    people = np.flatnonzero(clip.present[at])
    boxes = clip.boxes[at, people]
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    order = np.argsort(np.linalg.norm(middles - [click.x, click.y], axis=1))[:3]
    told = ", ".join(
        f"{_called(clip, int(people[n]))} at {middles[n, 0]:.0f},{middles[n, 1]:.0f}" for n in order
    )
    return f"near are, at {clip.times[at]:.2f} s: {told}"


def _called(clip: Clip, column: int) -> str:
    name = clip.names[column] if clip.names is not None else None
    return name or f"person {clip.ids[column]}"


def switches(clip: Clip, tracks: Tracks, said: Sequence[Said]) -> frozenset[tuple[int, int]]:
    """Where columns must be cut for all clicks to be true: (moment, column).

    Between two clicks that give one column two names, or one name two columns, that is the most
    doubtful moment: where two people are nearest to each other.
    """
    cuts: set[tuple[int, int]] = set()
    for n, later in enumerate(said):
        before = list(reversed(said[:n]))
        other = next((e for e in before if e.column == later.column), later)
        if other.name != later.name:
            others = [p for p in range(len(clip.ids)) if p != later.column]
            cuts |= _switch(tracks, other.moment, later.moment, later.column, others)
        same = next((e for e in before if e.name == later.name), later)
        if same.column != later.column:
            cuts |= _switch(tracks, same.moment, later.moment, same.column, [later.column])
    return frozenset(cuts)


def _switch(
    tracks: Tracks, first: int, last: int, column: int, others: list[int]
) -> set[tuple[int, int]]:
    """The moment after ``first``, up to ``last``, at which another is nearest, for both."""
    between = np.arange(first + 1, last + 1)
    moment, nearest = int(between[len(between) // 2]), others[0] if len(others) == 1 else None
    if others:
        away = tracks.places[between][:, others] - tracks.places[between, column][:, None]
        gap = np.nan_to_num(np.linalg.norm(away, axis=-1), nan=np.inf)
        t, other = divmod(int(gap.argmin()), len(others))
        if np.isfinite(gap[t, other]):
            moment, nearest = int(between[t]), others[other]
    return {(moment, p) for p in (column, nearest) if p is not None}


def names_of_pieces(said: Sequence[Said], parts: Sequence[Piece]) -> dict[int, str]:
    """Which pieces have a name: number of the piece to name."""
    names = {}
    for one in said:
        for k, part in enumerate(parts):
            if part.column == one.column and one.moment in part.moments:
                names[k] = one.name
    return names
