"""A camera that nobody measured: what its pixels say of directions, and where somebody stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.lift.features import HIPS, Array, moving_mean

__all__ = ["FOCAL", "Aim", "Camera", "aim", "place"]

FOCAL = 1.2
"""The focal length in longer sides of the picture, where it is not known: that of a phone's main
camera, about 26 mm on a film of 36 x 24 mm, cropped a little for video."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole that stands still.

    Args:
        focal: In pixels.
        centre: x and y in pixels of where it looks.
    """

    focal: float
    centre: tuple[float, float]

    @classmethod
    def assumed(cls, size: tuple[int, int]) -> Camera:
        """Focal length `FOCAL` times the longer side, looking at the middle."""
        return cls(FOCAL * max(size), (size[0] / 2, size[1] / 2))

    def rays(self, xy: Array) -> Array:
        """(…, 3) directions of which the last number is 1."""
        flat = (xy - np.array(self.centre)) / self.focal
        return np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """Directions as a camera would see them that is turned towards somebody's hips.

    Args:
        turn: (T, 3, 3) from the camera's axes to those of the turned one.
        plane: (T, 33, 2) where the turned camera shows the landmarks, round the hips, at focal
            length 1.
    """

    turn: Array
    plane: Array


def aim(camera: Camera, xy: Array, known: Array) -> Aim:
    """Turn a camera towards the hips of somebody.

    A landmark model sees a crop round the hips, so its world axes are those of such a camera.

    Args:
        camera: The one that stands.
        xy: (T, 33, 2) pixels, 0 where they are missing.
        known: (T,) 1 where somebody is, else 0.
    """
    rays = camera.rays(xy)
    hips = rays[:, HIPS].mean(1) * known[:, None]
    share = np.maximum(moving_mean(known), 1e-9)
    towards = moving_mean(hips.T).T / share[:, None]
    towards[moving_mean(known) == 0] = (0, 0, 1)
    turn = _towards(towards)
    turned = rays @ np.swapaxes(turn, -1, -2)
    plane = turned[..., :2] / np.maximum(turned[..., 2:], 0.05)
    return Aim(turn, plane - plane[:, HIPS].mean(1, keepdims=True))


def _towards(directions: Array) -> Array:
    """(T, 3, 3) turns that bring each direction to the front without a roll."""
    front = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    right = np.cross(np.array([0.0, 1.0, 0.0]), front)
    right /= np.maximum(np.linalg.norm(right, axis=-1, keepdims=True), 1e-9)
    return np.stack([right, np.cross(front, right), front], axis=-2)


def place(rays: Array, points: Array, weights: Array) -> Array:
    """(T, 3) metres from the camera to the hips, so that points lie on their rays.

    Least squares of the distance across each ray, linear in the place.

    Args:
        rays: (T, K, 3), the last number 1.
        points: (T, K, 3) metres round the hips.
        weights: (T, K), 0 for what is not known.
    """
    u, v = rays[..., 0], rays[..., 1]
    a = u * points[..., 2] - points[..., 0]
    b = v * points[..., 2] - points[..., 1]
    w = weights
    total = w.sum(-1) + 1e-9
    normal = np.zeros((len(rays), 3, 3))
    normal[:, 0, 0] = normal[:, 1, 1] = total
    normal[:, 0, 2] = normal[:, 2, 0] = -(w * u).sum(-1)
    normal[:, 1, 2] = normal[:, 2, 1] = -(w * v).sum(-1)
    normal[:, 2, 2] = (w * (u * u + v * v)).sum(-1) + 1e-9
    right = np.stack([(w * a).sum(-1), (w * b).sum(-1), -(w * (u * a + v * b)).sum(-1)], -1)
    return np.asarray(np.linalg.solve(normal, right[..., None])[..., 0])
