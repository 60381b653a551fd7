"""The network that corrects world landmarks over time, and how it is run over a film."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from vitruvian.lift.features import CHANNELS, Array, Seen, features
from vitruvian.runtime import Session, open_session
from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["MODEL", "Corrector", "corrector"]

MODEL = Path(__file__).with_name("lift.tflite")
_AT_ONCE = 2
"""Looks in one run: somebody, and the same in a mirror."""
_MARGIN = 24
"""Frames at either end of a run whose result is taken from the next run, where there is one."""
_UNGUESSED = 0.09
"""The share of what the network says without the guess. A landmark model's errors in depth go
together more than those that were drawn for training; the picture's points do not share them."""
_MIRROR = np.array(BLAZEPOSE_33.mirror)


@lru_cache(maxsize=2)
def corrector(frames: int = 128) -> Corrector:
    """The shipped network, loaded once for so many frames at a time."""
    return Corrector(open_session(MODEL, threads=2, shape=(1, frames, _AT_ONCE, CHANNELS)))


class Corrector:
    """Corrects a guess of the world landmarks, and says how far off each may be.

    Args:
        session: The network: (1, F, L, C) features of L looks to (1, F, L, 165): 33 x 3 metres to
            add, and for each landmark the logarithm of the error expected across and in depth, in
            tenths of a metre.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        _, self._frames, self._looks, _ = session.inputs[0][0]

    def __call__(self, seen: Seen) -> tuple[Array, Array]:
        """(T, 33, 3) metres round the hips, and (T, 33, 2) metres of error across and in depth.

        Most of it is corrected from the guess, and a share is made from the picture's points
        alone; each is the mean of what is said of a person and of the same seen in a mirror.
        """
        if not seen.world.any():
            (points,), (error,) = self._looked_at([seen])
            return points, error
        flat = replace(seen, world=np.zeros_like(seen.world), z=np.zeros_like(seen.z))
        (points, other), (error, doubt) = self._looked_at([seen, flat])
        share = 1 - _UNGUESSED
        return share * points + _UNGUESSED * other, share * error + _UNGUESSED * doubt

    def _looked_at(self, views: list[Seen]) -> tuple[Array, Array]:
        """(V, T, 33, 3) and (V, T, 33, 2), the mean of each view and its mirror image."""
        both = [each for view in views for each in (view, _mirrored(view))]
        inputs, points = features(_stacked(both))
        output = self._outputs(inputs)
        points = points + output[..., :99].reshape(points.shape)
        spread = output[..., 99:].reshape(*points.shape[:-1], 2)
        error = np.exp(np.clip(spread, -4, 4)) / 10
        points = (points[::2] + points[1::2, :, _MIRROR] * (-1, 1, 1)) / 2
        return points, (error[::2] + error[1::2, :, _MIRROR]) / 2

    def _outputs(self, inputs: Array) -> Array:
        """(L, T, 165) from (L, T, C)."""
        looks, count, _ = inputs.shape
        groups = [slice(first, first + self._looks) for first in range(0, looks, self._looks)]
        return np.concatenate([
            np.concatenate([self._run(inputs[some, part])[:, keep] for some in groups])
            for part, keep in self._parts(count)
        ], axis=1)  # fmt: skip

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

    def _run(self, inputs: Array) -> Array:
        looks, count, channels = inputs.shape
        padded = np.zeros((1, self._frames, self._looks, channels), np.float32)
        padded[0, :count, :looks] = inputs.swapaxes(0, 1)
        output = self._session.run(padded)[0][0, :count, :looks]
        return np.asarray(output.swapaxes(0, 1), np.float64)


def _mirrored(seen: Seen) -> Seen:
    """The same as a mirror shows it: left is right."""
    return replace(
        seen,
        plane=seen.plane[..., _MIRROR, :] * (-1, 1),
        world=seen.world[..., _MIRROR, :] * (-1, 1, 1),
        z=seen.z[..., _MIRROR],
        visibility=seen.visibility[..., _MIRROR],
    )


def _stacked(views: list[Seen]) -> Seen:
    return Seen(*(
        np.stack([getattr(view, field.name) for view in views]) for field in fields(Seen)
    ))  # fmt: skip
