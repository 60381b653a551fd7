"""Cameras: from metres in a room to pixels in a picture, and back to directions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vitruvian.errors import InputError

__all__ = ["FOCAL", "Camera"]

Doubles = NDArray[np.float64]

FOCAL = 1.2
"""The focal length that is assumed, in longer sides of the picture: a phone's main camera."""
_TRIMMED = 16
"""Codecs store whole blocks of 16 pixels; what is over is cut off at the right and the bottom."""
_ROUNDS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A camera with a lens, at a place: OpenCV's model, x right, y down, z where it looks.

    Args:
        size: Width and height of its pictures in pixels.
        matrix: (3, 3) intrinsics: focal lengths and principal point in pixels.
        distortion: (D,) k1, k2, p1, p2, k3, k4, k5, k6, as many as there are, up to 8.
        rotation: (3, 3) from the room's axes to the camera's.
        translation: (3,) metres; a point of the room is at ``rotation @ point + translation``.
        name: What a calibration calls it.
        assumed: Whether the focal length is a guess.

    Raises:
        InputError: A matrix has another shape, is not finite, or is no rotation.

    Example:
        >>> camera = Camera.from_field_of_view((1920, 1080), 60)
        >>> camera.project([0, 0, 2]).tolist()
        [960.0, 540.0]
    """

    size: tuple[int, int]
    matrix: Doubles
    distortion: Doubles
    rotation: Doubles
    translation: Doubles
    name: str = ""
    assumed: bool = False

    def __post_init__(self) -> None:
        shapes = {"matrix": (3, 3), "rotation": (3, 3), "translation": (3,)}
        for field, shape in shapes.items():
            array = np.asarray(getattr(self, field))
            if array.shape != shape or not np.isfinite(array).all():
                raise InputError(f"{field} of {self._title} must be {shape} numbers, not {array}")
        lens = np.shape(self.distortion)
        if len(lens) != 1 or lens[0] > 8:
            raise InputError(f"distortion of {self._title} must be up to 8 numbers, not {lens}")
        if not np.isfinite(self.distortion).all():
            raise InputError(f"distortion of {self._title} must be numbers, not NaN")
        if min(self.matrix[0, 0], self.matrix[1, 1], *self.size) <= 0:
            raise InputError(f"focal length and size of {self._title} must be more than 0")
        off = np.abs(self.rotation @ self.rotation.T - np.eye(3)).max()
        if off > 1e-3 or np.linalg.det(self.rotation) < 0:
            raise InputError(f"rotation of {self._title} is no rotation: {self.rotation.tolist()}")

    @property
    def _title(self) -> str:
        return self.name or "a camera"

    @classmethod
    def from_field_of_view(cls, size: tuple[int, int], degrees: float) -> Camera:
        """A camera without distortion that looks along z from the origin.

        Args:
            size: Width and height in pixels.
            degrees: The angle that the longer side spans.

        Raises:
            InputError: The angle is not between 1 and 170 degrees.
        """
        if not 1 <= degrees <= 170:
            raise InputError(f"a field of view is 1 to 170 degrees, not {degrees}")
        return cls._pinhole(size, max(size) / 2 / float(np.tan(np.radians(degrees) / 2)), False)

    @classmethod
    def guessed(cls, size: tuple[int, int]) -> Camera:
        """A camera of which nothing is known: focal length `FOCAL` times the longer side."""
        return cls._pinhole(size, FOCAL * max(size), True)

    @classmethod
    def _pinhole(cls, size: tuple[int, int], focal: float, assumed: bool) -> Camera:
        matrix = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1.0]])
        return cls(size, matrix, np.zeros(0), np.eye(3), np.zeros(3), "", assumed)

    @property
    def centre(self) -> Doubles:
        """(3,) where it stands in the room, metres."""
        return np.asarray(-self.rotation.T @ self.translation)

    @property
    def focal(self) -> float:
        """Focal length in pixels, the mean of both directions."""
        return float(self.matrix[0, 0] + self.matrix[1, 1]) / 2

    def moved(self, rotation: ArrayLike, translation: ArrayLike) -> Camera:
        """The same camera at another place."""
        turn, shift = np.asarray(rotation, np.float64), np.asarray(translation, np.float64)
        return replace(self, rotation=turn, translation=shift)

    def fitted(self, size: tuple[int, int]) -> Camera:
        """The same camera for a film of a slightly other size.

        A film of the same shape is taken as scaled. One that lacks or has up to 16 pixels more
        at the right and the bottom is taken as trimmed to, or padded from, whole blocks.

        Args:
            size: Width and height of the film in pixels.

        Raises:
            InputError: The film is neither.
        """
        if size == self.size:
            return self
        across, down = size[0] / self.size[0], size[1] / self.size[1]
        if max(abs(size[0] - self.size[0]), abs(size[1] - self.size[1])) <= _TRIMMED:
            return replace(self, size=size)
        if abs(across / down - 1) > 0.005:
            raise InputError(
                f"{self._title} is calibrated for {self.size[0]}x{self.size[1]}, and the film is "
                f"{size[0]}x{size[1]}, which is neither scaled nor trimmed; give its calibration"
            )
        matrix = np.diag([across, down, 1.0]) @ self.matrix
        return replace(self, size=size, matrix=matrix)

    def seen(self, points: ArrayLike) -> Doubles:
        """(…, 3) points of the room in the camera's axes, metres; the last number is depth."""
        return np.asarray(points, np.float64) @ self.rotation.T + self.translation

    def project(self, points: ArrayLike) -> Doubles:
        """(…, 2) pixels of (…, 3) points of the room; NaN for what is behind the camera."""
        there = self.seen(points)
        depth = np.where(there[..., 2:] > 1e-9, there[..., 2:], np.nan)
        bent = self._bend(there[..., :2] / depth)
        skew = self.matrix[0, 1] * bent[..., 1:]
        pixels = bent * self.matrix[[0, 1], [0, 1]] + self.matrix[:2, 2]
        return np.asarray(pixels + np.concatenate([skew, np.zeros_like(skew)], axis=-1))

    def undistort(self, xy: ArrayLike) -> Doubles:
        """(…, 2) where a straight camera of focal length 1 shows (…, 2) pixels.

        By fixed-point iteration (Heikkilä, 1997, as OpenCV does), until nothing changes.
        """
        pixels = np.asarray(xy, np.float64) - self.matrix[:2, 2]
        y = pixels[..., 1] / self.matrix[1, 1]
        x = (pixels[..., 0] - self.matrix[0, 1] * y) / self.matrix[0, 0]
        seen = np.stack([x, y], axis=-1)
        if not np.any(self.distortion):
            return seen
        straight = seen.copy()
        for _ in range(_ROUNDS):
            # A lens that folds its rim over has no way back there, and is left as it is.
            with np.errstate(over="ignore", invalid="ignore"):
                step = seen - self._bend(straight)
                straight = straight + step
            if not np.nanmax(np.abs(step), initial=0) > 1e-13:
                break
        return np.asarray(np.where(np.abs(straight) < 1e3, straight, np.nan))

    def rays(self, xy: ArrayLike) -> Doubles:
        """(…, 3) directions of length 1 in the room's axes for (…, 2) pixels."""
        flat = self.undistort(xy)
        away = np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1) @ self.rotation
        return np.asarray(away / np.linalg.norm(away, axis=-1, keepdims=True))

    def _bend(self, flat: Doubles) -> Doubles:
        """What the lens makes of a straight picture, both at focal length 1."""
        if not np.any(self.distortion):
            return flat
        k1, k2, p1, p2, k3, k4, k5, k6 = np.pad(self.distortion, (0, 8 - len(self.distortion)))
        x, y = flat[..., 0], flat[..., 1]
        r2: Any = x * x + y * y
        radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
        return np.stack(
            [
                x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
                y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
            ],
            axis=-1,
        )
