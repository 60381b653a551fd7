"""Lifting while frames come: the same network and fit over the last frames, some frames late."""

from __future__ import annotations

from collections import deque

import numpy as np

from vitruvian.errors import InputError
from vitruvian.lift.film import lift_body
from vitruvian.lift.network import corrector
from vitruvian.types import Floats, Landmarks

__all__ = ["OnlineLift"]

_WINDOW = 64
"""Frames that are looked back at, about two seconds at 30 a second."""
_FITTED = 24
"""Of them, frames before a result that are fitted with it; earlier ones tell how long bones are."""


class OnlineLift:
    """Refines one person's world landmarks, `latency` frames late.

    Each frame is fitted anew with those before it and `latency` frames after it, so that a
    result never changes once it was given.

    Args:
        size: Width and height of the frames in pixels.
        latency: How many frames a result is late; at 30 frames a second 6 are 0.2 s. None is the
            least exact, and more than 40 gain nothing.
        height: Metres, if it is known.

    Raises:
        InputError: The latency is not 0 to 40.

    Example:
        >>> from vitruvian.lift import OnlineLift
        >>> live = OnlineLift((640, 480), latency=6)
    """

    def __init__(
        self, size: tuple[int, int], *, latency: int = 6, height: float | None = None
    ) -> None:
        if not 0 <= latency <= 40:
            raise InputError(f"latency must be 0 to 40 frames, not {latency}")
        self.latency = latency
        self._size, self._height = size, height
        self._bodies: deque[Landmarks] = deque(maxlen=_WINDOW)
        self._times: deque[float] = deque(maxlen=_WINDOW)

    def __call__(self, body: Landmarks, time: float) -> tuple[float, Floats, Floats] | None:
        """Take a frame, and give the one of `latency` frames ago.

        Args:
            body: Landmarks without leading axes; NaN where the person was not seen.
            time: Seconds.

        Returns:
            Its time, (K, 3) metres round the hips, and (3,) metres from the camera to the hips;
            None for the first `latency` frames.
        """
        self._bodies.append(body)
        self._times.append(time)
        if len(self._bodies) <= self.latency:
            return None
        window = _stacked(self._bodies)
        fitted = lift_body(
            window, np.array(self._times), self._size, height=self._height,
            network=corrector(_WINDOW), last=_FITTED + 1 + self.latency,
        )  # fmt: skip
        at = -1 - self.latency
        return self._times[at], fitted.chosen(window)[at], fitted.root[at].astype(np.float32)

    def reset(self) -> None:
        """Forget everything, for another person or film."""
        self._bodies.clear()
        self._times.clear()


def _stacked(bodies: deque[Landmarks]) -> Landmarks:
    worlds = [body.world for body in bodies]
    given = [world for world in worlds if world is not None]
    xy, z, visibility, presence = (
        np.stack([getattr(body, name) for body in bodies])
        for name in ("xy", "z", "visibility", "presence")
    )
    world = np.stack(given) if len(given) == len(worlds) else None
    return Landmarks(bodies[0].skeleton, xy, z, visibility, presence, world)
