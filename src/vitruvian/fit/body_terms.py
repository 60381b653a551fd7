"""What a fitted body is held to: landmarks in the picture and in metres, habit, and no overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_contact import overlap, overlap_jacobian
from vitruvian.fit.body_measure import stature
from vitruvian.fit.body_model import JOINT_NAMES, BodyModel
from vitruvian.fit.body_pose import Placed, Pose, place, pose_jacobian, shape_jacobian
from vitruvian.fit.body_shape import SPREAD, USUAL

__all__ = ["Camera", "Seen", "Spreads", "Terms", "assemble", "cost", "repeated"]

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera without distortion.

    Args:
        focal: Pixels.
        centre: Pixels, where its axis meets the picture.
    """

    focal: float
    centre: tuple[float, float]

    def project(self, points: Array) -> Array:
        """(…, 2) pixels of points (…, 3) in the camera's axes; what lies behind it is held off."""
        depth = np.maximum(points[..., 2:], 0.05)
        out: Array = self.focal * points[..., :2] / depth + np.array(self.centre)
        return out


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one person at T moments.

    Args:
        xy: (T, 33, 2) pixels.
        world: (T, 33, 3) metres from the hips' midpoint, in the camera's axes.
        trust: (T, 33) 0..1.
        times: (T,) seconds.
        sigma: (T,) pixels: how sure landmarks are in the picture.
    """

    xy: Array
    world: Array
    trust: Array
    times: Array
    sigma: Array

    def __getitem__(self, index: Any) -> Seen:
        """The same for some of the moments."""
        return Seen(
            self.xy[index], self.world[index], self.trust[index], self.times[index],
            self.sigma[index],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of what is held to.

    Args:
        world: Metres, of world landmarks across the line of sight; along it twice as much.
        habit: Of a joint's coordinates, as a share of their range.
        scale: Of the world landmarks' scale.
        overlap: Metres.
        height: Metres, of a height that is given.
        stature: That height in metres, or None.
    """

    world: float = 0.04
    habit: float = 0.5
    scale: float = 0.02
    overlap: float = 0.01
    height: float = 0.005
    stature: float | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Normal equations: for the poses, one block each; for the shape and scale; and between.

    Args:
        poses: (T, D, D).
        poses_gradient: (T, D).
        between: (T, D, 7).
        shape: (7, 7).
        shape_gradient: (7,).
    """

    poses: Array
    poses_gradient: Array
    between: Array
    shape: Array
    shape_gradient: Array


_TELLING = 7
"""Moments after which more of them say nothing new of the shape, since where a landmark model sees
a joint and where the body has it are taken to differ by about 15 mm, always the same."""
_TURN = 3.0
"""From how many standard deviations on a landmark is doubted (Geman and McClure)."""


def repeated(count: int) -> float:
    """How often so many moments say the same of the shape, 1 or more."""
    return max(count / _TELLING, 1.0)


def _residuals(
    seen: Seen, camera: Camera, placed: Placed, scale: float, spreads: Spreads
) -> tuple[Array, Array]:
    """(T, 33, 2) and (T, 33, 3), in standard deviations of a landmark that is trusted fully."""
    points = placed.points[:, :33]
    flat = (camera.project(points) - seen.xy) / seen.sigma[:, None, None]
    # The body is brought to the landmarks' scale, not they to its: noise would shrink them.
    solid = np.exp(-scale) * (points - placed.joints[:, :1]) - seen.world
    solid = solid - _middle(seen, solid)
    return flat, solid / (spreads.world * np.array([1.0, 1.0, 2.0]))


def _middle(seen: Seen, values: Array) -> Array:
    """(T, 1, …) the mean over landmarks, as they are trusted.

    The world's origin is where the landmark model sees the hips, which is as unsure as any of
    them: what counts is how landmarks lie to each other.
    """
    trust = seen.trust.reshape(*seen.trust.shape, *[1] * (values.ndim - 2))
    out: Array = (trust * values).sum(1, keepdims=True) / trust.sum(1, keepdims=True)
    return out


def _robust(residual: Array) -> tuple[Array, Array]:
    """The cost of each landmark, and the weight that gives a quadratic the same slope."""
    square = (residual**2).sum(-1) / _TURN**2
    return _TURN**2 * square / (1 + square), 1 / (1 + square) ** 2


def cost(
    model: BodyModel, seen: Seen, camera: Camera, pose: Pose, shape: Array, spreads: Spreads
) -> float:
    """What is minimised, but for what holds moments together."""
    placed = place(model, model.rest(shape[:6]), pose)
    total = 0.0
    for residual in _residuals(seen, camera, placed, float(shape[6]), spreads):
        total += float((seen.trust * _robust(residual)[0]).sum())
    total += float(((pose.coordinates - model.usual) ** 2 * _habit(model, spreads)).sum())
    total += float((overlap(placed)[0] ** 2).sum()) / spreads.overlap**2
    again = repeated(len(pose))
    total += float((((shape[:6] - USUAL) / SPREAD) ** 2).sum()) * again
    if spreads.stature is None:
        return total + float(shape[6] / spreads.scale) ** 2 * again
    off = (stature(model, shape[:6])[0] - spreads.stature) / spreads.height
    return total + float(shape[6] / spreads.scale) ** 2 + off**2 * again


def assemble(
    model: BodyModel, seen: Seen, camera: Camera, pose: Pose, shape: Array, spreads: Spreads
) -> Terms:
    """Linearise everything at a pose and shape."""
    placed = place(model, model.rest(shape[:6]), pose)
    joints = np.arange(len(JOINT_NAMES))
    every = np.concatenate([placed.joints, placed.points], 1)
    # A joint's centre is carried by its parent.
    carriers = np.concatenate([np.maximum(model.parents, 0), model.carriers])
    moves = pose_jacobian(model, pose, placed, every, carriers)
    grows = np.concatenate(shape_jacobian(model, shape[:6], placed), 1)
    seen_moves = moves[:, len(joints) : len(joints) + 33]
    seen_grows = grows[:, len(joints) : len(joints) + 33]
    values, by_pose, by_shape = _landmark_rows(
        seen, camera, placed, float(shape[6]), spreads, seen_moves, seen_grows
    )
    turned = by_pose.swapaxes(1, 2)
    poses, gradient = turned @ by_pose, (turned @ values[..., None])[..., 0]
    between = turned @ by_shape
    flat = by_shape.reshape(-1, 7)
    own, own_gradient = flat.T @ flat, flat.T @ values.reshape(-1)
    habit = _habit(model, spreads).reshape(-1)
    index = np.arange(6, poses.shape[1])
    poses[:, index, index] += habit
    gradient[:, 6:] += habit * (pose.coordinates - model.usual).reshape(len(pose), -1)
    _add_overlap(placed, moves, spreads, poses, gradient)
    prior = np.array([*SPREAD, spreads.scale]) ** -2.0
    # With a height that is given, the scale is told by every moment.
    prior[: 7 if spreads.stature is None else 6] *= repeated(len(pose))
    own[np.arange(7), np.arange(7)] += prior
    own_gradient += prior * (shape - np.array([*USUAL, 0.0]))
    if spreads.stature is not None:
        tall, slope = stature(model, shape[:6])
        slope, off = slope / spreads.height, (tall - spreads.stature) / spreads.height
        own[:6, :6] += np.outer(slope, slope) * repeated(len(pose))
        own_gradient[:6] += slope * off * repeated(len(pose))
    return Terms(poses, gradient, between, own, own_gradient)


def _landmark_rows(
    seen: Seen, camera: Camera, placed: Placed, scale: float, spreads: Spreads,
    moves: Array, grows: Array,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """(T, R), (T, R, D) and (T, R, 7): weighed residuals and how they change."""
    points = placed.points[:, :33]
    t, width = len(points), moves.shape[-1]
    flat, solid = _residuals(seen, camera, placed, scale, spreads)
    by = np.concatenate([moves, grows, np.zeros((t, 33, 3, 1))], -1)
    depth = np.maximum(points[..., 2], 0.05)[..., None, None]
    slope = points[..., :2, None] / depth
    drawn = camera.focal / depth * (by[..., :2, :] - slope * by[..., 2:, :])
    drawn = drawn / seen.sigma[:, None, None, None]
    by[..., :3] = 0.0  # from the hips, so wherever these are
    by[..., -1] = placed.joints[:, :1] - points
    by = np.exp(-scale) * by
    by = (by - _middle(seen, by)) / (spreads.world * np.array([1.0, 1.0, 2.0]))[:, None]
    rows, slopes = [], []
    for residual, change in ((flat, drawn), (solid, by)):
        weight = np.sqrt(seen.trust * _robust(residual)[1])[..., None]
        rows.append((weight * residual).reshape(t, -1))
        slopes.append((weight[..., None] * change).reshape(t, -1, width + 7))
    slope = np.concatenate(slopes, 1)
    return np.concatenate(rows, 1), slope[..., :width], slope[..., width:]


def _habit(model: BodyModel, spreads: Spreads) -> Array:
    """(J - 1, 3) how strongly each coordinate is drawn to where it usually is."""
    ranges = np.maximum(model.highest - model.lowest, np.radians(4.0))
    out: Array = (spreads.habit * ranges) ** -2.0
    return out


def _add_overlap(
    placed: Placed, moves: Array, spreads: Spreads, poses: Array, gradient: Array
) -> None:
    depth, normal, shares = overlap(placed)
    rows = np.argwhere(depth > 0)
    if not len(rows):
        return
    change = overlap_jacobian(moves, normal, shares, rows) / spreads.overlap
    value = depth[rows[:, 0], rows[:, 1]] / spreads.overlap
    np.add.at(poses, rows[:, 0], change[:, :, None] * change[:, None, :])
    np.add.at(gradient, rows[:, 0], change * value[:, None])
