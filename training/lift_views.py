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

from training.lift_mocap import RATE, Motion
from vitruvian.lift.features import HIPS, Seen
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco

__all__ = ["Noise", "View", "Views", "look"]

Array = NDArray[Any]
_MIRROR = np.array(BLAZEPOSE_33.mirror)
_COCO: Array = np.asarray(np.isin(np.arange(33), blazepose_to_coco))
_TREE = (
    (11, -1), (12, -1), (13, 11), (14, 12), (15, 13), (16, 14), (17, 15), (18, 16), (19, 15),
    (20, 16), (21, 15), (22, 16), (23, -1), (24, -1), (25, 23), (26, 24), (27, 25), (28, 26),
    (29, 27), (30, 28), (31, 27), (32, 28),
)  # fmt: skip
"""Landmark and the one before it on the way from the hips; -1 is the hips' midpoint."""
_LIMBS = (((11, 12), (13, 14, 15, 16, 17, 18, 19, 20, 21, 22)),
          ((23, 24), (25, 26, 27, 28, 29, 30, 31, 32)))  # fmt: skip
_ARM, _LEG = (13, 15, 17, 19, 21), (25, 27, 29, 31)
_TURNS = (
    (0, tuple(range(23)), 14), (11, _ARM, 28), (12, tuple(i + 1 for i in _ARM), 28),
    (13, _ARM[1:], 12), (14, tuple(i + 1 for i in _ARM[1:]), 12), (23, _LEG, 20),
    (24, tuple(i + 1 for i in _LEG), 20), (25, _LEG[1:], 7),
    (26, tuple(i + 1 for i in _LEG[1:]), 7),
)  # fmt: skip
"""The joint about which something turns (0: the hips' midpoint), what it carries, degrees."""
_SHARES = dict.fromkeys((11, 12), 0.313) | dict.fromkeys((13, 14), 0.16) | {
    15: 0.153, 16: 0.153, 17: 0.045, 18: 0.045, 19: 0.05, 20: 0.05, 21: 0.035, 22: 0.035,
    23: 0.055, 24: 0.055, 25: 0.228, 26: 0.228, 27: 0.249, 28: 0.249, 29: 0.043, 30: 0.043,
    31: 0.105, 32: 0.105,
}  # fmt: skip
"""Lengths from joint to joint as shares of the height: de Leva, Adjustments to Zatsiorsky-
Seluyanov's segment inertia parameters, 1996, men's and women's mean; of hands, feet and hips about
those shares at which landmarks lie."""


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


def reshaped(points: Array, rng: np.random.Generator) -> Array:
    """Other bodies in other poses: limbs exchanged and turned, bones of other lengths."""
    batch = len(points)
    hips = points[:, :, HIPS, :].mean(2, keepdims=True)
    body = points - hips
    body = np.where((rng.random(batch) < 0.5)[:, None, None, None],
                    body[:, :, _MIRROR] * (-1, 1, 1), body)  # fmt: skip
    for roots, limb in _LIMBS:
        other = rng.permutation(batch)
        swap = rng.random(batch) < 0.3
        frame = _trunk(body)
        for side in (0, 1):
            joints = [j for j in limb if (j - limb[0]) % 2 == side]
            away = body[:, :, joints] - body[:, :, [roots[side]]]
            local = away @ frame
            moved = local[other] @ np.swapaxes(frame, -1, -2)
            body[:, :, joints] = np.where(
                swap[:, None, None, None], body[:, :, [roots[side]]] + moved, body[:, :, joints]
            )
    body = _turned(body, rng)
    return np.asarray(_resized(body, rng) + hips)


def _turned(body: Array, rng: np.random.Generator) -> Array:
    """Limbs and the trunk turned about their joints, slowly, in most clips."""
    batch, frames = body.shape[:2]
    draw = _Draw(rng, batch, frames, fixed=False)
    moving = draw.slow(3, (0.6, 2.5)) + rng.normal(0, 1, (batch, 1, 33, 3))
    some = (rng.random((batch, 1, 1)) < 0.7) * rng.uniform(0.2, 1, (batch, 1, 1))
    result = body.copy()
    for pivot, carried, degrees in _TURNS:
        turn = _turn(moving[:, :, pivot] * np.radians(degrees) * some)
        centre = result[:, :, HIPS, :].mean(2) if pivot == 0 else result[:, :, pivot]
        away = result[:, :, carried] - centre[:, :, None]
        result[:, :, carried] = centre[:, :, None] + away @ np.swapaxes(turn, -1, -2)
    return result


def _trunk(body: Array) -> Array:
    """(B, T, 3, 3) of which columns are left, up and forward of the trunk."""
    up = _unit(body[:, :, (11, 12)].mean(2) - body[:, :, HIPS].mean(2))
    left = body[:, :, 11] - body[:, :, 12] + body[:, :, 23] - body[:, :, 24]
    left = _unit(left - (left * up).sum(-1, keepdims=True) * up)
    return np.stack([left, up, np.cross(left, up)], axis=-1)


def _resized(body: Array, rng: np.random.Generator) -> Array:
    batch = len(body)
    size = rng.normal(1, 0.07, batch)
    factors = size[:, None] * np.exp(rng.normal(0, 0.06, (batch, 33)))
    # The exponential maps' skeleton has a trunk and forearms shorter than people have.
    trunk = np.linalg.norm(body[:, 0, (11, 12)].mean(1), axis=-1)
    short = (trunk < 0.42) & (rng.random(batch) < 0.5)
    factors[:, (11, 12)] *= np.where(short, 1.28, 1.0)[:, None]
    factors[:, (15, 16)] *= np.where(short, 1.4, 1.0)[:, None]
    factors[:, (23, 24)] *= rng.uniform(0.95, 1.4, (batch, 1))
    factors = np.where(rng.random((batch, 1)) < 0.5, _measured(body, rng), factors)
    left = [i for i, _ in _TREE if i % 2]
    factors[:, [i + 1 for i in left]] = factors[:, left]
    result = body.copy()
    for joint, parent in _TREE:
        base = 0.0 if parent < 0 else body[:, :, parent]
        new = 0.0 if parent < 0 else result[:, :, parent]
        result[:, :, joint] = new + (body[:, :, joint] - base) * factors[:, joint, None, None]
    neck = body[:, :, (11, 12)].mean(2, keepdims=True)
    moved = result[:, :, (11, 12)].mean(2, keepdims=True)
    face = (body[:, :, :11] - neck) * factors[:, 0, None, None, None]
    result[:, :, :11] = moved + face
    return result


def _measured(body: Array, rng: np.random.Generator) -> Array:
    """(B, 33), what bones must grow by to have an adult's lengths."""
    batch = len(body)
    factors = np.ones((batch, 33))
    height = np.clip(rng.normal(1.71, 0.11, (batch, 1)), 1.3, 2.05)
    share = np.exp(rng.normal(0, 0.05, (batch, 33)))
    for joint, parent in _TREE:
        base = 0.0 if parent < 0 else body[:, 0, parent]
        length = np.linalg.norm(body[:, 0, joint] - base, axis=-1)
        factors[:, joint] = _SHARES[joint] * height[:, 0] / np.maximum(length, 0.02)
    factors[:, 0] = height[:, 0] / 1.75
    return np.asarray(np.clip(factors * share, 0.5, 2.0))


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
    draw = _Draw(rng, batch, frames, fixed=noise is not None)
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
    yaw = _turn(np.stack([np.zeros(batch), rng.uniform(-np.pi, np.pi, batch), np.zeros(batch)], -1))
    pitch = np.radians(rng.normal(12, 14, batch))
    tilt = _turn(np.stack([pitch, np.zeros(batch), np.zeros(batch)], -1))
    roll = np.radians(rng.normal(0, 5, batch))
    rolled = _turn(np.stack([np.zeros(batch), np.zeros(batch), roll], -1))
    odd = _turn(rng.normal(0, 1.2, (batch, 3)) * (rng.random((batch, 1)) < 0.12))
    return np.asarray(rolled @ np.diag([1.0, -1, -1]) @ tilt @ odd @ yaw)


def _guess(truth: Array, draw: _Draw, noise: Noise, worse: Array) -> Array:
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
    for joint, parent in _TREE:
        shift = each[:, :, joint] * (0.35 if joint in HIPS else 1.0)
        bone = truth[:, :, joint] - (0 if parent < 0 else truth[:, :, parent])
        shift = shift + bone * grown[:, joint, None, None]
        bones[:, :, joint] = shift + (0 if parent < 0 else bones[:, :, parent])
    bones[:, :, :11] += bones[:, :, (11, 12)].mean(2, keepdims=True)
    shrink = rng.uniform(0.55, 1.0, (batch, 1, 1)) if not draw.fixed else 0.75
    world = truth + bones + draw.slow(3) * draw.strength() * noise.slow * worse
    world = world + draw.jitter(3) * draw.strength() * noise.jitter * worse * (0.6, 0.6, 1.4)
    world[..., 2] *= shrink
    turns = _turn(np.radians(rng.normal(0, 5, (batch, 3))))
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


class _Draw:
    """Random numbers over time, of batch B and T frames."""

    def __init__(self, rng: np.random.Generator, batch: int, frames: int, *, fixed: bool) -> None:
        self.rng, self.fixed = rng, fixed
        self._lead = (batch, frames)

    def strength(self) -> Array:
        """(B, 1, 1, 1), how strong an error is in each clip: a quarter to three times."""
        if self.fixed:
            return np.ones((self._lead[0], 1, 1, 1))
        return np.exp(self.rng.normal(0, 0.6, (self._lead[0], 1, 1, 1)))

    def jitter(self, columns: int) -> Array:
        """(B, T, 33, columns), each frame by itself."""
        return self.rng.standard_normal((*self._lead, 33, columns), np.float32)

    def slow(self, columns: int, hold_for: tuple[float, float] = (0.12, 0.7)) -> Array:
        """(B, T, 33, columns) of deviation 1 that forgets itself within about so many seconds."""
        batch, frames = self._lead
        hold = RATE * float(np.exp(self.rng.uniform(*np.log(hold_for))))
        knots = int(frames / hold) + 5
        values = self.rng.standard_normal((batch, knots, 33, columns), np.float32)
        at = np.arange(frames) / hold + self.rng.random() + 1
        low = at.astype(np.int64)
        part = at - low
        # A cubic B-spline's four weights.
        weights = np.stack([
            (1 - part) ** 3, 3 * part**3 - 6 * part**2 + 4,
            -3 * part**3 + 3 * part**2 + 3 * part + 1, part**3,
        ]) / 6  # fmt: skip
        weights /= np.sqrt((weights**2).sum(0))
        matrix = np.zeros((frames, knots), np.float32)
        for i in range(4):
            matrix[np.arange(frames), low - 1 + i] = weights[i]
        flat = values.transpose(0, 2, 3, 1) @ matrix.T
        return np.ascontiguousarray(flat.transpose(0, 3, 1, 2))

    def hidden(self) -> Array:
        """(B, T, 33), 1 where a limb or a side is hidden for a while."""
        batch, frames = self._lead
        result = np.zeros((batch, frames, 33), np.float32)
        groups = [
            list(range(11)), [13, 15, 17, 19, 21], [14, 16, 18, 20, 22], [15, 17, 19, 21],
            [16, 18, 20, 22], [25, 27, 29, 31], [26, 28, 30, 32], [27, 29, 31], [28, 30, 32],
            [25, 26, 27, 28, 29, 30, 31, 32], list(range(11, 33, 2)), list(range(12, 33, 2)),
        ]  # fmt: skip
        for b in range(batch):
            for _ in range(self.rng.poisson(0.7)):
                group = groups[self.rng.integers(len(groups))]
                first, last = np.sort(self.rng.integers(-frames // 2, frames * 3 // 2, 2))
                result[b, max(first, 0) : max(last, 0), group] = 1
        return result

    def seen(self) -> Array:
        """(B, T, 33) visibility of what is not hidden."""
        batch = self._lead[0]
        floor = self.rng.choice([0.6, 0.85, 1.0], (batch, 1, 1))
        return floor + (1 - floor) * self.rng.random((batch, 1, 33))

    def gaps(self) -> Array:
        """(B, T), 0 for a while in some clips."""
        batch, frames = self._lead
        there = np.ones((batch, frames), np.float32)
        for b in np.flatnonzero(self.rng.random(batch) < 0.12):
            first = self.rng.integers(0, frames)
            there[b, first : first + self.rng.integers(1, 12)] = 0
        return there


def _swap_sides(arrays: list[Array], rng: np.random.Generator) -> None:
    """Left and right exchanged for some frames of some clips, as landmarks sometimes are."""
    batch, frames = arrays[0].shape[:2]
    for b in np.flatnonzero(rng.random(batch) < 0.08):
        first = rng.integers(0, frames)
        some = slice(first, first + rng.integers(1, 30))
        which = _MIRROR if rng.random() < 0.6 else np.r_[np.arange(23), _MIRROR[23:]]
        for array in arrays:
            array[b, some] = array[b, some][:, which]


def _turn(vectors: Array) -> Array:
    """Rodrigues' formula: (…, 3) radians as (…, 3, 3)."""
    from training.lift_mocap import _turn as turn

    return turn(vectors)


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))
