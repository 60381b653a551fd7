"""The one seam of this package: a source gives frames, and gives them again when asked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Iterator
from typing import Protocol

from vitruvian.closable import Closable
from vitruvian.types import Frame

__all__ = ["Frames", "Source"]


class Frames(Protocol):
    """One pass over a source: an iterator that can be stopped early."""

    def __iter__(self) -> Iterator[Frame]:
        """Itself."""
        ...

    def __next__(self) -> Frame:
        """The next frame."""
        ...

    def close(self) -> None:
        """Stop, and free what the pass holds; may be called twice."""
        ...


class Source(Closable):
    """Where frames come from; iterate it, best inside ``with``.

    Iterating again starts again from the beginning (a camera goes on with what it sees now) and
    ends an iteration that is still under way. An implementation fills the attributes before
    the first frame is asked for, and gives frames with ascending ``index`` from 0, strictly
    increasing ``time``, and the same upright ``size`` unless its own is None.
    """

    name: str
    """What a result says it was made from: a file name, ``camera 0``, a URL without its user."""
    size: tuple[int, int] | None = None
    """Upright width and height of every frame; None where pictures may differ in size."""
    rate: float | None = None
    """Nominal frames a second, or None."""
    count: int | None = None
    """About how many frames there are (for a progress bar), or None."""
    live: bool = False
    """True where frames do not wait: the latest is given, those in between are let go."""
    stills: bool = False
    """True where each frame is a picture of its own, and nothing is followed between them."""
    skipped: list[tuple[str, str]]
    """Names of what was left out in the latest pass, each with the reason."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.skipped = []
        self._pass: Frames | None = None

    @property
    def damage(self) -> str | None:
        """What was wrong with the film in the latest pass, in one line, or None."""
        return None

    @property
    def dropped(self) -> int:
        """How many frames of something live were let go in the latest pass."""
        return 0

    @abstractmethod
    def read(self) -> Frames:
        """A new pass from the beginning."""

    def __iter__(self) -> Generator[Frame]:
        self._stop()
        frames = self._pass = self.read()
        try:
            yield from frames
        finally:
            frames.close()

    def close(self) -> None:
        """Stop the pass that is under way and free its file or device; may be called twice."""
        self._stop()

    def _stop(self) -> None:
        if self._pass is not None:
            self._pass.close()
            self._pass = None
