"""Where somebody goes: a Kalman filter of constant velocity, in pixels, scaled by body size."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vitruvian.types import Floats

__all__ = ["Motion", "centres"]

_TORSO = [11, 12, 23, 24]
_JITTER = 0.03
"""Standard deviation of a torso's measured place, in sides of the region."""
_JITTER_IN_CONTACT = 0.1
"""The same for somebody who is partly hidden."""
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
    return np.asarray(xy[:, _TORSO].mean(1), np.float32)


@dataclass(slots=True)
class Motion:
    """The place and velocity of one person, and how sure they are (x and y alike).

    Args:
        place: (2,) pixels.
        side: The side of their region, which stands for body size, in pixels.
        time: Seconds.
    """

    place: Floats
    side: float
    time: float
    velocity: Floats = field(default_factory=lambda: np.zeros(2, np.float32))
    spread: tuple[float, float, float] = (_JITTER**2, 0.0, _STRIDE**2)
    """Variance of the place, covariance with the velocity, variance of the velocity; in sides."""

    def expected(self, time: float) -> tuple[Floats, float]:
        """The place at a time, and its variance in pixels squared."""
        place, (variance, _, _) = self._forward(time)
        return place, min(variance + _JITTER**2, _FARTHEST**2) * self.side**2

    def seen(self, place: Floats, side: float, time: float, *, clear: bool = True) -> None:
        """Take in where they are now, with more reserve if somebody is in front of them."""
        expected, (a, b, c) = self._forward(time)
        total = a + (_JITTER if clear else _JITTER_IN_CONTACT) ** 2
        surprise = place - expected
        if clear and float((surprise**2).sum()) > _SURPRISING * 2 * total * self.side**2:
            # A leap or a landing: what was known of the velocity is worth nothing now.
            velocity = (place - self.place) / np.float32(max(time - self.time, 1e-3))
            self.place, self.velocity = place, velocity
            self.spread = (_JITTER**2, 0.0, (2 * _STRIDE) ** 2)
            self.side, self.time = self.side + 0.3 * (side - self.side), time
            return
        self.place = expected + np.float32(a / total) * surprise
        self.velocity = self.velocity + np.float32(b / total) * surprise
        self.spread = (a - a * a / total, b - a * b / total, c - b * b / total)
        self.side += (0.3 if clear else 0.05) * (side - self.side)
        self.time = time

    def unseen(self, time: float, velocity: Floats) -> None:
        """Move on without having been seen, with a velocity."""
        self.place, self.spread = (
            self.place + velocity * np.float32(time - self.time),
            (self._forward(time)[1]),
        )
        self.velocity, self.time = velocity, time

    def _forward(self, time: float) -> tuple[Floats, tuple[float, float, float]]:
        dt = max(0.0, time - self.time)
        a, b, c = self.spread
        q = _SWERVE**2
        place = self.place + self.velocity * np.float32(dt)
        spread = (
            a + 2 * dt * b + dt * dt * c + q * dt**4 / 4,
            b + dt * c + q * dt**3 / 2,
            c + q * dt * dt,
        )
        return place, spread
