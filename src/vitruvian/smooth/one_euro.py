"""The one-euro filter, on arrays of any shape."""

from __future__ import annotations

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
        cutoff = np.asarray(self._min_cutoff + self._beta * np.abs(self._speed), np.float32)
        at_rest, per_speed = self._threshold or (0.0, 0.0)
        damped = np.asarray(at_rest + per_speed * np.abs(self._speed), np.float32)
        self._smooth = low_pass(
            self._smooth, value, _alpha(cutoff, dt), damped if self._threshold else None
        )
        self._time, self._raw = time, value
        return self._smooth


def _alpha(cutoff: Floats | float, dt: float) -> Floats:
    return np.asarray(1 / (1 + 1 / (2 * np.pi * dt * np.asarray(cutoff))), np.float32)
