"""Curves and stretches over time, as PNG or SVG, with matplotlib (the extra ``plot``)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.draw.palette import Colour, mix, tones
from vitruvian.errors import MissingExtraError
from vitruvian.types import Floats

__all__ = ["plot_curves", "plot_spans", "require_matplotlib"]

_WIDTH, _MARGIN, _ROW, _BAR = 9, 0.9, 1.15, 0.3
"""Inches."""
_NAMED = 5
"""So many people fit above the curves."""
_STEPS = (15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds between marks where time is told in minutes."""
_INK: Colour = (28, 32, 40)
_FAINT: Colour = (112, 118, 128)
_NOBODY: Colour = (140, 148, 158)
_STYLE = {
    "figure.dpi": 120,
    "figure.constrained_layout.use": True,
    "figure.titlesize": 10,
    "axes.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.xmargin": 0.01,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "lines.linewidth": 1.3,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "legend.title_fontsize": 10,
    # Names of people and files are no formulas, and stay text that can be found.
    "text.parse_math": False,
    "svg.fonttype": "none",
    # Agg gives up on a restless line of a whole film if it has to draw it in one go.
    "agg.path.chunksize": 10_000,
}


def require_matplotlib() -> Any:
    """The package that draws plots; asked for before anything takes long.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import matplotlib
        import matplotlib.figure
    except ImportError as error:
        raise MissingExtraError(
            "a plot needs matplotlib; type: pip install 'vitruvian[plot]'"
        ) from error
    return matplotlib


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
        MissingExtraError: matplotlib is not installed.
    """
    matplotlib = require_matplotlib()
    rows = max(1, len(curves))
    moments = np.asarray(times, np.float64)
    with matplotlib.rc_context(_STYLE):
        figure = matplotlib.figure.Figure(figsize=(_WIDTH, _MARGIN + _ROW * rows))
        axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
        for axis, (name, lines) in zip(axes, curves.items(), strict=False):
            _shade(axis, [span for span in spans if span[0] in lines])
            for person, values in lines.items():
                _line(axis, moments, values, _colour(person))
            unit = (units or {}).get(name)
            label = _plain(name) if unit is None else f"{_plain(name)}\n({unit})"
            axis.set_ylabel(label, rotation=0, ha="right", va="center")
        _time_below(axes[-1], moments)
        _head(figure, title, _called({p for lines in curves.values() for p in lines}, names))
        return _saved(figure, kind)


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

    Returns:
        The picture's bytes.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    matplotlib = require_matplotlib()
    with matplotlib.rc_context(_STYLE):
        figure = matplotlib.figure.Figure(figsize=(_WIDTH, _MARGIN + _BAR * max(1, len(rows))))
        axis = figure.subplots()
        axis.set_yticks(range(len(rows)), [_plain(name) for name in rows], fontsize=8)
        axis.set_ylim(max(1, len(rows)) - 0.5, -0.5)
        for row, (name, label) in enumerate(zip(rows, axis.get_yticklabels(), strict=True)):
            own = [(start, end, person) for held, start, end, person in spans if held == name]
            label.set_color(_share(_INK if own else _FAINT))
            for start, end, person in own:
                colour = _share(_NOBODY) if person is None else _colour(person)
                axis.broken_barh([(start, max(end - start, 1e-3))], (row - 0.4, 0.8), color=colour)
            if own:
                _total(axis, row, sum(end - start for start, end, _ in own))
        _time_below(axis, np.array([time for _, *ends, _ in spans for time in ends], np.float64))
        on_top = _called({person for *_, person in spans if person is not None}, names)
        _head(figure, title, {person: f"{name} on top" for person, name in on_top.items()})
        return _saved(figure, kind)


def _line(
    axis: Any, moments: NDArray[np.float64], values: Floats, colour: tuple[float, ...]
) -> None:
    """A line with its gaps, and a dot for a moment that has nothing beside it to lead to."""
    axis.plot(moments, values, color=colour)
    known = np.isfinite(values)
    beside = np.pad(known, 1)
    alone = known & ~beside[:-2] & ~beside[2:]
    axis.plot(moments[alone], np.asarray(values)[alone], ".", color=colour, markersize=3)


def _shade(axis: Any, spans: Sequence[tuple[int, float, float]]) -> None:
    """Spans behind the lines, each person's numbered from 1."""
    number: dict[int, int] = {}
    for person, start, end in spans:
        number[person] = number.get(person, 0) + 1
        axis.axvspan(start, end, color=_colour(person), alpha=0.12, linewidth=0)
        axis.text(
            (start + end) / 2, 0.97, str(number[person]), transform=axis.get_xaxis_transform(),
            ha="center", va="top", fontsize=7, color=_colour(person), clip_on=True,
        )  # fmt: skip


def _total(axis: Any, row: int, seconds: float) -> None:
    """How long a row holds, at its right end."""
    axis.text(
        1.01, row, f"{seconds:.1f} s", transform=axis.get_yaxis_transform(), va="center",
        fontsize=8, color=_share(_INK),
    )  # fmt: skip


def _time_below(axis: Any, moments: NDArray[np.float64]) -> None:
    """Seconds, and of a film of some minutes minutes and seconds."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    if len(moments) == 0 or moments.max() < 120 or np.ptp(moments) < _STEPS[0]:
        axis.set_xlabel("time (seconds)")
        return
    axis.set_xlabel("time (minutes:seconds)")
    step = next((step for step in _STEPS if np.ptp(moments) <= 10 * step), _STEPS[-1])
    axis.xaxis.set_major_locator(MultipleLocator(step))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda t, _: f"{t // 60:.0f}:{t % 60:02.0f}"))


def _head(figure: Any, title: str, called: Mapping[int, str]) -> None:
    """The title, and below it who has which colour, above the curves and not upon them."""
    from matplotlib.patches import Patch

    if not called:
        figure.suptitle(title, x=0.01, ha="left")
        return
    shown = sorted(called)[:_NAMED]
    marks = [Patch(color=_colour(person)) for person in shown]
    labels = [called[person] for person in shown]
    if len(called) > len(shown):
        marks.append(Patch(alpha=0))
        labels.append(f"and {len(called) - len(shown)} more")
    figure.legend(
        marks, labels, loc="outside upper left", ncols=len(marks), title=title, alignment="left"
    )


def _called(people: set[int], names: Mapping[int, str] | None) -> dict[int, str]:
    return {person: (names or {}).get(person, f"person {person}") for person in people}


def _saved(figure: Any, kind: str) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():
        # A name in letters that the typeface lacks: boxes in a PNG, and whole in an SVG.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(out, format=kind)
    return out.getvalue()


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _share(colour: Colour) -> tuple[float, ...]:
    return tuple(channel / 255 for channel in colour)


def _colour(person: int) -> tuple[float, ...]:
    # The palette is made for films; on white its darker tone is legible.
    return _share(mix((0, 0, 0), tones(person).middle, 0.8))
