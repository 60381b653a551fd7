"""The one pipeline seam: a stage takes a frame and the people found so far, and adds facts."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from vitruvian.types import Frame, People

__all__ = ["Stage"]


@runtime_checkable
class Stage(Protocol):
    """One step of the fold.

    The first stage of a pipeline is given the people of the previous frame (nobody at the
    start, and nobody between pictures that stand alone); every other stage is given what the
    stage before it returned. A stage never writes into an array it was given.
    """

    needs: frozenset[str]
    """The columns of `People` that must be filled when the stage is called."""
    adds: frozenset[str]
    """The columns of `People` that are filled when it returns."""

    def __call__(self, frame: Frame, people: People) -> People:
        """The same frame's people with one more fact known."""
        ...

    def reset(self) -> None:
        """Forget everything about the frames so far; called between sources."""
        ...
