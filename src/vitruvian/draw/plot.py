"""Curves and stretches over time, as PNG or SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.draw.chart import Chart, wide
from vitruvian.draw.palette import Colour, mix, tones
from vitruvian.types import Floats

__all__ = ["plot_curves", "plot_spans"]

_INK: Colour = (28, 32, 40)
_FAINT: Colour = (112, 118, 128)
_GRID: Colour = (228, 230, 234)
_NOBODY: Colour = (140, 148, 158)
_WIDTH, _EDGE = 1080, 24
_TITLE, _NAME, _TICK = 20, 15, 13
_HEAD, _FOOT = 64, 52
_ROW, _GAP = 112, 34
_BAR = 36
_NAMED = 5
"""So many people fit beside the title."""
_TIMES = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


def plot_curves(
    times: ArrayLike,
    curves: Mapping[str, Mapping[int, Floats]],
    *,
    kind: str,
    title: str = "",
    spans: Sequence[tuple[int, float, float]] = (),
    names: Mapping[int, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> bytes:
    """One row per quantity and one line per person, over a shared axis of time.

    Args:
        times: (T,) seconds.
        curves: For each quantity the values (T,) of each person; NaN is a gap in the line.
        kind: ``"png"`` or ``"svg"``.
        title: What stands above.
        spans: Person, start and end in seconds, shaded and numbered where that person has a
            line: repetitions, say.
        names: What people are called; by their number where there is no name.
        units: What quantities are measured in.

    Returns:
        The picture's bytes.

    Raises:
        UnknownNameError: There is no such kind.
    """
    moments = np.asarray(times, np.float64)
    units = units or {}
    left = 84 + wide([_plain(name) for name in curves], _NAME)
    rows = max(1, len(curves))
    chart = Chart(_WIDTH, _HEAD + rows * (_ROW + _GAP) + _FOOT - _GAP)
    across = _time_axis(moments, left, _WIDTH - _EDGE)
    people = sorted({person for lines in curves.values() for person in lines})
    called = {person: (names or {}).get(person, f"person {person}") for person in people}
    _heading(chart, title, [(called[person], _colour(person)) for person in people])
    for number, (name, lines) in enumerate(curves.items()):
        top = _HEAD + number * (_ROW + _GAP)
        _shade(chart, across, top, [span for span in spans if span[0] in lines])
        _row(chart, across, top, moments, lines)
        chart.words(left - 56, top + _ROW / 2, _plain(name), _INK, _NAME, "end")
        if name in units:
            chart.words(left - 56, top + _ROW / 2 + 20, units[name], _FAINT, _TICK, "end")
    bottom = _HEAD + rows * (_ROW + _GAP) - _GAP
    _time_below(chart, across, bottom)
    return chart.picture(kind)


def plot_spans(
    rows: Sequence[str],
    spans: Sequence[tuple[str, float, float, int | None]],
    *,
    kind: str,
    title: str = "",
    names: Mapping[int, str] | None = None,
) -> bytes:
    """A timeline: a row per name, a bar where it holds, in the colour of a person, and how long.

    Args:
        rows: The names, from the top down.
        spans: Name, start and end in seconds, and the person whose colour it has, or None.
        kind: ``"png"`` or ``"svg"``.
        title: What stands above.
        names: What people are called; by their number where there is no name.

    Raises:
        UnknownNameError: There is no such kind.
    """
    left, right = 32 + wide([_plain(name) for name in rows], _NAME), _WIDTH - 100
    chart = Chart(_WIDTH, _HEAD + _BAR * max(1, len(rows)) + _FOOT)
    ends = np.array([time for _, start, end, _ in spans for time in (start, end)], np.float64)
    across = _time_axis(ends, left, right)
    bottom = _HEAD + _BAR * len(rows)
    for tick in across.ticks:
        chart.line(_path([across.at(tick)] * 2, [_HEAD, bottom]), _GRID)
    for number, name in enumerate(rows):
        own = [(start, end, person) for label, start, end, person in spans if label == name]
        middle = _HEAD + _BAR * (number + 0.5)
        chart.words(left - 14, middle, _plain(name), _INK if own else _FAINT, _NAME, "end")
        for start, end, person in own:
            x0, x1 = across.at(start), across.at(end)
            colour = _NOBODY if person is None else _colour(person)
            chart.box(x0, middle - 13, max(x1, x0 + 1.5), middle + 13, colour)
        if own:
            total = sum(end - start for start, end, _ in own)
            chart.words(_WIDTH - _EDGE, middle, f"{total:.1f} s", _INK, _NAME, "end")
    on_top = sorted({person for *_, person in spans if person is not None})
    called = [(names or {}).get(person, f"person {person}") for person in on_top]
    key = [(name, _colour(person)) for name, person in zip(called, on_top, strict=True)]
    _heading(chart, title, key, "on top:")
    _time_below(chart, across, bottom)
    return chart.picture(kind)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Numbers laid along pixels, with the numbers that are written beside it."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]

    def at(self, value: float) -> float:
        """The pixel of a number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def _time_axis(moments: NDArray[np.float64], start: float, end: float) -> _Axis:
    low, high = (float(moments.min()), float(moments.max())) if len(moments) else (0.0, 1.0)
    high = max(high, low + 1e-3)
    steps = [step for step in _TIMES if (high - low) / step <= 10]
    step = steps[0] if steps else (high - low) / 10
    ticks = _multiples(low, high, step)
    long = high >= 120 and step >= 1
    texts = [f"{int(t) // 60}:{int(t) % 60:02d}" if long else f"{t:g}" for t in ticks]
    return _Axis(low, high, start, end, ticks, tuple(texts))


def _value_axis(values: Sequence[Floats], top: float) -> _Axis:
    known = np.concatenate([*(v[np.isfinite(v)] for v in values), np.zeros(0, np.float32)])
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    spare = max(0.06 * (high - low), 1e-3 * max(abs(low), abs(high), 1.0))
    low, high = low - spare, high + spare
    about = (high - low) / 3
    ten = 10.0 ** np.floor(np.log10(about))
    step = float(ten * min((1, 2, 5, 10), key=lambda part: abs(np.log(part * ten / about))))
    ticks = _multiples(low, high, step)
    return _Axis(low, high, top + _ROW, top, ticks, tuple(f"{tick:g}" for tick in ticks))


def _multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    first, last = int(np.ceil(low / step - 1e-6)), int(np.floor(high / step + 1e-6))
    return tuple(round(number * step, 9) for number in range(first, last + 1))


def _row(
    chart: Chart,
    across: _Axis,
    top: float,
    moments: NDArray[np.float64],
    lines: Mapping[int, Floats],
) -> None:
    up = _value_axis(list(lines.values()), top)
    for tick in across.ticks:
        chart.line(_path([across.at(tick)] * 2, [top, top + _ROW]), _GRID)
    for tick, text in zip(up.ticks, up.texts, strict=True):
        chart.line(_path([across.start, across.end], [up.at(tick)] * 2), _GRID)
        chart.words(across.start - 10, up.at(tick), text, _FAINT, _TICK, "end")
    for person, values in lines.items():
        seen = np.flatnonzero(np.isfinite(values))
        for part in np.split(seen, np.flatnonzero(np.diff(seen) > 1) + 1) if len(seen) else ():
            x = np.array([across.at(time) for time in moments[part].tolist()])
            y = np.array([up.at(value) for value in values[part].tolist()])
            chart.line(_thinned(np.stack([x, y], 1)), _colour(person), 2)


def _thinned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of more points than can be told apart the highest and the lowest in every pixel."""
    if len(points) <= 4 * _WIDTH:
        return points
    kept: list[int] = []
    for part in np.array_split(np.arange(len(points)), _WIDTH):
        y = points[part, 1]
        kept += sorted({int(part[y.argmin()]), int(part[y.argmax()])})
    return points[kept]


def _shade(
    chart: Chart, across: _Axis, top: float, spans: Sequence[tuple[int, float, float]]
) -> None:
    """Spans behind the lines, each person's numbered from 1 above them."""
    number: dict[int, int] = {}
    for person, start, end in spans:
        number[person] = number.get(person, 0) + 1
        x0, x1 = across.at(start), across.at(end)
        chart.box(x0, top, x1, top + _ROW, _colour(person), 0.13)
        chart.words((x0 + x1) / 2, top - 10, str(number[person]), _colour(person), _TICK)


def _time_below(chart: Chart, across: _Axis, bottom: float) -> None:
    chart.line(_path([across.start, across.end], [bottom] * 2), _INK)
    for tick, text in zip(across.ticks, across.texts, strict=True):
        chart.words(across.at(tick), bottom + 15, text, _FAINT, _TICK)
    unit = "minutes" if any(":" in text for text in across.texts) else "seconds"
    chart.words((across.start + across.end) / 2, bottom + 37, unit, _FAINT, _TICK)


def _heading(chart: Chart, title: str, key: Sequence[tuple[str, Colour]], about: str = "") -> None:
    """The title, and at the right who has which colour."""
    chart.words(_EDGE, 26, title, _INK, _TITLE, "start")
    x = float(_WIDTH - _EDGE)
    if len(key) > _NAMED:
        x = _from_right(chart, x, f"and {len(key) - _NAMED} more", _FAINT)
    for name, colour in reversed(key[:_NAMED]):
        x = _from_right(chart, x, name, _INK)
        chart.box(x - 14, 19, x, 33, colour)
        x -= 30
    if key and about:
        chart.words(x, 26, about, _FAINT, _NAME, "end")


def _from_right(chart: Chart, x: float, text: str, colour: Colour) -> float:
    """Write a text that ends at x; what is left begins further to the left."""
    chart.words(x, 26, text, colour, _NAME, "end")
    return x - wide([text], _NAME) - 8


def _path(x: Sequence[float], y: Sequence[float]) -> NDArray[np.float64]:
    return np.stack([np.asarray(x, np.float64), np.asarray(y, np.float64)], 1)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _colour(person: int) -> Colour:
    # The palette is made for films; on white its darker tone is legible.
    return mix((0, 0, 0), tones(person).middle, 0.8)
