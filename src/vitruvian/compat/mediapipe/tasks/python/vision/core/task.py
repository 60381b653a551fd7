"""What the vision tasks have in common: three ways to be asked, rising stamps, and an end."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from operator import index
from threading import RLock
from typing import Any, Generic, TypeVar

from vitruvian.closable import Closable
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image
from vitruvian.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.live_stream import LiveStream
from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import check_picture
from vitruvian.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
    validate_running_mode,
)

__all__ = ["Task", "check_count", "check_share"]

R = TypeVar("R")
Reader = Callable[[Image, ImageProcessingOptions, float], R]
_MODES = {
    VisionTaskRunningMode.IMAGE: "image mode",
    VisionTaskRunningMode.VIDEO: "video mode",
    VisionTaskRunningMode.LIVE_STREAM: "live stream mode",
}


class Task(Closable, Generic[R]):
    """A reader of pictures that is asked in one of three modes.

    Calls are let in one at a time, whatever thread they come from.

    Args:
        read: Gives the result for a picture, its options and its time in seconds.
        running_mode: In which mode it may be asked.
        result_callback: Is given the results of a live stream.
        crops: Whether a region of interest may be given.
    """

    def __init__(
        self,
        read: Reader[R],
        running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE,
        result_callback: Callable[[R, Image, int], Any] | None = None,
        *,
        crops: bool = False,
    ) -> None:
        validate_running_mode(running_mode, result_callback)
        self._mode = running_mode
        self._crops = crops
        self._one_at_a_time = RLock()
        self._last: int | None = None
        self._read: Reader[R] | None = read
        self._live: LiveStream | None = None
        end: Callable[[], None] = _nothing
        if result_callback is not None:
            self._live = LiveStream(partial(_read_live, read), result_callback)
            end = partial(self._live.close, hurry=True)
        # Also when it is forgotten, and when Python ends.
        self._forgotten = weakref.finalize(self, end)

    def _ask(self, image: Image, options: ImageProcessingOptions | None) -> R:
        options = self._checked(image, options, VisionTaskRunningMode.IMAGE)
        with self._one_at_a_time:
            self._last = 0 if self._last is None else self._last + 1000
            return self._reader()(image, options, self._last / 1000)

    def _ask_for_video(self, image: Image, stamp: int, options: ImageProcessingOptions | None) -> R:
        options = self._checked(image, options, VisionTaskRunningMode.VIDEO)
        with self._one_at_a_time:
            return self._reader()(image, options, self._accepted(stamp) / 1000)

    def _ask_async(self, image: Image, stamp: int, options: ImageProcessingOptions | None) -> None:
        options = self._checked(image, options, VisionTaskRunningMode.LIVE_STREAM)
        with self._one_at_a_time:
            self._reader()
            if self._live is not None:
                self._live.send(image, self._accepted(stamp), options)

    def close(self) -> None:
        """Let the models go, after the live results under way; may be called twice."""
        if self._live is not None:
            self._live.close()
        with self._one_at_a_time:
            self._read = None
        self._forgotten.detach()

    def _reader(self) -> Reader[R]:
        if self._read is None:
            raise RuntimeError("Task runner is currently not running.")
        return self._read

    def _checked(
        self,
        image: Image,
        options: ImageProcessingOptions | None,
        mode: VisionTaskRunningMode,
    ) -> ImageProcessingOptions:
        options = options or ImageProcessingOptions()
        if options.rotation_degrees % 90:
            raise ValueError("Expected rotation to be a multiple of 90°.")
        region = options.region_of_interest
        if region is not None and not self._crops:
            raise ValueError("This task doesn't support region-of-interest.")
        if region is not None and not (
            0 <= region.left < region.right <= 1 and 0 <= region.top < region.bottom <= 1
        ):
            raise ValueError(
                "Expected region-of-interest with left < right and top < bottom, all in [0, 1], "
                f"not {region}"
            )
        if mode != self._mode:
            raise ValueError(
                f"Task is not initialized with the {_MODES[mode]}. "
                f"Current running mode:{_MODES[self._mode]}"
            )
        check_picture(image)
        return options

    def _accepted(self, stamp: int) -> int:
        """A time stamp later than all before it, in milliseconds."""
        stamp = index(stamp)
        if self._last is not None and stamp <= self._last:
            raise ValueError("Input timestamp must be monotonically increasing.")
        self._last = stamp
        return stamp


def check_share(name: str, value: float) -> None:
    """Check an option that goes from 0 to 1.

    Raises:
        ValueError: It is outside.
    """
    if not 0 <= value <= 1:
        raise ValueError(f"Invalid `{name}` option: value must be in the range [0.0, 1.0]")


def check_count(name: str, value: int) -> None:
    """Check how many are wanted.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is less than 1.
    """
    if index(value) < 1:
        raise ValueError(f"Invalid `{name}` option: value must be 1 or more, not {value}")


def _read_live(read: Reader[R], image: Image, stamp: int, options: ImageProcessingOptions) -> R:
    return read(image, options, stamp / 1000)


def _nothing() -> None:
    """Without live results there is nothing to wait for."""
