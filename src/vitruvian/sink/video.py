"""The film with its people drawn on it, as an mp4 that a stop half way leaves readable."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import numpy as np

from vitruvian.draw import Trails, draw_people, draw_views
from vitruvian.errors import InputError, SinkError
from vitruvian.sink.film import Film
from vitruvian.sink.place import Place, disk_errors
from vitruvian.sink.seam import About, Sink
from vitruvian.types import Frame, Image, People

__all__ = ["VideoSink", "ViewsSink"]

_WAITING_FRAMES = 2


class VideoSink(Sink):
    """Writes ``<stem>_annotated.mp4`` (H.264, or MPEG-4 where there is no encoder for it).

    Every frame keeps the time it has in the source. Drawing and encoding go on in a thread
    of their own, with two frames waiting at most. A film without frames leaves no file.

    Args:
        out: The folder.
        about: What the film is of.

    Raises:
        SinkError: The file cannot be written.
    """

    _ending = "annotated"

    def __init__(self, out: Path, about: About) -> None:
        self._place = Place(out / f"{about.stem}_{self._ending}.mp4")
        self._film = Film(self._place.path, about.rate or 30.0)
        self._trails = Trails()
        self._canvas: Image | None = None
        self._queue: queue.Queue[tuple[Frame, People] | None] = queue.Queue(_WAITING_FRAMES)
        self._error: Exception | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="film writer", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The file."""
        return self._place.path

    def write(self, frame: Frame, people: People) -> None:
        """Add one frame; an error of an earlier frame may come up here."""
        if self._closed:
            raise InputError(f"{self.path} is closed; write before close()")
        self._raise()
        self._queue.put((frame, people))

    def close(self, *, complete: bool = True) -> None:
        """Finish the film; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        try:
            with disk_errors(self.path):
                self._film.close()
            self._raise()
        except SinkError:
            complete = False
            raise
        finally:
            blank = self._film.blank
            self._place.settle(complete=complete and not blank, empty=blank)

    def _raise(self) -> None:
        if self._error is not None:
            error, self._error = self._error, None
            with disk_errors(self.path):
                raise error

    def _work(self) -> None:
        failed = False
        while (item := self._queue.get()) is not None:
            if failed:
                continue
            try:
                self._film.add(*self._drawn(*item))
            except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
                self._error, failed = error, True

    def _drawn(self, frame: Frame, people: People) -> tuple[Image, float]:
        self._trails.update(frame.time, people)
        if self._canvas is None or self._canvas.shape != frame.image.shape:
            self._canvas = np.empty_like(frame.image)
        np.copyto(self._canvas, frame.image)
        return draw_people(self._canvas, people, trails=self._trails, in_place=True), frame.time


class ViewsSink(VideoSink):
    """Writes ``<stem>_views.mp4``: the annotated film, and beside it bodies from three sides.

    Args:
        out: The folder.
        about: What the film is of.

    Raises:
        SinkError: The file cannot be written.
    """

    _ending = "views"

    def _drawn(self, frame: Frame, people: People) -> tuple[Image, float]:
        image, time = super()._drawn(frame, people)
        return draw_views(image, people), time
