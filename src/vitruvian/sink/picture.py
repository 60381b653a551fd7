"""Pictures with their people drawn on them, one file each."""

from __future__ import annotations

from pathlib import Path, PurePath

from vitruvian.draw import draw_people, draw_views
from vitruvian.errors import InputError
from vitruvian.sink.place import Shelf
from vitruvian.sink.seam import About, Sink
from vitruvian.types import Frame, Image, People

__all__ = ["PictureSink", "ViewsPictureSink"]

_JPEG = frozenset({".jpg", ".jpeg"})


class PictureSink(Sink):
    """Writes ``<stem>_annotated.<png or jpg>``, or a folder ``<stem>_annotated`` of them.

    In the folder every picture keeps its name; ``a/x.jpg`` becomes ``a_x.jpg``, and of two
    with the same name the second gets ``_2``. A JPEG stays one, everything else becomes a PNG.

    Args:
        out: The folder.
        about: What the pictures are.

    Raises:
        SinkError: The folder cannot be written to.
    """

    _ending = "annotated"

    def __init__(self, out: Path, about: About) -> None:
        stem = f"{about.stem}_{self._ending}"
        self._one = stem if about.one_picture else None
        self._shelf = Shelf(out if self._one else out / stem)
        self._path = out / (stem + _suffix(about.source) if self._one else stem)
        self._taken: set[str] = set()
        self._closed = False

    @property
    def path(self) -> Path:
        """The picture, or the folder of them."""
        return self._path

    def write(self, frame: Frame, people: People) -> None:
        """Add one picture."""
        if self._closed:
            raise InputError(f"{self.path} is closed; write before close()")
        given = (frame.name or f"{frame.index:06d}.png").replace("/", "_")
        suffix = _suffix(given)
        name = self._free(self._one or PurePath(given).stem, suffix)
        self._shelf.put(name, _encoded(self._drawn(frame, people), suffix))

    def close(self, *, complete: bool = True) -> None:
        """Nothing is left to do; every picture is complete once it is written."""
        if not self._closed:
            self._closed = True
            self._shelf.close()

    def _drawn(self, frame: Frame, people: People) -> Image:
        return draw_people(frame.image, people)

    def _free(self, stem: str, suffix: str) -> str:
        name, count = stem + suffix, 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{stem}_{count}{suffix}"
        self._taken.add(name.casefold())
        return name


class ViewsPictureSink(PictureSink):
    """Writes ``<stem>_views``: annotated pictures, and beside each its bodies from three sides.

    Args:
        out: The folder.
        about: What the pictures are.

    Raises:
        SinkError: The folder cannot be written to.
    """

    _ending = "views"

    def _drawn(self, frame: Frame, people: People) -> Image:
        return draw_views(super()._drawn(frame, people), people)


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix
    return suffix if suffix.lower() in _JPEG else ".png"


def _encoded(image: object, suffix: str) -> bytes:
    import cv2
    import numpy as np

    bgr = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)
    options = [cv2.IMWRITE_JPEG_QUALITY, 93] if suffix.lower() in _JPEG else []
    done, data = cv2.imencode(suffix, bgr, options)
    if not done:
        raise InputError(f"a picture of {bgr.shape[1]}x{bgr.shape[0]} cannot be a {suffix}")
    return data.tobytes()
