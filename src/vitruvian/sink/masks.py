"""The outline of every person as an 8-bit grey PNG."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from vitruvian.errors import InputError
from vitruvian.sink.place import Shelf
from vitruvian.sink.seam import About, Sink
from vitruvian.types import Frame, People

__all__ = ["MaskSink"]

_NAME = re.compile(r"\d{6,}_(id|person)\d+\.png")


class MaskSink(Sink):
    """Writes ``<stem>_masks/000012_id3.png``: frame 12, the person with id 3.

    A person without an id is called ``person0``, ``person1`` … in the frame's order. White
    is the person. Where the people have no masks nothing is written. A complete run takes
    away the masks that an earlier one left.

    Args:
        out: The folder.
        about: What the clip is of.

    Raises:
        SinkError: The folder cannot be written to.
    """

    def __init__(self, out: Path, about: About) -> None:
        self._shelf = Shelf(out / f"{about.stem}_masks")
        self._closed = False

    @property
    def path(self) -> Path:
        """The folder."""
        return self._shelf.folder

    def write(self, frame: Frame, people: People) -> None:
        """Add the masks of one frame."""
        if self._closed:
            raise InputError(f"{self.path} is closed; write before close()")
        if people.masks is None:
            return
        ids = [-1] * len(people) if people.ids is None else people.ids.tolist()
        for row, (person, mask) in enumerate(zip(ids, people.masks, strict=True)):
            name = f"id{person}" if person >= 0 else f"person{row}"
            self._shelf.put(f"{frame.index:06d}_{name}.png", _png(mask))

    def close(self, *, complete: bool = True) -> None:
        """Take away what is left of an earlier run; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if complete:
            self._shelf.clear(_NAME)
        self._shelf.close()


def _png(mask: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bytes:
    import cv2

    grey = np.clip(np.nan_to_num(mask) * 255 + 0.5, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, 2])
    return data.tobytes()
