"""Levenberg and Marquardt's method over all moments at once, within the joints' limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.fit.body_model import BodyModel
from vitruvian.fit.body_pose import Pose, move
from vitruvian.fit.body_rotations import logarithm
from vitruvian.fit.body_shape import LOWEST
from vitruvian.fit.body_terms import Camera, Seen, Spreads, Terms, assemble, cost, repeated

__all__ = ["Solved", "solve"]

Array = NDArray[np.floating[Any]]

_PULL = (6.0, 30.0, 60.0)
"""How fast bodies usually change their speed (standard deviation): the hips in m/s², the pelvis
and the joints in rad/s²; chosen by hand, so that a jump is not held back."""
_GAP = 0.4
"""Seconds without a sight after which a person starts anew."""
_STUCK = 1e9


@dataclass(frozen=True, slots=True)
class Solved:
    """A fit.

    Args:
        pose: T poses.
        shape: (7,) the shape and the logarithm of the world landmarks' scale.
        covariance: (7, 7) of these.
        cost: What is left.
    """

    pose: Pose
    shape: Array
    covariance: Array
    cost: float


def solve(
    model: BodyModel,
    seen: Seen,
    camera: Camera,
    pose: Pose,
    shape: Array,
    *,
    spreads: Spreads,
    shaping: bool = True,
    steps: int = 20,
    tell: Callable[[float], None] | None = None,
) -> Solved:
    """Improve poses, and the one shape of all moments, until that is no longer worth it.

    Args:
        model: The body.
        seen: What is known.
        camera: How the body is seen.
        pose: Where to start.
        shape: (7,) where to start.
        spreads: How sure everything is.
        shaping: Whether the shape may change.
        steps: The most steps.
        tell: Called with the share that is done, 0..1.
    """
    ties = _Ties(seen.times, 6 + 3 * (len(model.parents) - 1))

    def total(pose: Pose, shape: Array) -> float:
        return cost(model, seen, camera, pose, shape, spreads) + ties.cost(pose)

    best, damping = total(pose, shape), 1e-2
    terms = assemble(model, seen, camera, pose, shape, spreads)
    for number in range(steps):
        change, shape_change = _step(model, pose, shape, terms, ties, damping, shaping)
        new_pose = move(model, pose, change)
        new_shape = np.clip(shape + shape_change, [*LOWEST, -0.7], [1.0] * 6 + [0.7])
        value = total(new_pose, new_shape)
        gain = (best - value) / max(best, 1e-9)
        if gain > 0:
            pose, shape, best, damping = new_pose, new_shape, value, max(damping * 0.2, 1e-6)
            terms = assemble(model, seen, camera, pose, shape, spreads)
        else:
            damping *= 10
        if tell is not None:
            tell((number + 1) / steps)
        if 0 < gain < 3e-4 or damping > 1e4:
            break
    return Solved(pose, shape, _covariance(model, pose, shape, terms, ties), best)


class _Ties:
    """What holds neighbouring moments together: small changes of speed, however spaced."""

    def __init__(self, times: Array, width: int) -> None:
        self._width = width
        before, after = np.diff(times)[:-1], np.diff(times)[1:]
        near = (before < _GAP) & (after < _GAP) & (before > 0) & (after > 0)
        self._rows = np.flatnonzero(near) if len(times) > 2 else np.zeros(0, np.int64)
        h0, h1 = before[self._rows], after[self._rows]
        middle = (h0 + h1) / 2
        # The second difference of unevenly spaced moments.
        parts = [1 / (h0 * middle), -(1 / h0 + 1 / h1) / middle, 1 / (h1 * middle)]
        # A spread of the change of speed belongs to 1/30 s: more moments say it no louder.
        self._share = np.sqrt(np.minimum(middle * 30, 1.0))
        self._parts = np.stack(parts, -1) * self._share[:, None]
        self._speeds = np.stack([1 / h0 / middle, 1 / h1 / middle], -1) * self._share[:, None]
        spread = np.repeat(_PULL, [3, 3, width - 6])
        self._weight = spread**-2.0

    def _pull(self, pose: Pose) -> Array:
        """(R, D) the change of speed."""
        rows = self._rows
        flat = pose.coordinates.reshape(len(pose), -1)
        both = np.concatenate([pose.translation, np.zeros((len(pose), 3)), flat], 1)
        out: Array = np.zeros((len(rows), self._width))
        for k in range(3):
            out += self._parts[:, k, None] * both[rows + k]
        turn = logarithm(pose.rotation[1:] @ pose.rotation[:-1].swapaxes(-1, -2))
        ahead, behind = self._speeds[:, 1, None], self._speeds[:, 0, None]
        out[:, 3:6] = ahead * turn[rows + 1] - behind * turn[rows]
        return out

    def cost(self, pose: Pose) -> float:
        if not len(self._rows):
            return 0.0
        return float((self._pull(pose) ** 2 * self._weight).sum())

    def add(self, pose: Pose, band: Array, gradient: Array) -> None:
        """Add to the lower band of the normal equations, and to their gradient (T, D)."""
        if not len(self._rows):
            return
        pull, width, count = self._pull(pose) * self._weight, self._width, len(pose)
        shaped = {k: band[k * width].reshape(count, width) for k in range(3)}
        for j in range(3):
            at = self._rows + j
            np.add.at(gradient, at, self._parts[:, j, None] * pull)
            for k in range(j + 1):
                # Row at+j, column at+k: the band of k's column.
                value = self._parts[:, j, None] * self._parts[:, k, None] * self._weight
                np.add.at(shaped[j - k], self._rows + k, value)


def _band(
    model: BodyModel, pose: Pose, terms: Terms, ties: _Ties, damping: float
) -> tuple[Array, Array]:
    """The lower band of the poses' equations, and the gradient (T, D); stuck joints held."""
    count, width = terms.poses_gradient.shape
    gradient = terms.poses_gradient.copy()
    band = np.zeros((2 * width + 1, count * width))
    for k in range(width):
        diagonal = np.diagonal(terms.poses, -k, 1, 2)
        band[k].reshape(count, width)[:, : width - k] = diagonal
    ties.add(pose, band, gradient)
    band[0] *= 1 + damping
    band[0] += 1e-6
    flat = pose.coordinates
    low = (flat <= model.lowest) & (gradient[:, 6:].reshape(flat.shape) > 0)
    high = (flat >= model.highest) & (gradient[:, 6:].reshape(flat.shape) < 0)
    stuck = np.zeros((count, width), bool)
    stuck[:, 6:] = (low | high).reshape(count, -1)
    band[0] += np.where(stuck.reshape(-1), _STUCK, 0.0)
    return band, gradient


def _step(
    model: BodyModel, pose: Pose, shape: Array, terms: Terms, ties: _Ties,
    damping: float, shaping: bool,
) -> tuple[Array, Array]:  # fmt: skip
    """(T, D) and (7,): the step that solves the damped equations."""
    from scipy.linalg import cho_solve_banded, cholesky_banded

    band, gradient = _band(model, pose, terms, ties, damping)
    factor = cholesky_banded(band, lower=True, overwrite_ab=True, check_finite=False)
    count, width = gradient.shape
    if not shaping:
        step = cho_solve_banded((factor, True), -gradient.reshape(-1), check_finite=False)
        return step.reshape(count, width), np.zeros(7)
    right = np.concatenate([gradient.reshape(-1, 1), terms.between.reshape(-1, 7)], 1)
    answer = cho_solve_banded((factor, True), right, check_finite=False)
    between = terms.between.reshape(-1, 7)
    own = terms.shape - between.T @ answer[:, 1:]
    pushed = terms.shape_gradient - between.T @ answer[:, 0]
    own[np.arange(7), np.arange(7)] += damping * np.diag(terms.shape)
    # The bounds of the shape.
    bounds = np.array([*LOWEST, -0.7]), np.array([1.0] * 6 + [0.7])
    stuck = ((shape <= bounds[0]) & (pushed > 0)) | ((shape >= bounds[1]) & (pushed < 0))
    own[np.arange(7), np.arange(7)] += np.where(stuck, _STUCK, 0.0)
    grown = -np.linalg.solve(own, pushed)
    step = -answer[:, 0] - answer[:, 1:] @ grown
    return step.reshape(count, width), grown


def _covariance(model: BodyModel, pose: Pose, shape: Array, terms: Terms, ties: _Ties) -> Array:
    from scipy.linalg import cho_solve_banded, cholesky_banded

    band, _ = _band(model, pose, terms, ties, 0.0)
    factor = cholesky_banded(band, lower=True, overwrite_ab=True, check_finite=False)
    between = terms.between.reshape(-1, 7)
    answer = cho_solve_banded((factor, True), between, check_finite=False)
    out: Array = np.linalg.inv(terms.shape - between.T @ answer) * repeated(len(pose))
    return out
