"""Points in a room from their pixels in several pictures, and cameras that agree better."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.geometry.cameras import Camera

__all__ = ["adjusted", "errors_in_pixels", "triangulate_points"]

Doubles = NDArray[np.float64]
_LEAST_SCALE = 0.5
"""Pixels: landmarks of different cameras agree no better than this."""
_ROUNDS = 12
_FIRM = (np.radians(3.0), 0.1)
"""How far, in radians and metres, an adjusted camera strays easily from where it was said to be."""


def triangulate_points(
    cameras: Sequence[Camera], xy: Doubles, weights: Doubles, *, rounds: int = _ROUNDS
) -> tuple[Doubles, Doubles]:
    """Where points are that several cameras see, also when some of them see something else.

    Rays of all cameras, and of each two, are brought together by linear least squares; of these
    places the one that most cameras agree with is refined by Gauss-Newton on the distance in
    pixels with Cauchy's weights (Hartley and Zisserman, Multiple View Geometry, chapter 12).

    Args:
        cameras: V of them.
        xy: (V, N, 2) pixels; NaN where a camera sees nothing.
        weights: (V, N) how sure each is, 0..1.
        rounds: How often points are refined, at most.

    Returns:
        (N, 3) metres in the room, NaN where fewer than two cameras see the point, and (V, N)
        pixels by which each camera's own differs, NaN where it has none.

    Example:
        >>> import numpy as np
        >>> from vitruvian.geometry.cameras import Camera
        >>> left = Camera.from_field_of_view((640, 480), 60)
        >>> right = left.moved(np.eye(3), [-1, 0, 0])
        >>> point = np.array([[0.2, 0.1, 3.0]])
        >>> seen = np.stack([left.project(point), right.project(point)])
        >>> triangulate_points([left, right], seen, np.ones((2, 1)))[0].round(6).tolist()
        [[0.2, 0.1, 3.0]]
    """
    flat = np.stack([camera.undistort(each) for camera, each in zip(cameras, xy, strict=True)])
    weights = np.where(np.isfinite(flat).all(-1), weights, 0.0)
    flat = np.where(weights[..., None] > 0, flat, 0.0)
    ends = np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1)
    rays = np.stack([e @ c.rotation for e, c in zip(ends, cameras, strict=True)])
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    points = _most_agreed(cameras, flat, rays, weights)
    for _ in range(rounds):
        before, points = points, _refined(cameras, flat, weights, points)
        if np.abs(points - before).max(initial=0) < 1e-9:
            break
    points[(weights > 0).sum(0) < 2] = np.nan
    return points, errors_in_pixels(cameras, xy, points)


def errors_in_pixels(cameras: Sequence[Camera], xy: Doubles, points: Doubles) -> Doubles:
    """(V, …) pixels between what cameras saw (V, …, 2) and where points (…, 3) would be seen."""
    drawn = np.stack([camera.project(points) for camera in cameras])
    return np.asarray(np.linalg.norm(drawn - xy, axis=-1))


def _most_agreed(
    cameras: Sequence[Camera], flat: Doubles, rays: Doubles, weights: Doubles
) -> Doubles:
    """(N, 3) of the meetings of all rays and of each two, the one that fits most cameras."""
    views = range(len(cameras))
    parties = [views] if len(cameras) == 2 else [views, *combinations(views, 2)]
    centres = np.stack([camera.centre for camera in cameras])
    places, errors = [], []
    for party in parties:
        share = np.where(np.isin(views, party)[:, None], weights, 0.0)
        places.append(_meeting(centres, rays, share))
        error = np.linalg.norm(_differences(cameras, flat, places[-1])[0], axis=-1)
        errors.append(np.where(weights > 0, error, 0.0))
    known = errors[0][weights > 0]
    scale = max(_LEAST_SCALE, 2 * float(np.median(known))) if known.size else _LEAST_SCALE
    costs = np.stack([(weights * np.log1p((e / scale) ** 2)).sum(0) for e in errors])
    best = costs.argmin(0)
    return np.asarray(np.stack(places)[best, np.arange(len(best))])


def _meeting(centres: Doubles, rays: Doubles, weights: Doubles) -> Doubles:
    """(N, 3) where rays (V, N, 3) from centres (V, 3) come nearest to each other."""
    across = np.eye(3) - rays[..., :, None] * rays[..., None, :]
    across = across * weights[..., None, None]
    normal = across.sum(0) + 1e-12 * np.eye(3)
    right = (across @ centres[:, None, :, None]).sum(0)
    return np.asarray(np.linalg.solve(normal, right)[..., 0])


def _differences(
    cameras: Sequence[Camera], flat: Doubles, points: Doubles
) -> tuple[Doubles, Doubles]:
    """(V, N, 2) pixels, drawn less seen, and (V, N, 3) the points in each camera's axes."""
    there = np.stack([camera.seen(points) for camera in cameras])
    depth = np.where(there[..., 2:] > 0.05, there[..., 2:], 0.05)
    focal = np.array([camera.focal for camera in cameras])[:, None, None]
    return (there[..., :2] / depth - flat) * focal, there


def _slopes(cameras: Sequence[Camera], there: Doubles) -> Doubles:
    """(V, N, 2, 3) pixels per metre along each camera's axes."""
    depth = np.where(there[..., 2] > 0.05, there[..., 2], 0.05)
    focal = np.array([camera.focal for camera in cameras])[:, None]
    slopes = np.zeros((*there.shape[:2], 2, 3))
    slopes[..., 0, 0] = slopes[..., 1, 1] = focal / depth
    slopes[..., 0, 2] = -focal * there[..., 0] / depth**2
    slopes[..., 1, 2] = -focal * there[..., 1] / depth**2
    return np.asarray(slopes)


def _trust(differences: Doubles, weights: Doubles) -> Doubles:
    """(V, N) weights that are small where a camera is far off what the others say."""
    error = np.linalg.norm(differences, axis=-1)
    known = error[weights > 0]
    scale = max(_LEAST_SCALE, 1.5 * float(np.median(known))) if known.size else _LEAST_SCALE
    return np.asarray(weights / (1 + (error / scale) ** 2))


def _refined(
    cameras: Sequence[Camera], flat: Doubles, weights: Doubles, points: Doubles
) -> Doubles:
    differences, there = _differences(cameras, flat, points)
    turns = np.stack([camera.rotation for camera in cameras])[:, None]
    slopes = _slopes(cameras, there) @ turns
    trust = _trust(differences, weights)[..., None, None]
    normal = (np.swapaxes(slopes, -1, -2) @ slopes * trust).sum(0)
    right = (np.swapaxes(slopes, -1, -2) @ differences[..., None] * trust).sum(0)
    size = np.trace(normal, axis1=-2, axis2=-1)[:, None, None] + 1e-12
    step = np.linalg.solve(normal + 1e-9 * size * np.eye(3), right)[..., 0]
    length = np.linalg.norm(step, axis=-1, keepdims=True)
    return np.asarray(points - step * np.minimum(1, 0.5 / np.maximum(length, 1e-12)))


def adjusted(
    cameras: Sequence[Camera], xy: Doubles, weights: Doubles, *, rounds: int = 15
) -> tuple[Camera, ...]:
    """The same cameras, turned and shifted until they agree about what they see.

    Bundle adjustment of the extrinsics by Gauss-Newton, points eliminated by Schur's complement
    (Triggs et al., 2000), Cauchy's weights. The places that were given hold the whole in its
    place and size, which points alone cannot.

    Args:
        cameras: V of them.
        xy: (V, N, 2) pixels of points that may each be somewhere else; NaN where not seen.
        weights: (V, N) how sure each is, 0..1.
        rounds: How often everything is put right.
    """
    given = list(cameras)
    moves = np.zeros((len(given), 6))
    now = tuple(given)
    firm = np.repeat(1 / np.array(_FIRM) ** 2, 3)
    for _ in range(rounds):
        points, _ = triangulate_points(now, xy, weights, rounds=3)
        steady = np.isfinite(points).all(-1)
        share = np.where(np.isfinite(xy).all(-1), weights, 0.0)[:, steady]
        flat = np.stack([c.undistort(each[steady]) for c, each in zip(now, xy, strict=True)])
        flat = np.where(share[..., None] > 0, flat, 0.0)
        normal, right = _camera_equations(now, flat, share, points[steady])
        normal += np.diag(np.tile(firm, len(given)))
        right += (firm * moves).ravel()
        step = np.linalg.solve(normal, right).reshape(-1, 6)
        moves -= step
        now = tuple(_nudged(c, move) for c, move in zip(given, moves, strict=True))
        if np.abs(step).max() < 1e-5:
            break
    return now


def _camera_equations(
    cameras: Sequence[Camera], flat: Doubles, weights: Doubles, points: Doubles
) -> tuple[Doubles, Doubles]:
    """The normal equations of all cameras' moves (6V, 6V), (6V,), without the points."""
    differences, there = _differences(cameras, flat, points)
    slopes = _slopes(cameras, there)
    trust = _trust(differences, weights)
    known = trust[trust > 0]
    # In units of the scatter, so that firmness means what it says.
    error = np.linalg.norm(differences, axis=-1)[trust > 0]
    trust = trust / max(_LEAST_SCALE**2, float((known * error**2).sum() / known.sum()))
    spun = np.zeros((*slopes.shape[:2], 3, 6))
    spun[..., 3:] = np.eye(3)
    offset = there - np.stack([camera.translation for camera in cameras])[:, None]
    spun[..., 0, 1], spun[..., 0, 2] = offset[..., 2], -offset[..., 1]
    spun[..., 1, 0], spun[..., 1, 2] = -offset[..., 2], offset[..., 0]
    spun[..., 2, 0], spun[..., 2, 1] = offset[..., 1], -offset[..., 0]
    by_camera = slopes @ spun
    by_point = slopes @ np.stack([camera.rotation for camera in cameras])[:, None]
    count = len(cameras)
    normal = np.zeros((count, 6, count, 6))
    own = np.einsum("vn,vnij,vnik->vjk", trust, by_camera, by_camera)
    normal[np.arange(count), :, np.arange(count)] = own
    right = np.einsum("vn,vnij,vni->vj", trust, by_camera, differences)
    inner = np.einsum("vn,vnij,vnik->njk", trust, by_point, by_point) + 1e-9 * np.eye(3)
    pull = np.einsum("vn,vnij,vni->nj", trust, by_point, differences)
    cross = np.einsum("vn,vnij,vnik->vnjk", trust, by_camera, by_point)
    gain = cross @ np.linalg.inv(inner)
    normal -= np.einsum("vnik,wnjk->viwj", gain, cross)
    right -= np.einsum("vnik,nk->vi", gain, pull)
    return normal.reshape(6 * count, 6 * count), right.ravel()


def _nudged(camera: Camera, move: Doubles) -> Camera:
    """A camera turned about its own axes, then shifted: move is a rotation vector and metres."""
    turn = np.asarray(cv2.Rodrigues(move[:3].reshape(3, 1))[0], np.float64)
    return camera.moved(turn @ camera.rotation, camera.translation + move[3:])
