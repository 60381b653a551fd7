"""A camera at this machine, through OpenCV."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import suppress
from itertools import count
from threading import Event
from typing import Any, Protocol

import cv2
import numpy as np

from vitruvian.errors import SourceError
from vitruvian.source.decode import opencv_quiet
from vitruvian.source.latest import LiveSource
from vitruvian.types import Frame, Image

__all__ = ["CameraSource", "Capture"]

_TRIES = 30
_PAUSE = 0.05
"""A camera may take up to 1.5 s to wake, and may miss a picture now and then."""


class Capture(Protocol):
    """What is used of ``cv2.VideoCapture``."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether there is a device."""
        ...

    def read(self) -> tuple[bool, Any]:
        """Success, and a (H, W, 3) uint8 BGR picture."""
        ...

    def get(self, prop: int) -> float:
        """A property, 0 if it is not known."""
        ...

    def release(self) -> None:
        """Free the device."""
        ...


class CameraSource(LiveSource):
    """A camera: the latest picture each time one is asked for; times count from the first.

    Args:
        index: Which camera, from 0, as the system counts them.
        connect: Opens a device; ``cv2.VideoCapture`` by default.

    Raises:
        SourceError: There is no such camera, it is in use, or it gives no picture.
    """

    def __init__(
        self, index: int = 0, *, connect: Callable[[int], Capture] = cv2.VideoCapture
    ) -> None:
        super().__init__(f"camera {index}")
        self._index = index
        self._connect = connect
        self._fresh: Capture | None = self._open()
        rate = self._fresh.get(cv2.CAP_PROP_FPS)
        self.rate = rate if 0 < rate <= 1000 else None
        try:
            height, width = self._picture(self._fresh).shape[:2]
        except SourceError:
            self._fresh.release()
            raise
        self.size = (width, height)

    def close(self) -> None:
        """Stop, and free the camera; may be called twice."""
        super().close()
        if self._fresh is not None:
            self._fresh.release()
            self._fresh = None

    def _open(self) -> Capture:
        # OpenCV throws where the number is beyond a C int.
        with opencv_quiet(), suppress(cv2.error):
            capture = self._connect(self._index)
            if capture.isOpened():
                return capture
        raise SourceError(
            f"{self.name} cannot be opened; is it connected, and not in use elsewhere?"
        )

    def _picture(self, capture: Capture) -> Image:
        for _ in range(_TRIES):
            good, picture = capture.read()
            if good and picture is not None:
                return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
            time.sleep(_PAUSE)
        raise SourceError(f"{self.name} gives no picture")

    def _frames(self, stop: Event) -> Generator[Frame]:
        capture, self._fresh = self._fresh or self._open(), None
        try:
            start = last = 0.0
            for index in count():
                if stop.is_set():
                    return
                image = self._picture(capture)
                last = max(time.monotonic(), last + 1e-6)
                start = last if index == 0 else start
                yield Frame(image, index=index, time=last - start)
        finally:
            capture.release()
