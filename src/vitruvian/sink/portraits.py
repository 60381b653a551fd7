"""Portraits of everybody in a film, to see at a glance who was taken for whom."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from vitruvian.clip import Clip
from vitruvian.draw.palette import tones
from vitruvian.draw.portraits import portrait, portrait_sheet, portrait_strip
from vitruvian.errors import InputError
from vitruvian.geometry.boxes import overlap_of
from vitruvian.sink.place import Shelf
from vitruvian.sink.seam import About, Sink
from vitruvian.types import Floats, Frame, Image, People

__all__ = ["PortraitSink"]

_COUNT = 8
_SEEN = 0.3
_FAST = 2.0
"""Box sizes a second at which a portrait counts half, for it is blurred."""
_UNSAFE = re.compile(r"[^\w.-]+")
_SHEET = "everybody.png"


class PortraitSink(Sink):
    """Writes ``<stem>_who/<id>_<name>.png``, a strip for each person, and ``everybody.png``.

    A strip shows the person at times spread over all that they are in view, where it is surest
    that it is they, most of them is in the picture, nobody else is in the way, and they move least.

    Args:
        out: The folder.
        about: What the film is.
        clip: The film after the second pass.

    Raises:
        SinkError: The folder cannot be written to.
    """

    def __init__(self, out: Path, about: About, clip: Clip) -> None:
        self._shelf = Shelf(out / f"{about.stem}_who")
        self._clip = clip
        self._wanted = _moments(clip)
        self._found: dict[int, list[tuple[Image, str]]] = {}
        self._closed = False

    @property
    def path(self) -> Path:
        """The folder."""
        return self._shelf.folder

    def write(self, frame: Frame, people: People) -> None:
        """Cut out whoever is wanted from this frame."""
        if self._closed:
            raise InputError(f"{self.path} is closed; write before close()")
        ids = [] if people.ids is None else people.ids.tolist()
        for person in self._wanted.get(frame.index, ()):
            if person in ids:
                picture = portrait(frame.image, people.boxes[ids.index(person)])
                self._found.setdefault(person, []).append((picture, f"{frame.time:.2f} s"))

    def close(self, *, complete: bool = True) -> None:
        """Write the strips; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            if complete:
                self._put()
        finally:
            self._shelf.close()

    def _put(self) -> None:
        strips = []
        for p in np.argsort(self._clip.ids, kind="stable").tolist():
            person = int(self._clip.ids[p])
            name = None if self._clip.names is None else self._clip.names[p]
            if person in self._found:
                title = f"{person}  {name}" if name else f"{person}"
                strip = portrait_strip(
                    self._found[person], title, tones(person).middle, count=_COUNT
                )
                strips.append(strip)
                file = "_".join(filter(None, (str(person), _UNSAFE.sub("_", name or ""))))
                self._shelf.put(f"{file}.png", _png(strip))
        if strips:
            self._shelf.put(_SHEET, _png(portrait_sheet(strips)))
        self._shelf.clear(re.compile(r"\d+(_.*)?\.png"))


def _moments(clip: Clip) -> dict[int, list[int]]:
    """Frame index to the ids of whom a portrait is wanted there."""
    worth = _worth(clip)
    wanted: dict[int, list[int]] = {}
    for p, person in enumerate(clip.ids.tolist()):
        seen = np.flatnonzero(clip.scores[:, p] > _SEEN)
        for part in np.array_split(seen, min(_COUNT, len(seen))) if len(seen) else ():
            best = int(part[worth[part, p].argmax()])
            wanted.setdefault(int(clip.indices[best]), []).append(person)
    return wanted


def _worth(clip: Clip) -> Floats:
    """(T, P) 0..1, how good a portrait would be: surely they, alone, whole, and not blurred."""
    sure = clip.scores if clip.id_scores is None else clip.scores * clip.id_scores
    worth: Floats = np.nan_to_num(sure * _alone(clip) * _whole(clip) * _still(clip))
    return worth


def _alone(clip: Clip) -> Floats:
    """(T, P) the share of each box that is in nobody else's."""
    alone = np.ones(clip.scores.shape, np.float32)
    for t, here in enumerate(clip.present):
        if here.sum() > 1:
            boxes = clip.boxes[t, here]
            shared = overlap_of(boxes, boxes) - np.eye(len(boxes), dtype=np.float32)
            alone[t, here] = 1 - np.clip(shared.max(1), 0, 1)
    return alone


def _whole(clip: Clip) -> Floats:
    """(T, P) the square of the share of landmarks in the picture; 1 in films without landmarks."""
    xy = clip.body.xy
    if clip.size is None or not np.isfinite(xy).any():
        return np.ones(clip.scores.shape, np.float32)
    inside = ((xy >= 0) & (xy <= np.array(clip.size, np.float32))).all(-1)
    return np.asarray(inside.mean(-1) ** 2, np.float32)


def _still(clip: Clip) -> Floats:
    """(T, P) 1 for who stands still, a half for who moves by `_FAST` box sizes in a second."""
    still = np.ones(clip.scores.shape, np.float32)
    if len(clip.times) < 2:
        return still
    low, high = clip.boxes[..., :2], clip.boxes[..., 2:]
    step = np.diff((low + high) / 2, axis=0) / np.diff(clip.times)[:, None, None]
    pace = np.linalg.norm(step, axis=-1) / np.maximum((high - low).max(-1)[1:], 1)
    still[1:] = 1 / (1 + np.nan_to_num(pace) / _FAST)
    return still


def _png(picture: Image) -> bytes:
    import cv2

    _, data = cv2.imencode(".png", picture[..., ::-1])
    return data.tobytes()
