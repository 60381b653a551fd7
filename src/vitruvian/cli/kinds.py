"""Options that take one or more kinds of output."""

from __future__ import annotations

from collections.abc import Sequence

import click
from click.core import ParameterSource

from vitruvian.errors import MissingExtraError, UnknownNameError

__all__ = ["Kinds", "writable"]

_PLOTS = ("png", "svg")


class Kinds(click.ParamType[tuple[str, ...]]):
    """One or more kinds of output, with commas between them; each counts once.

    Args:
        kinds: Those that there are.

    Raises:
        UnknownNameError: There is no such kind.
    """

    name = "kind[,kind…]"

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = kinds

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The kinds as they were typed."""
        kinds = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        if not kinds:
            self.fail(f"expected one or more of {', '.join(self._kinds)}", param, ctx)
        for kind in kinds:
            if kind not in self._kinds:
                raise UnknownNameError("kind of output", kind, self._kinds)
        return kinds


def writable(ctx: click.Context, param: click.Parameter, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The callback of a ``--save`` for tables and plots: the kinds that can be written here.

    It is asked before a film is looked at. A plot that nobody asked for, but which is among the
    defaults, is left out where matplotlib is not installed, and a line says so.

    Raises:
        MissingExtraError: A kind was asked for and needs a package that is not installed.
    """
    if "parquet" in kinds:
        from vitruvian.sink.table import require_pyarrow

        require_pyarrow()
    if set(kinds).isdisjoint(_PLOTS):
        return kinds
    from vitruvian.draw.plot import require_matplotlib

    try:
        require_matplotlib()
    except MissingExtraError as missing:
        if ctx.get_parameter_source(str(param.name)) is not ParameterSource.DEFAULT:
            raise
        click.echo(f"vitruvian: the plot is left out: {missing}", err=True)
        return tuple(kind for kind in kinds if kind not in _PLOTS)
    return kinds
