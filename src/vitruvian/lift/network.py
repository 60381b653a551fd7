"""The network that corrects world landmarks over time, and how it is run over a film."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from vitruvian.lift.features import Array, Seen, features
from vitruvian.runtime import Session, open_session
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["MODEL", "Corrector", "corrector"]

MODEL = Path(__file__).with_name("lift.tflite")
_MARGIN = 24
"""Frames at either end of a run whose result is taken from the next run, where there is one."""
_UNGUESSED = 0.09
"""The share of what the network says without the guess. A landmark model's errors in depth go
together more than those that were drawn for training; the picture's points do not share them."""
_MIRROR = np.array(BLAZEPOSE_33.mirror)


@lru_cache(maxsize=1)
def corrector() -> Corrector:
    """The shipped network, loaded once."""
    return Corrector(open_session(MODEL, threads=2))


class Corrector:
    """Corrects a guess of the world landmarks, and says how far off each may be.

    Args:
        session: The network: (1, F, 1, C) features to (1, F, 1, 165): 33 x 3 metres to add, and
            for each landmark the logarithm of the error expected across and in depth, in tenths
            of a metre.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frames = session.inputs[0][0][1]

    def __call__(self, seen: Seen) -> tuple[Array, Array]:
        """(T, 33, 3) metres round the hips, and (T, 33, 2) metres of error across and in depth.

        Most of it is corrected from the guess, and a share is made from the picture's points
        alone.
        """
        points, error = self._looked_at(seen)
        if not seen.world.any():
            return points, error
        flat = replace(seen, world=np.zeros_like(seen.world), z=np.zeros_like(seen.z))
        other, doubt = self._looked_at(flat)
        share = 1 - _UNGUESSED
        return share * points + _UNGUESSED * other, share * error + _UNGUESSED * doubt

    def _looked_at(self, seen: Seen) -> tuple[Array, Array]:
        """The mean of what the network says of a person and of the same seen in a mirror."""
        points, error = self._corrected(seen)
        other, doubt = self._corrected(_mirrored(seen))
        other = other[:, _MIRROR] * (-1, 1, 1)
        return (points + other) / 2, (error + doubt[:, _MIRROR]) / 2

    def _corrected(self, seen: Seen) -> tuple[Array, Array]:
        inputs, guess = features(seen)
        output = np.concatenate(
            [self._run(inputs[part], keep) for part, keep in self._parts(len(inputs))]
        )
        shift, spread = output[:, :99], output[:, 99:]
        points = guess + shift.reshape(-1, 33, 3)
        return points, np.exp(np.clip(spread, -4, 4)).reshape(-1, 33, 2) / 10

    def _parts(self, count: int) -> list[tuple[slice, slice]]:
        """Runs of the network over the frames, and what of each is kept."""
        step = self._frames - 2 * _MARGIN
        parts = []
        first = 0
        while True:
            start = max(first - _MARGIN, 0)
            end = min(start + self._frames, count)
            last = end if end == count else first + step
            parts.append((slice(start, end), slice(first - start, last - start)))
            if last == count:
                return parts
            first = last

    def _run(self, inputs: Array, keep: slice) -> Array:
        padded = np.zeros((1, self._frames, 1, inputs.shape[-1]), np.float32)
        padded[0, : len(inputs), 0] = inputs
        return np.asarray(self._session.run(padded)[0][0, :, 0][keep])


def _mirrored(seen: Seen) -> Seen:
    """The same as a mirror shows it: left is right."""
    return replace(
        seen,
        plane=seen.plane[..., _MIRROR, :] * (-1, 1),
        world=seen.world[..., _MIRROR, :] * (-1, 1, 1),
        z=seen.z[..., _MIRROR],
        visibility=seen.visibility[..., _MIRROR],
    )
