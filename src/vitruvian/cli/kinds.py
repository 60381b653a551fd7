"""Options that take one or more kinds of output."""

from __future__ import annotations

from collections.abc import Sequence

import click

from vitruvian.errors import UnknownNameError

__all__ = ["Kinds"]


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
