"""The one-euro filter, on arrays of any shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from vitruvian.types import Floats

__all__ = ["OneEuro", "low_pass"]


def low_pass(
    previous: Floats, value: Floats, alpha: Floats | float, threshold: Floats | None = None
) -> Floats:
    """``alpha`` of the new value and the rest of the old one.

    With a threshold, steps much larger than it count as their logarithm does, so that a single
    wild value moves little (tfjs-models, ``low_pass_filter.ts``).
    """
    step = value - previous
    if threshold is not None:
        step = threshold * np.arcsinh(step / threshold)
    return np.asarray(previous + alpha * step, np.float32)


class OneEuro:
    """Smooths strongly what is slow and hardly what is fast.

    Follows MediaPipe's OneEuroFilter: the speed is measured against the previous raw value,
    low-passed, and opens the filter. See Casiez, Roussel and Vogel, CHI 2012.

    Args:
        min_cutoff: Cut-off in Hz at rest; lower is smoother.
        beta: How much speed opens the filter; higher is less lag.
        derivative_cutoff: Cut-off in Hz for the speed.
        threshold: At rest and per unit of speed: steps beyond it are damped; None for MediaPipe's
            own filter, which lets them through.
    """

    def __init__(
        self,
        min_cutoff: float,
        beta: float,
        derivative_cutoff: float = 1.0,
        *,
        threshold: tuple[float, float] | None = None,
    ) -> None:
        self._threshold = threshold
        self._min_cutoff = min_cutoff
        self._beta = beta
        self._derivative_cutoff = derivative_cutoff
        self._time: float | None = None
        self._raw = self._smooth = self._speed = np.zeros(0, np.float32)

    def __call__(self, value: Floats, time: float, scale: float = 1.0) -> Floats:
        """The smoothed value.

        Args:
            value: Any shape, the same at every call.
            time: Seconds; a time that is not later than the last gives the value back.
            scale: What a unit of value is worth as speed: 1 / the object's size in pixels.
        """
        if self._time is None:
            self._time, self._raw, self._smooth = time, value, value
            self._speed = np.zeros_like(value)
            return value
        dt = time - self._time
        if dt <= 0:
            return value
        speed = (value - self._raw) * np.float32(scale / dt)
        self._speed = low_pass(self._speed, speed, _alpha(self._derivative_cutoff, dt))
        pace = np.abs(self._speed)
        damped = None
        if self._threshold is not None:
            at_rest, per_speed = self._threshold
            damped = np.asarray(at_rest + per_speed * pace, np.float32)
        alpha = _alpha(np.asarray(self._min_cutoff + self._beta * pace, np.float32), dt)
        self._smooth = low_pass(self._smooth, value, alpha, damped)
        self._time, self._raw = time, value
        return self._smooth


def _alpha(cutoff: Floats | float, dt: float) -> Any:
    """What the new value counts: float32 arrays stay such, and a number is one of Python's."""
    return 1 / (1 + 1 / (2 * np.pi * dt * cutoff))
