"""Curves over time, as PNG or SVG, with matplotlib (the extra ``plot``)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from vitruvian.draw.palette import tones
from vitruvian.errors import MissingExtraError
from vitruvian.types import Floats

__all__ = ["plot_curves"]

_ROW_INCHES = 1.15
_DOTS = 120


def plot_curves(
    times: ArrayLike,
    curves: Mapping[str, Mapping[int, Floats]],
    *,
    kind: str,
    title: str = "",
    spans: Sequence[tuple[int, float, float]] = (),
) -> bytes:
    """One row per quantity and one line per person, over a shared axis of seconds.

    Args:
        times: (T,) seconds.
        curves: For each quantity the values (T,) of each person; NaN is a gap in the line.
        kind: ``"png"`` or ``"svg"``.
        title: What stands above.
        spans: Person, start and end in seconds, shaded: repetitions, say.

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
        for person, start, end in spans:
            axis.axvspan(start, end, color=_colour(person), alpha=0.12, linewidth=0)
        for person, values in lines.items():
            axis.plot(times, values, color=_colour(person), linewidth=1.3, label=str(person))
        axis.set_ylabel(name.replace("_", " "), rotation=0, ha="right", va="center", fontsize=8)
        axis.tick_params(labelsize=7)
        axis.grid(alpha=0.25, linewidth=0.5)
        axis.margins(x=0.01)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    axes[-1].set_xlabel("seconds", fontsize=8)
    if title:
        figure.suptitle(title, fontsize=10)
    if len(people) > 1:
        axes[0].legend(title="person", fontsize=7, title_fontsize=7, loc="upper right", ncols=6)
    figure.tight_layout()
    out = io.BytesIO()
    figure.savefig(out, format=kind)
    return out.getvalue()


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
