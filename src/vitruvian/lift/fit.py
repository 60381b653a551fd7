"""From points that may be anywhere to a body: bones that keep their length, feet that stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitruvian.lift.bones import attached, bone_lengths, rigid, stature
from vitruvian.lift.camera import place
from vitruvian.lift.features import Array
from vitruvian.lift.joints import within_limits
from vitruvian.lift.smoothing import smoothed, vigour
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Floats, Landmarks

__all__ = ["Fitted", "fit", "standing"]

_FEET = ((27, 29, 31), (28, 30, 32))
_CHANGE = 2 * np.array(
    [3.6] * 11 + [3.9, 3.9, 5.2, 5.2, 6.1, 6.1, 7.8, 7.8, 8.4, 8.4, 7.8, 7.8]
    + [1.3, 1.3, 6.8, 6.8, 6.6, 6.6, 7.8, 7.8, 9.1, 9.1]
)  # fmt: skip
"""Metres per second squared: how strongly each landmark is accelerated round the hips, as a
deviation: twice that of CMU's recordings that are trained on, where strong accelerations are rare
and follow each other."""
_ROOT_CHANGE = 2.0
"""Likewise for the hips' place."""
_JITTER = 0.12
"""The share of the expected error that differs from frame to frame; the rest lasts. Of what is not
seen at all it is twice as much."""
_SEEN = 0.6
"""The visibility from which a landmark does not jitter more than others."""
_FACE = np.eye(33)
_FACE[:11, :11] -= 1 / 11
_FACE[0, :11] = 1 / 11
"""A face's middle in place of the nose, and its landmarks round that; the others as they are."""
_APART = np.linalg.inv(_FACE)
_STEADY = np.array([1.0] + [0.3] * 10 + [1.0] * 22)
"""How strongly they are accelerated beside `_CHANGE`: a face keeps its shape."""
_SURER = np.array([1.3] + [1.0] * 32)
"""A middle of eleven landmarks jitters less than one."""
_STILL = 0.2
"""Metres per second under which a foot stands, as the picture shows it."""
_SHORTEST = 0.15
"""Seconds for which a foot must be still to stand."""
_AXES = np.array([0, 0, 1])
"""Which of the two expected errors, across and in depth, belongs to x, y and z."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A body over time.

    Args:
        world: (T, 33, 3) metres round the hips.
        root: (T, 3) metres from the camera to the hips.
        lengths: (B,) metres, in the order of `vitruvian.lift.bones.BONES`.
        height: Metres, by the proportions of the body.
        corrected: (T, 33, 3) metres, what was given to fit.
        exchanged: (T,) where left and right were exchanged in what was seen; they are right here.
    """

    world: Array
    root: Array
    lengths: Array
    height: float
    corrected: Array
    exchanged: Array

    def chosen(self, body: Landmarks) -> Floats:
        """(T, K, 3) metres of those landmarks that a body's skeleton has."""
        some = slice(None) if body.skeleton == BLAZEPOSE_33 else list(blazepose_to_coco)
        return np.asarray(self.world[:, some], np.float32)


def fit(
    points: Array, error: Array, rays: Array, weights: Array, rate: float,
    *, height: float | None = None, last: int | None = None,
) -> Fitted:  # fmt: skip
    """Fit a body to points over a whole film.

    Args:
        points: (T, 33, 3) metres round the hips.
        error: (T, 33, 2) metres expected across and in depth.
        rays: (T, 33, 3), where the picture shows them, the last number 1.
        weights: (T, 33) 0..1, how sure the picture's points are; 0 where there are none.
        rate: Frames a second.
        height: Metres, if it is known.
        last: How many frames at the end are fitted, with bones as long as in all; None for all.
    """
    lengths = bone_lengths(points, error.sum(-1))
    if height is not None:
        grown = height / stature(lengths)
        points, error, lengths = points * grown, error * grown, lengths * grown
    if last is not None:
        points, error, rays, weights = (each[-last:] for each in (points, error, rays, weights))
    doubt = error[..., _AXES]
    body = rigid(points, lengths, doubt, rounds=2)
    body = _smooth(body, doubt, weights, rate)
    for _ in range(2):
        body = _smooth(rigid(body, lengths, doubt, rounds=4), doubt, weights, rate)
    body, root = _on_rays(body, doubt, rays, weights, rate)
    body = rigid(body, lengths, doubt, rounds=2)
    body, root = _on_the_ground(body, root, doubt, rays, weights, rate)
    body = rigid(body, lengths, doubt, rounds=6)
    body = attached(within_limits(_smooth(body, doubt, weights, rate)), lengths)
    return Fitted(body, root, lengths, stature(lengths), points, np.zeros(len(points), bool))


def _smooth(points: Array, doubt: Array, weights: Array, rate: float) -> Array:
    """Smoothed as if landmarks moved as usual, and again by how they seem to have moved."""
    body = (_FACE @ points).reshape(len(points), -1)
    unseen = 1 + np.clip(1 - weights / _SEEN, 0, 1)
    error = (doubt * unseen[..., None] * _JITTER + 0.004) / _SURER[:, None]
    error = np.where(weights.max(-1)[:, None, None] > 0, error, 1e3).reshape(body.shape)
    usual = np.repeat(_CHANGE * _STEADY, 3) / rate**2
    path = smoothed(body, error, usual)
    if len(path) > 2:
        path = smoothed(body, error, usual * vigour(path, usual, rate))
    return np.asarray(_APART @ path.reshape(points.shape))


def _on_rays(
    body: Array, doubt: Array, rays: Array, weights: Array, rate: float
) -> tuple[Array, Array]:
    """Move points towards where the picture shows them; the hips' place comes with it."""
    root = _path(place(rays, body, weights), weights, rate)
    shown = rays[..., :2] * (body[..., 2:] + root[:, None, 2:]) - root[:, None, :2]
    shown -= (shown[:, 23:25] * 1.0).mean(1, keepdims=True)
    picture = 0.02 / np.maximum(weights, 0.02)[..., None]
    share = doubt[..., :2] ** 2 / (doubt[..., :2] ** 2 + picture**2)
    share = np.where(weights[..., None] > 0, share, 0.0)
    result = body.copy()
    result[..., :2] += share * (shown - body[..., :2])
    return result, root


def _path(root: Array, weights: Array, rate: float) -> Array:
    error = np.array([0.01, 0.01, 0.05]) / np.maximum(weights.mean(-1), 1e-3)[:, None]
    error = np.where(weights.max(-1)[:, None] > 0, error, 1e3)
    return smoothed(root, error, _ROOT_CHANGE / rate**2)


def standing(points: Array, rays: Array, root: Array, weights: Array, rate: float) -> Array:
    """(T, 2) the number of the stretch for which the left and right foot stand, or -1."""
    number = np.full((len(points), 2), -1)
    count = 0
    shortest = max(round(_SHORTEST * rate), 2)
    for side, foot in enumerate(_FEET):
        shown = (rays[:, foot, :2] * root[:, None, 2:]).mean(1)
        sure = weights[:, foot].mean(1) > 0.3
        shown = smoothed(shown, np.where(sure, 0.01, 1e3)[:, None].repeat(2, 1), 5.0 / rate**2)
        pace = np.linalg.norm(np.gradient(shown, axis=0), axis=-1) * rate if len(shown) > 1 else []
        still = (np.asarray(pace) < _STILL) & sure[: len(pace)]
        edges = np.flatnonzero(np.diff(np.r_[0, still.astype(int), 0]))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if last - first >= shortest:
                number[first:last, side] = count
                count += 1
    return number


def _on_the_ground(
    body: Array, root: Array, doubt: Array, rays: Array, weights: Array, rate: float
) -> tuple[Array, Array]:
    """Hold feet still while they stand: first by the hips' path, then by the feet themselves."""
    number = standing(body, rays, root, weights, rate)
    if not (number >= 0).any():
        return body, root
    measured = place(rays, body, weights)
    feet = np.stack([body[:, foot].mean(1) for foot in _FEET], axis=1)
    error = np.array([0.01, 0.01, 0.05]) / np.maximum(weights.mean(-1), 1e-3)[:, None]
    precision = np.where(weights.max(-1)[:, None] > 0, 1 / error**2, 1e-6)
    for _ in range(6):
        spots = _means(root[:, None] + feet, number)
        told = (number >= 0)[..., None] / 0.01**2
        total = precision + told.sum(1)
        both = (precision * measured + (told * (spots - feet)).sum(1)) / total
        root = smoothed(both, 1 / np.sqrt(total), _ROOT_CHANGE / rate**2)
    result = body.copy()
    for side, foot in enumerate(_FEET):
        place_of = root[:, None] + body[:, foot]
        still = _means(place_of, np.repeat(number[:, side, None], 3, 1))
        held = (number[:, side] >= 0)[:, None, None]
        result[:, foot] = np.where(held, still - root[:, None], body[:, foot])
    return result, root


def _means(values: Array, number: Array) -> Array:
    """(T, N, 3) values as their mean over the stretch of the same number, 0 outside."""
    flat, which = values.reshape(-1, 3), number.reshape(-1)
    result = np.zeros_like(flat)
    inside = which >= 0
    # A landmark of a foot has its own mean: the column belongs to the stretch's name.
    column = np.tile(np.arange(number.shape[1]), len(number))
    names, index = np.unique(which[inside] * number.shape[1] + column[inside], return_inverse=True)
    sums = np.zeros((len(names), 3))
    np.add.at(sums, index, flat[inside])
    result[inside] = (sums / np.bincount(index)[:, None])[index]
    return result.reshape(values.shape)
