"""Times of frames that only go forward, out of stamps that are missing, equal or fall back."""

from __future__ import annotations

__all__ = ["Clock"]

_RESTART = 1.0
"""Seconds of falling back from which on it is a clock that was set anew, not a slip."""


class Clock:
    """Repairs a film's time stamps, frame by frame; good ones pass unchanged.

    A missing stamp is one step after the frame before. One that does not go forward is half a
    step after it, so that the next good stamp still fits. A stamp that falls back by more than
    a second starts a new clock (recordings joined end to end): from there on every stamp is
    shifted so that time goes on by one step. The film's first frame is never before 0.

    Args:
        step: Seconds between frames where nothing better is known.

    Example:
        >>> clock = Clock(0.04)
        >>> [round(clock(stamp), 2) for stamp in (0.0, 0.04, 0.04, None, 0.2)]
        [0.0, 0.04, 0.06, 0.1, 0.2]
    """

    def __init__(self, step: float) -> None:
        self._step = step
        self._shift = 0.0
        self._last: float | None = None

    def __call__(self, stamp: float | None) -> float:
        """Seconds for a frame whose container says ``stamp``."""
        last = self._last
        if last is None:
            stamp = 0.0 if stamp is None else stamp
            self._shift = max(0.0, -stamp)
            time = stamp + self._shift
        elif stamp is None:
            time = last + self._step
        else:
            time = self._forward(stamp, last)
        self._last = time
        return time

    def _forward(self, stamp: float, last: float) -> float:
        time = stamp + self._shift
        if time > last:
            return time
        if last - time > _RESTART:
            self._shift = last + self._step - stamp
            return last + self._step
        return last + self._step / 2
