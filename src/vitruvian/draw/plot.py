"""Curves over time, as PNG or SVG, with matplotlib (the extra ``plot``)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from vitruvian.draw.palette import tones
from vitruvian.errors import MissingExtraError
from vitruvian.types import Floats

__all__ = ["plot_curves", "plot_spans"]

_ROW_INCHES = 1.15
_DOTS = 120
_NAMED = 5
"""So many people fit beside the title."""


def plot_curves(
    times: ArrayLike,
    curves: Mapping[str, Mapping[int, Floats]],
    *,
    kind: str,
    title: str = "",
    spans: Sequence[tuple[int, float, float]] = (),
    names: Mapping[int, str] | None = None,
) -> bytes:
    """One row per quantity and one line per person, over a shared axis of seconds.

    Args:
        times: (T,) seconds.
        curves: For each quantity the values (T,) of each person; NaN is a gap in the line.
        kind: ``"png"`` or ``"svg"``.
        title: What stands above.
        spans: Person, start and end in seconds, shaded and numbered where that person has a
            line: repetitions, say.
        names: What people are called; by their number where there is no name.

    Returns:
        The picture's bytes.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figure_class, agg = _matplotlib()
    figure = figure_class(figsize=(9, 0.9 + _ROW_INCHES * max(1, len(curves))), dpi=_DOTS)
    agg(figure)
    axes = figure.subplots(max(1, len(curves)), 1, sharex=True, squeeze=False)[:, 0]
    people = sorted({person for lines in curves.values() for person in lines})
    for axis, (name, lines) in zip(axes, curves.items(), strict=False):
        _shade(axis, [span for span in spans if span[0] in lines])
        for person, values in lines.items():
            axis.plot(times, values, color=_colour(person), linewidth=1.3)
        axis.set_ylabel(name.replace("_", " "), rotation=0, ha="right", va="center", fontsize=8)
        axis.tick_params(labelsize=7)
        axis.grid(alpha=0.25, linewidth=0.5)
        axis.margins(x=0.01)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    axes[-1].set_xlabel("seconds", fontsize=8)
    if title:
        figure.suptitle(title, fontsize=10)
    if people:
        _name_people(figure, people, names or {})
    figure.tight_layout()
    out = io.BytesIO()
    figure.savefig(out, format=kind)
    return out.getvalue()


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


def _name_people(figure: Any, people: Sequence[int], names: Mapping[int, str]) -> None:
    """Who has which colour, above the curves and not upon them."""
    from matplotlib.lines import Line2D

    shown = people[:_NAMED]
    lines = [
        Line2D([], [], color=_colour(person), label=names.get(person, f"person {person}"))
        for person in shown
    ]
    if len(people) > len(shown):
        lines.append(Line2D([], [], alpha=0, label=f"and {len(people) - len(shown)} more"))
    figure.legend(handles=lines, fontsize=7, loc="upper right", ncols=len(lines), frameon=False)


def _colour(person: int) -> tuple[float, ...]:
    # The palette is made for films; on white its darker tone is legible.
    return tuple(channel / 255 * 0.8 for channel in tones(person).middle)


def _matplotlib() -> tuple[Any, Any]:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(
            "a plot needs matplotlib; type: pip install 'vitruvian[plot]'"
        ) from error
    return Figure, FigureCanvasAgg


def plot_spans(
    rows: Sequence[str],
    spans: Sequence[tuple[str, float, float, int | None]],
    *,
    kind: str,
    title: str = "",
    names: Mapping[int, str] | None = None,
) -> bytes:
    """A timeline: a row per name, and a bar where it holds, in the colour of a person.

    Args:
        rows: The names, from the top down.
        spans: Name, start and end in seconds, and the person whose colour it has, or None.
        kind: ``"png"`` or ``"svg"``.
        title: What stands above.
        names: What people are called; by their number where there is no name.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figure_class, agg = _matplotlib()
    figure = figure_class(figsize=(9, 0.9 + 0.3 * max(1, len(rows))), dpi=_DOTS)
    agg(figure)
    axis = figure.subplots()
    named: set[int] = set()
    for name, start, end, person in spans:
        colour = (0.55, 0.58, 0.62) if person is None else _colour(person)
        label = (
            None if person is None or person in named else (names or {}).get(person, str(person))
        )
        named |= set() if person is None else {person}
        bar = [(start, max(end - start, 1e-3))]
        axis.broken_barh(bar, (rows.index(name) - 0.4, 0.8), facecolors=colour, label=label)
    axis.set_yticks(range(len(rows)), [name.replace("_", " ") for name in rows], fontsize=8)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.tick_params(axis="x", labelsize=7)
    axis.grid(alpha=0.25, linewidth=0.5)
    axis.set_xlabel("seconds", fontsize=8)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    if title:
        axis.set_title(title, fontsize=10)
    if named:
        axis.legend(
            title="on top", fontsize=7, title_fontsize=7, loc="upper left", bbox_to_anchor=(1, 1)
        )
    figure.tight_layout()
    out = io.BytesIO()
    figure.savefig(out, format=kind)
    return out.getvalue()
