"""Where somebody goes: a Kalman filter of constant velocity, in pixels, scaled by body size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vitruvian.types import Floats

__all__ = ["Motion", "Pair", "centres"]

Pair = tuple[float, float]

_TORSO = 11, 12, 23, 24
_JITTER = 0.03
"""Standard deviation of a torso's measured place, in sides of the region."""
_STRIDE = 0.5
"""Standard deviation of the speed of somebody just met, in sides a second; a side is about 1.4
times a person's height, so a walker makes one."""
_SWERVE = 0.8
"""Standard deviation of the acceleration, in sides a second squared."""
_SURPRISING = 4.0
"""From how many times the variance on, in each direction, somebody moves as nobody foresaw."""
_FARTHEST = 2.0
"""Standard deviation, in sides, beyond which nothing is known of the place."""


def centres(xy: Floats) -> Floats:
    """(N, 2) the middle of each torso, from (N, 33, 2) landmarks."""
    a, b, c, d = _TORSO
    return np.asarray((xy[:, a] + xy[:, b] + xy[:, c] + xy[:, d]) / 4, np.float32)


@dataclass(slots=True)
class Motion:
    """The place and velocity of one person, and how sure they are (x and y alike).

    Plain numbers, not arrays: for one person at a time they are many times faster.

    Args:
        place: x and y in pixels; NaN where nothing is known of it.
        side: The side of their region, which stands for body size, in pixels.
        time: Seconds.
        velocity: Pixels a second.
        spread: Variance of the place, covariance with the velocity, variance of the velocity; in
            sides.
    """

    place: Pair
    side: float
    time: float
    velocity: Pair = (0.0, 0.0)
    spread: tuple[float, float, float] = (_JITTER**2, 0.0, _STRIDE**2)

    def expected(self, time: float) -> tuple[float, float, float]:
        """The place at a time, x and y, and its variance in pixels squared."""
        (x, y), (variance, _, _) = self._forward(time)
        return x, y, min(variance + _JITTER**2, _FARTHEST**2) * self.side**2

    def seen(self, place: Pair, side: float, time: float, *, clear: bool = True) -> None:
        """Take in where they are now; of who touches others, no leap is believed."""
        (x, y), (a, b, c) = self._forward(time)
        total = a + _JITTER**2
        dx, dy = place[0] - x, place[1] - y
        if clear and dx * dx + dy * dy > _SURPRISING * 2 * total * self.side**2:
            # A leap or a landing: what was known of the velocity is worth nothing now.
            dt = max(time - self.time, 1e-3)
            self.velocity = (place[0] - self.place[0]) / dt, (place[1] - self.place[1]) / dt
            self.place, self.spread = place, (_JITTER**2, 0.0, (2 * _STRIDE) ** 2)
            self.side, self.time = self.side + 0.3 * (side - self.side), time
            return
        gain, push = a / total, b / total
        self.place = x + gain * dx, y + gain * dy
        self.velocity = self.velocity[0] + push * dx, self.velocity[1] + push * dy
        self.spread = (a - a * gain, b - a * push, c - b * push)
        self.side += (0.3 if clear else 0.05) * (side - self.side)
        self.time = time

    def unseen(self, time: float, velocity: Pair) -> None:
        """Move on without having been seen, with a velocity."""
        dt = time - self.time
        self.spread = self._forward(time)[1]
        self.place = self.place[0] + velocity[0] * dt, self.place[1] + velocity[1] * dt
        self.velocity, self.time = velocity, time

    def lose_place(self) -> None:
        """Nothing is known any more of where they are."""
        self.place = math.nan, math.nan

    def _forward(self, time: float) -> tuple[Pair, tuple[float, float, float]]:
        dt = max(0.0, time - self.time)
        a, b, c = self.spread
        q = _SWERVE**2
        place = self.place[0] + self.velocity[0] * dt, self.place[1] + self.velocity[1] * dt
        spread = (
            a + 2 * dt * b + dt * dt * c + q * dt**4 / 4,
            b + dt * c + q * dt**3 / 2,
            c + q * dt * dt,
        )
        return place, spread
