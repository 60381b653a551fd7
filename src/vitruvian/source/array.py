"""Arrays in memory: one picture, or the frames of a film."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sized
from itertools import chain

from vitruvian.errors import InputError
from vitruvian.source.seam import Source
from vitruvian.types import Frame, Image

__all__ = ["ArraySource"]


class ArraySource(Source):
    """Frames out of an iterable of (H, W, 3) uint8 RGB arrays.

    Args:
        arrays: The pictures; a list can be read again, a generator only once.
        rate: Frames a second: frame i is at ``i / rate`` seconds. None for pictures that stand
            alone: then the time is the index, and each may have its own size.
        name: What results say they were made from.

    Raises:
        InputError: There is no picture, one is not (H, W, 3) uint8, or a film's frames differ
            in size.
    """

    def __init__(
        self, arrays: Iterable[Image], *, rate: float | None = 30.0, name: str = "array"
    ) -> None:
        super().__init__(name)
        self._arrays = arrays
        self.rate = rate
        self.stills = rate is None
        self.count = len(arrays) if isinstance(arrays, Sized) else None
        self._once = iter(arrays) is arrays
        rest = iter(arrays)
        first = next(rest, None)
        if first is None:
            raise InputError("expected at least one (H, W, 3) uint8 RGB array, not an empty list")
        if self.rate is not None or self.count == 1:
            self.size = Frame(first).size
        self._fresh: Iterator[Image] | None = chain([first], rest)

    def read(self) -> Generator[Frame]:
        """A new pass from the first array.

        Raises:
            InputError: The arrays came from a generator, which has been read already.
        """
        if self._fresh is None and self._once:
            raise InputError("this iterator of arrays has been read; pass a list to read it again")
        arrays = self._fresh if self._fresh is not None else iter(self._arrays)
        self._fresh = None
        return self._frames(arrays)

    def _frames(self, arrays: Iterator[Image]) -> Generator[Frame]:
        for index, array in enumerate(arrays):
            frame = Frame(array, index=index, time=index / (self.rate or 1.0))
            if self.size is not None and frame.size != self.size:
                width, height = self.size
                raise InputError(
                    f"frame {index} is {frame.size[0]}x{frame.size[1]}, but the film is "
                    f"{width}x{height}; open pictures that stand alone one by one, or with "
                    "open_source(…, stills=True)"
                )
            yield frame
