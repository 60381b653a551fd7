"""One camera: where everybody stands in a room, by their height and by their feet on its floor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.geometry.cameras import FOCAL, Camera
from vitruvian.lift.bones import bone_lengths, stature
from vitruvian.lift.camera import Camera as Pinhole
from vitruvian.lift.camera import aim
from vitruvian.lift.camera import place as on_rays
from vitruvian.lift.film import Heights
from vitruvian.lift.film import heights as heights_of
from vitruvian.lift.moving import STILL, background_drift, feet_drift
from vitruvian.lift.smoothing import smoothed
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame

__all__ = ["HEIGHT", "Placement", "place"]

Doubles = NDArray[np.float64]

HEIGHT = 1.7
"""Metres: how tall somebody is taken to be whose height nobody gave, near the mean of adults."""
_HIPS = (BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip"))
_SHOULDERS = (BLAZEPOSE_33.index("left_shoulder"), BLAZEPOSE_33.index("right_shoulder"))
_SOLES = tuple(
    BLAZEPOSE_33.index(f"{side}_{part}")
    for side in ("left", "right")
    for part in ("heel", "foot_index")
)
_RESTING = 0.35
"""Sizes of a person a second: a foot that moves less across the picture stands on the floor."""
_SEEN = 0.5
"""The visibility from which a foot is believed."""
_SIZE_ERROR, _FLOOR_ERROR = 0.06, 0.015
"""Of the distance: how far off it is by a person's size, and by a foot's place on the floor."""
_GUESSED = 0.2
"""What a person of assumed height counts beside one of known height, where the floor is."""
_UPRIGHT, _LEVEL = np.radians(12.0), np.radians(3.0)
"""How far people lean on average over a film, and a camera is rolled."""
_ACCELERATION = 4.0
"""Metres per second squared: what hips do from moment to moment, in a walk or a jump."""


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """People in the room of one camera.

    Args:
        clip: ``body.world`` and ``root`` in metres: x right, y down, z away from the camera, level
            with the floor; the floor is y = 0, and the camera stands over the origin.
        camera: The camera, with its place in that room.
        heights: Everybody's height, by id.
        notes: What had to be assumed, and what makes the result doubtful; one sentence each.
        drift: How far the background, or standing feet, slide, in longer sides of the picture.
    """

    clip: Clip
    camera: Camera
    heights: dict[int, float]
    notes: tuple[str, ...]
    drift: float


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """One person in the camera's axes.

    Args:
        world: (T, 33, 3) metres round the hips, as tall as the person is.
        rays: (T, 33, 3) directions of which the last number is 1.
        path: (T, 3) metres from the camera to the hips, by size.
        resting: (T, 4) how surely each sole is on the floor, 0..1.
        known: (T,) whether the person is there.
        trust: What the height counts.
    """

    world: Doubles
    rays: Doubles
    path: Doubles
    resting: Doubles
    known: NDArray[np.bool_]
    trust: float


def place(
    clip: Clip,
    camera: Camera | None = None,
    heights: Heights = None,
    *,
    frames: Iterable[Frame] | None = None,
) -> Placement:
    """Find everybody's way through the room of a camera that stands still.

    How large somebody of known height looks says how far away they are. Where feet rest, they
    are on one floor, which is fitted to all of them; from then on a foot's place in the picture
    says more exactly where it stands.

    Args:
        clip: A film with world landmarks of `BLAZEPOSE_33`, lifted or not.
        camera: The camera; None for a focal length of 1.2 times the longer side.
        heights: Metres, for everybody or by id or name; 1.7 where it is not given.
        frames: The film's frames, to see by the background whether the camera moves; without them
            it is told by the feet of people who stand.

    Raises:
        InputError: The clip is not of a film, is of a mirror, has no world landmarks, does not fit
            the camera, or shows nobody whole; a height is not a person's.

    Example:
        >>> from vitruvian import read_clip
        >>> from vitruvian.lift.room import place
        >>> place(read_clip("clip.json"), heights=1.82).notes  # doctest: +SKIP
    """
    if clip.body.skeleton.landmarks != BLAZEPOSE_33.landmarks or clip.body.world is None:
        raise InputError(f"a place in the room needs {BLAZEPOSE_33.name} landmarks with world")
    if clip.files is not None or clip.size is None:
        raise InputError(f"{clip.source} is pictures; a place in the room needs a film")
    clip.check_unmirrored()
    camera = (camera or Camera.guessed(clip.size)).fitted(clip.size)
    given = heights_of(clip, heights)
    found = [_person(clip, p, camera, tall) for p, tall in enumerate(given)]
    people = [person for person in found if person is not None]
    if not people:
        raise InputError(f"nobody in {clip.source} is seen whole, so that nobody has a place")
    down, height = _floor(people, camera)
    turn = _level(down)
    step = float(np.median(np.diff(clip.times))) if len(clip.times) > 1 else 1.0
    world, root = np.full(clip.body.world.shape, np.nan), np.full((*clip.scores.shape, 3), np.nan)
    for p, person in enumerate(found):
        if person is None:
            continue
        path = _path(person, down, height, step)
        known = person.known
        root[known, p] = (path @ turn.T - (0, height, 0))[known]
        world[known, p] = (person.world @ turn.T)[known]
    placed = replace(
        clip,
        body=replace(clip.body, world=world.astype(np.float32)),
        root=root.astype(np.float32),
    )
    drift = float("nan") if frames is None else background_drift(frames, clip)
    seen = np.isfinite(drift)
    drift = drift if seen else feet_drift(clip)
    unseen = [int(i) for i, person in zip(clip.ids, found, strict=True) if person is None]
    lost = [f"person {i} is never seen whole, and has no place" for i in unseen]
    notes = (*_assumed(clip, camera, given), *_doubts(drift, seen, people), *lost)
    tall = {int(i): h or HEIGHT for i, h in zip(clip.ids, given, strict=True)}
    return Placement(placed, camera.moved(turn.T, turn.T @ (0, height, 0)), tall, notes, drift)


def _assumed(clip: Clip, camera: Camera, given: list[float | None]) -> list[str]:
    notes = []
    if camera.assumed:
        notes.append(f"the focal length is assumed: {FOCAL} times the longer side of the picture")
    unknown = [str(i) for i, tall in zip(clip.ids, given, strict=True) if tall is None]
    if unknown:
        notes.append(f"the height is assumed to be {HEIGHT} m: id {', '.join(unknown)}")
    return notes


def _doubts(drift: float, seen: bool, people: list[_Person]) -> list[str]:
    notes = []
    if drift > STILL:
        what = "the background" if seen else "the feet of somebody who stands"
        notes.append(
            f"the camera moves: {what} slides over {drift:.0%} of the picture, so that paths are "
            "the camera's and people's together"
        )
    if not any(person.resting.any() for person in people):
        notes.append("no foot is seen to rest: the floor is a guess by how people stand")
    return notes


def _person(clip: Clip, p: int, camera: Camera, tall: float | None) -> _Person | None:
    if clip.body.world is None:  # pragma: no cover - `place` has refused it
        return None
    xy = clip.body.xy[:, p].astype(np.float64)
    world = clip.body.world[:, p].astype(np.float64)
    flat = camera.undistort(xy)
    whole: NDArray[np.bool_] = np.isfinite(np.concatenate([flat, world], axis=-1)).all(-1)
    known = np.asarray(whole.all(-1))
    if not known.any():
        return None
    flat = np.where(known[:, None, None], flat, 0.0)
    world = np.where(known[:, None, None], world, 0.0)
    world -= world[:, _HIPS].mean(1, keepdims=True)
    rays = np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1)
    if clip.root is None:
        # A landmark model's axes are those of a camera that is turned towards the hips.
        world = world @ aim(Pinhole(1.0, (0.0, 0.0)), flat, np.asarray(known, np.float64)).turn
    visibility = np.nan_to_num(clip.body.visibility[:, p]).astype(np.float64)
    world *= (tall or HEIGHT) / _stature(world[known], visibility[known])
    weights = np.asarray(np.maximum(visibility, 0.05) * known[:, None], np.float64)
    return _Person(
        world, rays, _by_size(rays, world, weights),
        _resting(flat, visibility, clip.times, known), known, 1.0 if tall else _GUESSED,
    )  # fmt: skip


def _stature(world: Doubles, visibility: Doubles) -> float:
    return stature(bone_lengths(world, 1.05 - visibility))


def _by_size(rays: Doubles, world: Doubles, weights: Doubles) -> Doubles:
    """(T, 3) where the hips are so that most landmarks lie on their rays."""
    trust = weights
    path = on_rays(rays, world, trust)
    for _ in range(4):
        points = path[:, None] + world
        depth = np.maximum(points[..., 2:], 0.1)
        miss = np.linalg.norm(points[..., :2] / depth - rays[..., :2], axis=-1)
        scale = np.maximum(np.median(miss, axis=1, keepdims=True), 1e-4)
        trust = weights / (1 + (miss / (2 * scale)) ** 2)
        path = on_rays(rays, world, trust)
    path[:, 2] = np.maximum(path[:, 2], 0.3)
    return path


def _resting(
    flat: Doubles, visibility: Doubles, times: Doubles, known: NDArray[np.bool_]
) -> Doubles:
    """(T, 4) how surely each sole rests: seen, slow, and low in the picture."""
    seen = np.where(visibility > _SEEN, visibility, 0.0)[:, _SOLES] * known[:, None]
    if len(times) < 3:
        return np.asarray(seen)
    soles = flat[:, _SOLES]
    size = np.sqrt(flat.var(1).sum(-1))[:, None] + 1e-6
    pace = np.linalg.norm(np.gradient(soles, times, axis=0), axis=-1) / size
    low = soles[..., 1] > soles[..., 1].max(1, keepdims=True) - 0.5 * size
    near = np.convolve(~known, np.ones(3), "same") > 0
    return np.where((pace < _RESTING) & low & ~near[:, None], seen, 0.0)


def _floor(people: list[_Person], camera: Camera) -> tuple[Doubles, float]:
    """(3,) down in the camera's axes, and how high the camera is over the floor, metres."""
    start, firm = _down(people, camera)
    right = np.cross(start, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    forward = np.cross(right, start)
    feet = np.concatenate([(p.path[:, None] + p.world[:, _SOLES])[p.known] for p in people])
    sure = np.concatenate([np.maximum(p.resting, 1e-3)[p.known] * p.trust for p in people])
    feet, sure = feet.reshape(-1, 3), sure.ravel()
    rows = np.stack([feet @ right, feet @ forward, -np.ones(len(feet))], axis=1)
    along = feet @ start
    # Far feet are less exact, along the line of sight.
    exact = sure / (0.02**2 + (_SIZE_ERROR * along) ** 2)
    # Feet of one film are not many independent ones.
    exact *= min(1.0, 200 / len(feet))
    trust, answer = exact, np.zeros(3)
    for _ in range(10):
        normal = (rows * trust[:, None]).T @ rows + np.diag([*(1 / firm**2), 1e-9])
        answer = np.linalg.solve(normal, -(rows * trust[:, None]).T @ along)
        miss = rows @ answer + along
        scale = max(0.02, 1.5 * float(np.median(np.abs(miss))))
        trust = exact / (1 + (miss / scale) ** 2)
    down = start + answer[0] * right + answer[1] * forward
    length = float(np.linalg.norm(down))
    return down / length, max(float(answer[2]) / length, 0.05)


def _down(people: list[_Person], camera: Camera) -> tuple[Doubles, Doubles]:
    """(3,) where down is before the floor is known, and how far off to the side and ahead."""
    if not np.allclose(camera.rotation, np.eye(3)):
        axis = int(np.abs(camera.rotation[1]).argmax())
        return camera.rotation[:, axis] * np.sign(camera.rotation[1, axis]), np.full(2, 1e-3)
    stood = [(p.world[:, _SOLES].mean(1) - p.world[:, _SHOULDERS].mean(1))[p.known] for p in people]
    mean = np.median(np.concatenate(stood), axis=0)
    # Without a roll; people who lie say nothing of down.
    tilt = float(np.clip(np.arctan2(-mean[2], mean[1]), -np.pi / 3, np.pi / 3))
    upright = mean[1] > 0.5 * np.linalg.norm(mean)
    tilt = tilt if upright else 0.0
    firm = np.array([_LEVEL, _UPRIGHT if upright else 2 * _UPRIGHT])
    return np.array([0.0, np.cos(tilt), -np.sin(tilt)]), firm


def _level(down: Doubles) -> Doubles:
    """(3, 3) from the camera's axes to x right, y down, z ahead, level."""
    right = np.cross(down, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    return np.stack([right, down, np.cross(right, down)])


def _path(person: _Person, down: Doubles, height: float, step: float) -> Doubles:
    """(T, 3) the hips' way: by size, by the feet on the floor, and smooth."""
    distance = np.linalg.norm(person.path, axis=-1)
    weight = 1 / (_SIZE_ERROR * distance) ** 2
    total, path = weight.copy(), person.path * weight[:, None]
    for i, sole in enumerate(_SOLES):
        ray = person.rays[:, sole]
        fall = ray @ down
        usable = (person.resting[:, i] > 0) & (fall > 0.05)
        foot = ray * (height / np.where(usable, fall, 1.0))[:, None]
        hips = foot - person.world[:, sole]
        slope = np.maximum(fall / np.linalg.norm(ray, axis=-1), 0.05)
        exact = person.resting[:, i] / (0.05**2 + (_FLOOR_ERROR * distance / slope) ** 2)
        exact = np.where(usable, exact, 0.0)
        total += exact
        path += np.where(usable[:, None], hips, 0.0) * exact[:, None]
    error = np.where(person.known, 1 / np.sqrt(total), np.inf)[:, None].repeat(3, axis=1)
    mean = path / total[:, None]
    # Jitter is small beside the error that all moments share; only it is smoothed away.
    return smoothed(np.where(person.known[:, None], mean, 0.0), error, _ACCELERATION * step**2)
