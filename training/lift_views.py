"""Recorded motion as our landmarks would show it: cameras anywhere, and errors like theirs.

The errors are those of the landmarks of the models ``full`` and ``heavy`` on Pose2Sim's
Demo_SinglePerson, each of four cameras against the triangulation of all four
(``python -m benchmarks.lift`` prints them). Nothing else of that film is used, and nothing of it
is trained on. Measured: world depth shrunk to 0.50 to 0.95; per landmark a bias over the film of
72 to 125 mm in depth and 20 to 47 mm across; a slow error of 80 to 112 mm in depth and 22 to
47 mm across that forgets itself within a quarter of a second; 15 to 28 mm from frame to frame in
depth, 5 to 14 mm across, at 60 Hz; the whole turned by up to 12 degrees; scale within 6 %; errors
in depth grow along the arms (elbow 80, wrist 120 mm); the other depth, z, errs as world does
(correlation 0.78 to 0.99). One camera shows left and right exchanged for a while. Every clip draws
its own strengths round these, from nearly clean to twice as bad.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.lift_bodies import TREE, reshaped
from training.lift_draw import Draw
from training.lift_mocap import Motion, turned
from vitruvian.lift.features import HIPS, Seen
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco

__all__ = ["Noise", "View", "Views", "look"]

Array = NDArray[Any]
_MIRROR = np.array(BLAZEPOSE_33.mirror)
_COCO: Array = np.asarray(np.isin(np.arange(33), blazepose_to_coco))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a camera shows of a batch, and what is true.

    Args:
        seen: What the network is shown; metres at the distance of the hips are its unit.
        truth: (B, T, 33, 3) metres round the hips, x right, y down, z away.
    """

    seen: Seen
    truth: Array


@dataclass(frozen=True, slots=True)
class Noise:
    """How strong errors are, in metres; each is multiplied by what a clip draws.

    Args:
        bones: Slow and lasting error of a bone's far end in depth.
        slow: Slow error of every landmark by itself.
        jitter: Error of every frame by itself.
        plane: Error of the picture's points.
    """

    bones: float = 0.045
    slow: float = 0.018
    jitter: float = 0.006
    plane: float = 0.008


class Views:
    """Draws windows of motion and looks at them.

    Args:
        motions: What was recorded.
        rng: Makes all choices.
        frames: T.
    """

    def __init__(self, motions: list[Motion], rng: np.random.Generator, frames: int = 64) -> None:
        self._groups = [
            [m.points for m in motions if m.name.startswith("grapplemap") is grappling]
            for grappling in (False, True)
        ]
        self._weights = [np.array([len(p) for p in group], np.float64) for group in self._groups]
        self._rng = rng
        self._frames = frames

    def __call__(self, batch: int) -> View:
        """The next B windows."""
        rng = self._rng
        points = np.zeros((batch, self._frames, 33, 3), np.float32)
        known = np.zeros((batch, self._frames), np.float32)
        for b in range(batch):
            window = self._window(int(rng.random() < 0.25))
            points[b, : len(window)] = window
            points[b, len(window) :] = window[-1]
            known[b, : len(window)] = 1
        points = reshaped(points, rng)
        return look(points, known, rng)

    def _window(self, group: int) -> Array:
        rng = self._rng
        if not self._groups[group]:
            group = 1 - group
        weights = self._weights[group]
        points = self._groups[group][rng.choice(len(weights), p=weights / weights.sum())]
        pace = rng.uniform(0.75, 1.3)
        span = min(len(points) - 1.001, (self._frames - 1) * pace)
        at = rng.uniform(0, len(points) - 1 - span) + np.arange(int(span / pace) + 1) * pace
        low = at.astype(np.int64)
        part = (at - low)[:, None, None]
        return np.asarray(points[low] * (1 - part) + points[low + 1] * part)


def look(points: Array, known: Array, rng: np.random.Generator, noise: Noise | None = None) -> View:
    """Motion (B, T, 33, 3), y up, from a camera for each clip.

    Args:
        points: Metres.
        known: (B, T), 0 where there is nothing.
        rng: Makes all choices.
        noise: How strong errors are; None for what training uses, with strengths, losses and
            omissions that differ from clip to clip.
    """
    batch, frames = known.shape
    hips = points[:, :, HIPS].mean(2, keepdims=True)
    turn = _cameras(batch, rng)
    truth = (points - hips) @ np.swapaxes(turn, -1, -2)[:, None]
    path = ((hips - hips[:, :1]) @ np.swapaxes(turn, -1, -2)[:, None])[:, :, 0, 2]
    distance = np.exp(rng.uniform(np.log(2.2), np.log(14), (batch, 1))) + path
    distance = np.maximum(distance, 1.2)
    rays = truth[..., :2] / (distance[..., None] + truth[..., 2])[..., None]
    draw = Draw(rng, batch, frames, fixed=noise is not None)
    strength = noise or Noise()
    hidden = draw.hidden()
    worse = (1 + 2.5 * hidden)[..., None]
    plane = rays * distance.mean(1)[:, None, None, None]
    shared = draw.slow(2) * draw.strength() * strength.plane * worse
    plane = plane + shared + draw.jitter(2) * draw.strength() * strength.plane * 0.5 * worse
    world = _guess(truth, draw, strength, worse)
    world[..., :2] += shared
    z = world[..., 2] + draw.slow(1)[..., 0] * 0.04 * draw.strength()[..., 0]
    visibility = np.clip(draw.seen() - hidden * rng.uniform(0.4, 1, (batch, 1, 1)), 0.02, 1)
    arrays = [plane, world, z[..., None], visibility[..., None]]
    if noise is None:
        _swap_sides(arrays, rng)
    plane, world, z, visibility = arrays
    plane, world = (each - each[:, :, HIPS].mean(2, keepdims=True) for each in (plane, world))
    z = z - z[:, :, HIPS].mean(2, keepdims=True)
    focal = distance.mean(1) * rng.uniform(0.7, 1.4, batch)
    if noise is None:
        known = known * draw.gaps()
        every: Array = np.asarray(rng.random((batch, 1)) > 0.2)
        visibility = visibility * (_COCO | every)[:, None, :, None]
        keep: Array = rng.random((batch, 1, 1, 1)) > 0.06
        world, z = world * keep, z * keep
    seen = Seen(plane, world, z[..., 0], visibility[..., 0], known, focal)
    return View(_blank(seen), truth)


def _blank(seen: Seen) -> Seen:
    there = (seen.visibility > 0) & (seen.known[..., None] > 0)
    cut = there[..., None]
    return Seen(
        seen.plane * cut, seen.world * cut, seen.z * there, seen.visibility * there, seen.known,
        seen.focal,
    )  # fmt: skip


def _cameras(batch: int, rng: np.random.Generator) -> Array:
    """(B, 3, 3) from the room, y up, to the camera, y down; now and then quite another way."""
    yaw = turned(
        np.stack([np.zeros(batch), rng.uniform(-np.pi, np.pi, batch), np.zeros(batch)], -1)
    )
    pitch = np.radians(rng.normal(12, 14, batch))
    tilt = turned(np.stack([pitch, np.zeros(batch), np.zeros(batch)], -1))
    roll = np.radians(rng.normal(0, 5, batch))
    rolled = turned(np.stack([np.zeros(batch), np.zeros(batch), roll], -1))
    odd = turned(rng.normal(0, 1.2, (batch, 3)) * (rng.random((batch, 1)) < 0.12))
    return np.asarray(rolled @ np.diag([1.0, -1, -1]) @ tilt @ odd @ yaw)


def _guess(truth: Array, draw: Draw, noise: Noise, worse: Array) -> Array:
    """BlazePose's world landmarks: what is true, and their errors."""
    rng, batch = draw.rng, len(truth)
    bones = np.zeros_like(truth)
    lasting = rng.normal(0, 1, (batch, 1, 33, 3))
    moving = draw.slow(3)
    each = (lasting * draw.strength() + moving * draw.strength()) * noise.bones
    each = each * (0.3, 0.3, 1) * worse
    each[:, :, :11] = each[:, :, :1] * 1.3 + 0.15 * each[:, :, :11]
    bones[:, :, :11] = each[:, :, :11]
    grown = np.zeros((batch, 33)) if draw.fixed else _misjudged(rng, batch)
    for joint, parent in TREE:
        shift = each[:, :, joint] * (0.35 if joint in HIPS else 1.0)
        bone = truth[:, :, joint] - (0 if parent < 0 else truth[:, :, parent])
        shift = shift + bone * grown[:, joint, None, None]
        bones[:, :, joint] = shift + (0 if parent < 0 else bones[:, :, parent])
    bones[:, :, :11] += bones[:, :, (11, 12)].mean(2, keepdims=True)
    shrink = rng.uniform(0.55, 1.0, (batch, 1, 1)) if not draw.fixed else 0.75
    world = truth + bones + draw.slow(3) * draw.strength() * noise.slow * worse
    world = world + draw.jitter(3) * draw.strength() * noise.jitter * worse * (0.6, 0.6, 1.4)
    world[..., 2] *= shrink
    turns = turned(np.radians(rng.normal(0, 5, (batch, 3))))
    scale = rng.normal(1, 0.05, (batch, 1, 1, 1))
    return np.asarray(world @ turns[:, None] * scale)


def _misjudged(rng: np.random.Generator, batch: int) -> Array:
    """(B, 33) by what share each bone is taken to be longer than it is, for a whole clip."""
    middle, spread = np.zeros(33), np.full(33, 0.08)
    middle[13:17], spread[13:17] = -0.05, 0.1
    middle[17:23], spread[17:23] = -0.2, 0.3
    middle[29:], spread[29:] = -0.3, 0.2
    spread[list(HIPS)] = 0.15
    return np.asarray(rng.normal(middle, spread, (batch, 33)))


def _swap_sides(arrays: list[Array], rng: np.random.Generator) -> None:
    """Left and right exchanged for some frames of some clips, as landmarks sometimes are."""
    batch, frames = arrays[0].shape[:2]
    for b in np.flatnonzero(rng.random(batch) < 0.08):
        first = rng.integers(0, frames)
        some = slice(first, first + rng.integers(1, 30))
        which = _MIRROR if rng.random() < 0.6 else np.r_[np.arange(23), _MIRROR[23:]]
        for array in arrays:
            array[b, some] = array[b, some][:, which]
