"""Random numbers over time, as errors and movements are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.lift_mocap import RATE

__all__ = ["Draw"]

Array = NDArray[Any]


class Draw:
    """Random numbers over time, of batch B and T frames."""

    def __init__(self, rng: np.random.Generator, batch: int, frames: int, *, fixed: bool) -> None:
        self.rng, self.fixed = rng, fixed
        self._lead = (batch, frames)

    def strength(self) -> Array:
        """(B, 1, 1, 1), how strong an error is in each clip: a quarter to three times."""
        if self.fixed:
            return np.ones((self._lead[0], 1, 1, 1))
        return np.exp(self.rng.normal(0, 0.6, (self._lead[0], 1, 1, 1)))

    def jitter(self, columns: int) -> Array:
        """(B, T, 33, columns), each frame by itself."""
        return self.rng.standard_normal((*self._lead, 33, columns), np.float32)

    def slow(self, columns: int, hold_for: tuple[float, float] = (0.12, 0.7)) -> Array:
        """(B, T, 33, columns) of deviation 1 that forgets itself within about so many seconds."""
        batch, frames = self._lead
        hold = RATE * float(np.exp(self.rng.uniform(*np.log(hold_for))))
        knots = int(frames / hold) + 5
        values = self.rng.standard_normal((batch, knots, 33, columns), np.float32)
        at = np.arange(frames) / hold + self.rng.random() + 1
        low = at.astype(np.int64)
        part = at - low
        # A cubic B-spline's four weights.
        weights = np.stack([
            (1 - part) ** 3, 3 * part**3 - 6 * part**2 + 4,
            -3 * part**3 + 3 * part**2 + 3 * part + 1, part**3,
        ]) / 6  # fmt: skip
        weights /= np.sqrt((weights**2).sum(0))
        matrix = np.zeros((frames, knots), np.float32)
        for i in range(4):
            matrix[np.arange(frames), low - 1 + i] = weights[i]
        flat = values.transpose(0, 2, 3, 1) @ matrix.T
        return np.ascontiguousarray(flat.transpose(0, 3, 1, 2))

    def hidden(self) -> Array:
        """(B, T, 33), 1 where a limb or a side is hidden for a while."""
        batch, frames = self._lead
        result = np.zeros((batch, frames, 33), np.float32)
        groups = [
            list(range(11)), [13, 15, 17, 19, 21], [14, 16, 18, 20, 22], [15, 17, 19, 21],
            [16, 18, 20, 22], [25, 27, 29, 31], [26, 28, 30, 32], [27, 29, 31], [28, 30, 32],
            [25, 26, 27, 28, 29, 30, 31, 32], list(range(11, 33, 2)), list(range(12, 33, 2)),
        ]  # fmt: skip
        for b in range(batch):
            for _ in range(self.rng.poisson(0.7)):
                group = groups[self.rng.integers(len(groups))]
                first, last = np.sort(self.rng.integers(-frames // 2, frames * 3 // 2, 2))
                result[b, max(first, 0) : max(last, 0), group] = 1
        return result

    def seen(self) -> Array:
        """(B, T, 33) visibility of what is not hidden."""
        batch = self._lead[0]
        floor = self.rng.choice([0.6, 0.85, 1.0], (batch, 1, 1))
        return floor + (1 - floor) * self.rng.random((batch, 1, 33))

    def gaps(self) -> Array:
        """(B, T), 0 for a while in some clips."""
        batch, frames = self._lead
        there = np.ones((batch, frames), np.float32)
        for b in np.flatnonzero(self.rng.random(batch) < 0.12):
            first = self.rng.integers(0, frames)
            there[b, first : first + self.rng.integers(1, 12)] = 0
        return there
