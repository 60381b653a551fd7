"""Pictures in files: one, or many in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from vitruvian.errors import SourceError
from vitruvian.source.ahead import Ahead
from vitruvian.source.decode import read_picture
from vitruvian.source.planes import resize
from vitruvian.source.seam import Frames, Source
from vitruvian.types import Frame, Image

__all__ = ["PictureSource"]


class PictureSource(Source):
    """Pictures in files, in the order given, decoded one ahead in a thread.

    A picture that cannot be read is left out and listed in ``skipped``; its index stays free.

    Args:
        paths: The files, at least one.
        name: What results say they were made from.
        rate: Pictures a second, if they are the frames of a film: picture i is at ``i / rate``
            seconds and all are scaled to the first one's size. None for pictures that stand
            alone: then the time is the index, and each has its own size.

    Raises:
        SourceError: The only picture, or the whole film of them, cannot be read.
    """

    def __init__(self, paths: Sequence[Path], name: str, *, rate: float | None = None) -> None:
        super().__init__(name)
        self._paths = list(paths)
        self._names = _short_names(self._paths)
        self.count = len(self._paths)
        self.rate = rate
        self.stills = rate is None
        self._kept: tuple[Path, Image] | None = None
        if rate is not None or len(self._paths) == 1:
            first = next(self._frames())
            self.size = first.size
            self._kept = (self._paths[first.index], first.image)

    def read(self) -> Frames:
        """A new pass from the first picture."""
        self.skipped = []
        return Ahead(self._frames(), 1)

    def close(self) -> None:
        """Stop the pass that is under way; may be called twice."""
        super().close()
        self._kept = None

    def _image(self, path: Path) -> Image:
        if self._kept is None or self._kept[0] != path:
            return read_picture(path)
        (_, image), self._kept = self._kept, None
        return image

    def _frames(self) -> Iterator[Frame]:
        found = False
        for index, (path, name) in enumerate(zip(self._paths, self._names, strict=True)):
            try:
                image = self._image(path)
            except SourceError as error:
                if len(self._paths) == 1:
                    raise
                self.skipped.append((name, str(error)))
                continue
            found = True
            if self.rate is not None and self.size is not None:
                image = resize(image, self.size)
            yield Frame(image, index=index, time=index / (self.rate or 1.0), name=name)
        if not found:
            raise SourceError(
                f"none of the {len(self._paths)} pictures in {self.name} can be read; "
                f"the first: {self.skipped[0][1]}"
            )


def _short_names(paths: Sequence[Path]) -> list[str]:
    """File names, or paths from the folder they share where two names are the same."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    shared = os.path.commonpath([path.absolute().parent for path in paths])
    return [path.absolute().relative_to(shared).as_posix() for path in paths]
