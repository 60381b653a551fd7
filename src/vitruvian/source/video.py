"""A film with an end, in a file."""

from __future__ import annotations

from pathlib import Path

from vitruvian.errors import SourceError
from vitruvian.source.ahead import Ahead
from vitruvian.source.film import Film
from vitruvian.source.seam import Frames, Source

__all__ = ["VideoSource"]


class VideoSource(Source):
    """A film with an end: whatever FFmpeg decodes, decoded a few frames ahead in a thread.

    Args:
        path: The file, or the URL of one.
        name: What results say they were made from; by default the file's name.
        film: The film, if it is open already.
        ahead: Frames decoded ahead of the one in use; each of 1080p takes 3 MB.

    Raises:
        SourceError: Nothing in the file can be decoded.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        name: str | None = None,
        film: Film | None = None,
        ahead: int = 3,
    ) -> None:
        super().__init__(Path(path).name if name is None else name)
        self._path = path
        if isinstance(path, Path) and path.is_file() and path.stat().st_size == 0:
            raise SourceError(f"{self.name} is empty; expected a film or a picture")
        self._ahead = ahead
        self._film = film or Film(path, self.name)
        self._fresh = True
        self.size, self.rate, self.count = self._film.size, self._film.rate, self._film.count

    @property
    def damage(self) -> str | None:
        """What could not be decoded in the latest pass, in one line, or None."""
        return self._film.damage

    def read(self) -> Frames:
        """A new pass from the film's beginning."""
        if not self._fresh:
            self._film = Film(self._path, self.name)
        self._fresh = False
        return Ahead(self._film, self._ahead, self._film.close)

    def close(self) -> None:
        """Stop decoding and close the file; may be called twice."""
        super().close()
        self._fresh = False
        self._film.close()
