"""Fits the mechanism of a hand to landmarks: bones keep their length, joints their limits.

The world landmarks of the model are free points. Here a rigid palm and five jointed fingers are
laid through them, so that they stay a hand: over a clip at once (`fit_hands`), or frame by frame
(`HandFit`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.clip import Clip
from vitruvian.fit.hand_model import (
    FINGERS,
    PALM,
    PHALANGES,
    PROPORTIONS,
    Doubles,
    forward,
    measured,
    roots,
    within,
)
from vitruvian.geometry.knuckles import centred
from vitruvian.types import Floats, Landmarks

__all__ = ["HandFit", "bone_lengths", "fit_hand", "fit_hands"]

_STEPS, _PARTING_STEPS = 3, 6
_PALM_STEPS = 4
_DAMPING = 1e-3
_DEPTH = 0.5
"""What depth counts beside the two directions that the picture shows."""
_TYPICAL = 0.6
"""The share of hands at large in the lengths of bones: the model's own are too short where fingers
are bent. On MediaPipe's film of a signing hand both lie nearer to the picture than each alone."""
_THICK = 0.11
"""The least distance of two fingers' bones, in distances from wrist to middle knuckle: bones of
neighbouring fingers lie about 0.2 apart, and 0.1 is one in the other."""
_HOLD = 1.2e-4
"""How strongly angles keep to those of the frames beside, in square metres a square radian."""


def bone_lengths(world: Floats) -> Floats:
    """The lengths of the 15 phalanges.

    Args:
        world: (…, 21, 3) metres.

    Returns:
        (…, 15) metres, from thumb to little finger, three each from root to tip.
    """
    ends = np.array(PHALANGES)
    return np.asarray(
        np.linalg.norm(world[..., ends[:, 0], :] - world[..., ends[:, 1], :], axis=-1), np.float32
    )


def fit_hands(clip: Clip) -> Clip:
    """A clip in which every hand is one mechanism throughout; pixels stay as they are.

    Args:
        clip: A clip with hands, as `vitruvian.open` with ``hands=True`` gives.

    Returns:
        The same clip with other world landmarks of hands.
    """
    return replace(
        clip,
        left_hand=_fitted(clip.left_hand, right=False),
        right_hand=_fitted(clip.right_hand, right=True),
    )


def _fitted(hands: Landmarks | None, *, right: bool) -> Landmarks | None:
    if hands is None or hands.world is None:
        return hands
    world = [
        fit_hand(hands.world[:, person], hands.xy[:, person], right=right)
        for person in range(hands.lead[1])
    ]
    return replace(hands, world=np.stack(world, 1) if world else hands.world)


def fit_hand(world: Floats, xy: Floats, *, right: bool, steady: float = 1.0) -> Floats:
    """One hand over a whole clip as the mechanism that it is.

    Args:
        world: (T, 21, 3) metres; NaN where the hand is not seen.
        xy: (T, 21, 2) the same landmarks in pixels.
        right: Whether it is a right hand.
        steady: How much angles are held to those of the frames before and after; 0 not at all.

    Returns:
        (T, 21, 3) metres from the mean of the four knuckles. The shape of the palm and the
        lengths of the fingers' bones are the same in every frame.

    Example:
        >>> import numpy as np
        >>> fit_hand(np.full((2, 21, 3), np.nan), np.zeros((2, 21, 2)), right=True).shape
        (2, 21, 3)
    """
    out = np.full(world.shape, np.nan, np.float32)
    seen = np.flatnonzero(np.isfinite(world).all((1, 2)) & np.isfinite(xy).all((1, 2)))
    if not len(seen):
        return out
    shapes = world[seen].astype(np.float64)
    fit = HandFit(right=right)
    fit.learn(shapes)
    # Frames on both sides of a gap have nothing to do with each other.
    runs = np.split(np.arange(len(seen)), np.flatnonzero(np.diff(seen) > 1) + 1)
    for run in runs:
        out[seen[run]] = fit.solve(shapes[run], xy[seen[run]], steady=steady)
    return out


class HandFit:
    """The mechanism of one hand: it learns its measures, and is laid through landmarks.

    Args:
        right: Whether it is a right hand.
    """

    def __init__(self, *, right: bool) -> None:
        self._right = right
        self._count = 0
        self._logs: Doubles = np.zeros((5, 3))
        self._palm: Doubles = np.zeros((6, 3))
        self._before: Doubles | None = None

    def __call__(self, world: Floats, xy: Floats) -> Floats:
        """One frame of a hand that is followed.

        The measures settle over the first `SETTLED` frames and then stay as they are.

        Args:
            world: (21, 3) metres.
            xy: (21, 2) pixels.

        Returns:
            (21, 3) metres from the mean of the four knuckles.
        """
        shape = world[None].astype(np.float64)
        if self._count < SETTLED:
            self.learn(shape)
        return np.asarray(self.solve(shape, xy[None], steady=1)[0], np.float32)

    def learn(self, shapes: Doubles) -> None:
        """Take (T, 21, 3) shapes of the hand into account."""
        lengths = bone_lengths(shapes.astype(np.float32)).reshape(-1, 5, 3)
        logs = np.log(np.maximum(lengths.astype(np.float64), 1e-4))
        total = self._count + len(shapes)
        self._logs += (np.median(logs, axis=0) - self._logs) * (len(shapes) / total)
        palms = shapes[:, PALM] - shapes[:, PALM].mean(1, keepdims=True)
        mean = self._palm if self._count else palms[0]
        for _ in range(2):
            aligned = np.einsum("tij,tkj->tki", _rotations(palms, mean), palms)
            whole = (self._palm * self._count + aligned.sum(0)) / total
            mean = whole - whole.mean(0)
        self._palm, self._count = mean, total

    @property
    def lengths(self) -> Doubles:
        """(5, 3) the lengths of the bones in metres, drawn to the proportions of hands at large."""
        metacarpal = np.linalg.norm(self._palm[3] - self._palm[0])
        # Of wrist to middle knuckle the third metacarpal is about three quarters; what matters
        # is the size that the fingers agree on.
        typical = np.log(PROPORTIONS * metacarpal)
        typical += (self._logs - typical).mean()
        return np.asarray(np.exp(self._logs + _TYPICAL * (typical - self._logs)))

    def solve(self, shapes: Doubles, xy: Floats, *, steady: float) -> Floats:
        """The mechanism as it lies best in (T, 21, 3) shapes and (T, 21, 2) pixels."""
        targets = _targets(self._resized(shapes), xy)
        if steady and len(targets) > 1:
            targets[..., 2] = _smooth(targets[..., 2])
        palm, wanted = _placed(self._palm, targets[:, PALM]), targets[:, FINGERS[:, 1:]]
        bases, starts, lengths = roots(palm, right=self._right), palm[:, 1:], self.lengths
        angles = within(measured(bases, starts, wanted))
        for step in range(_STEPS + _PARTING_STEPS):
            points, slopes = forward(bases, starts, lengths, angles)
            if step < _STEPS:
                beside = _beside(angles) if len(angles) > 1 else self._before
                angles = _stepped(angles, wanted - points, slopes, beside, _HOLD * steady)
            else:
                away = _apart(starts, points, _THICK * self._size)
                if not away.any():
                    break
                angles = _stepped(angles, away, slopes)
        else:
            points, _ = forward(bases, starts, lengths, angles)
        self._before = angles[-1:]
        hand = np.empty_like(targets)
        hand[:, PALM] = palm
        hand[:, FINGERS[:, 1:]] = points
        return centred(hand.astype(np.float32))

    def _resized(self, shapes: Doubles) -> Doubles:
        """Each shape at the size of this hand: the model's own comes and goes with perspective."""
        own = self.lengths.sum() + np.linalg.norm(self._palm[1:] - self._palm[0], axis=-1).sum()
        rays = np.linalg.norm(shapes[:, PALM[1:]] - shapes[:, :1], axis=-1).sum(-1)
        size = bone_lengths(shapes.astype(np.float32)).sum(-1) + rays
        return np.asarray(shapes * (own / np.maximum(size, 1e-6))[:, None, None])

    @property
    def _size(self) -> float:
        return float(np.linalg.norm(self._palm[3] - self._palm[0]))


SETTLED = 60
"""Frames after which `HandFit` keeps its measures."""


def _targets(shapes: Doubles, xy: Floats) -> Doubles:
    """Shapes with x and y from where the picture shows them, at the scale that fits each best."""
    middle = shapes[..., :2].mean(1, keepdims=True)
    flat, seen = shapes[..., :2] - middle, (xy - xy.mean(1, keepdims=True)).astype(np.float64)
    scale = (flat * flat).sum((1, 2)) / np.maximum((flat * seen).sum((1, 2)), 1e-12)
    return np.concatenate([seen * scale[:, None, None] + middle, shapes[..., 2:]], -1)


def _smooth(depths: Doubles) -> Doubles:
    """(T, 21) depths as means over five frames: what the picture does not show trembles most."""
    reach = len(_KERNEL) // 2
    padded = np.concatenate([depths[:1]] * reach + [depths] + [depths[-1:]] * reach)
    return np.asarray(sum(weight * padded[i : i + len(depths)] for i, weight in enumerate(_KERNEL)))


_KERNEL = np.array([1, 2, 3, 2, 1]) / 9


def _placed(palm: Doubles, wanted: Doubles) -> Doubles:
    """The rigid (6, 3) palm where it lies best on (T, 6, 3) points, depth counting less."""
    goal = wanted
    for _ in range(_PALM_STEPS):
        middle = goal.mean(1, keepdims=True)
        turns = _rotations(np.broadcast_to(palm, wanted.shape), goal - middle)
        placed = np.einsum("tij,kj->tki", turns, palm) + middle
        # Where the goal's depth gives way to the palm's own, it has pulled only by its weight.
        goal = wanted.copy()
        goal[..., 2] = placed[..., 2] + _DEPTH**2 * (wanted[..., 2] - placed[..., 2])
    return np.asarray(placed)


def _rotations(points: Doubles, onto: Doubles) -> Doubles:
    """(T, 3, 3) the turns that lay centred (T, K, 3) points best onto others (Kabsch)."""
    covariance = (
        np.einsum("tki,...kj->tij", points, onto)
        if onto.ndim == 2
        else np.einsum("tki,tkj->tij", points, onto)
    )
    left, _, right = np.linalg.svd(covariance)
    sign = np.sign(np.linalg.det(left @ right))
    left[..., -1] *= sign[:, None]
    return np.asarray(np.swapaxes(left @ right, 1, 2))


def _beside(angles: Doubles) -> Doubles:
    """The means of the angles before and after each frame."""
    padded = np.concatenate([angles[:1], angles, angles[-1:]])
    return np.asarray((padded[:-2] + padded[2:]) / 2)


def _stepped(
    angles: Doubles,
    away: Doubles,
    slopes: Doubles,
    beside: Doubles | None = None,
    hold: float = 0.0,
) -> Doubles:
    """One step of Levenberg and Marquardt's method, and back into the limits.

    Args:
        angles: (T, 5, 5).
        away: (T, 5, 3, 3) how far each joint has to go.
        slopes: (T, 5, 3, 3, 5) how joints move with the angles.
        beside: Angles to keep near to.
        hold: How strongly.
    """
    weight = np.array([1.0, 1.0, _DEPTH])
    slope = slopes * weight[:, None]
    flat = slope.reshape(*slope.shape[:2], 9, 5)
    gap = (away * weight).reshape(*away.shape[:2], 9, 1)
    normal = np.swapaxes(flat, -1, -2) @ flat
    pull = (np.swapaxes(flat, -1, -2) @ gap)[..., 0]
    if beside is None:
        hold = 0.0
    else:
        pull = pull + hold * (beside - angles)
    spread = normal.trace(axis1=-2, axis2=-1)[..., None] * _DAMPING + hold + 1e-9
    step = np.linalg.solve(normal + spread[..., None] * np.eye(5), pull[..., None])[..., 0]
    return within(angles + step)


def _apart(starts: Doubles, points: Doubles, least: float) -> Doubles:
    """How far joints must go (T, 5, 3, 3) so that bones of two fingers are ``least`` apart."""
    chains = np.concatenate([starts[:, :, None], points], 2)
    middles = (chains[:, :, :-1] + chains[:, :, 1:]) / 2
    beads = np.stack([middles, chains[:, :, 1:]], 3).reshape(*points.shape[:2], 6, 3)
    gap = beads[:, _ONE, :, None] - beads[:, _OTHER, None]
    distance = np.sqrt((gap * gap).sum(-1)) + 1e-9
    lack = np.maximum(least - distance, 0) / distance
    shift = gap * lack[..., None]
    moved = _TO_ONE @ shift.sum(3).reshape(len(points), 10, 18)
    moved -= _TO_OTHER @ shift.sum(2).reshape(len(points), 10, 18)
    return np.asarray(moved.reshape(-1, 5, 3, 2, 3).sum(3))


_ONE, _OTHER = np.triu_indices(5, 1)
_TO_ONE, _TO_OTHER = (np.eye(5)[:, fingers] for fingers in (_ONE, _OTHER))
"""The ten pairs of fingers, and what sums up over the pairs of each finger."""
