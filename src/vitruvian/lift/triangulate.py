"""Films of the same moment from several calibrated cameras: everybody in metres, in one room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.geometry.cameras import Camera
from vitruvian.lift.points import adjusted, errors_in_pixels, triangulate_points
from vitruvian.lift.views import Track, View, matched, offset_between, view_of
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats, Landmarks

__all__ = ["BOUND", "Triangulation", "assigned", "triangulate"]

Doubles = NDArray[np.float64]

BOUND = 0.1
"""The residual past which a calibration is refused, in sizes of a person in the picture (the
root mean square distance of the landmarks from their middle, a third of the height)."""
_GAP = 0.5
"""Seconds up to which a landmark that too few cameras see is filled in."""
_WILD = 0.35
"""In sizes of a person: where not even two cameras agree better, a point is not believed."""
_SURE = 0.5
_ENOUGH = 1500
"""Points on which cameras are adjusted."""
_HIPS = (BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip"))
_SWAPS = tuple(
    np.array(
        [[BLAZEPOSE_33.index(f"{side}_{name}") for name in names] for side in ("left", "right")]
    )
    for names in (
        ("hip", "knee", "ankle", "heel", "foot_index"),
        ("knee", "ankle", "heel", "foot_index"),
        ("shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
        ("elbow", "wrist", "pinky", "index", "thumb"),
    )
)
"""Limbs that a view may have taken for each other, (2, n) landmarks each."""


@dataclass(frozen=True, slots=True, eq=False)
class Triangulation:
    """What several cameras say together.

    Args:
        clip: Everybody in the room: ``body.world`` and ``root`` in metres; x and z lie in the
            floor, y points down. ``body.xy`` is where the first camera shows them. Ids are the
            first clip's; people whom it does not see have new ones.
        residuals: (V, T, P, 33) pixels between each camera's landmarks and where the result would
            be seen; NaN where it has none.
        cameras: V cameras, adjusted if that was asked for.
        offsets: (V,) seconds by which each clip's clock is ahead of the first's.
        turn: (3, 3) from the calibration's axes to the clip's.
        members: For every person the (clip, id) pairs that are the same person.
    """

    clip: Clip
    residuals: Floats
    cameras: tuple[Camera, ...]
    offsets: tuple[float, ...]
    turn: Doubles
    members: tuple[tuple[Track, ...], ...]

    @property
    def residual(self) -> float:
        """Pixels: the median over all cameras, moments, people and landmarks."""
        return float(np.nanmedian(self.residuals))

    def by_camera(self) -> list[float]:
        """V medians in pixels; NaN for a camera that shows none of the people."""
        return [
            float(np.nanmedian(each)) if np.isfinite(each).any() else float("nan")
            for each in self.residuals
        ]


def triangulate(
    clips: Sequence[Clip],
    cameras: Sequence[Camera],
    *,
    offsets: Sequence[float] | str | None = None,
    adjust: bool = False,
    bound: float = BOUND,
) -> Triangulation:
    """Put films of the same moment together.

    People are matched across cameras by whether their rays meet, over the whole film. Every
    landmark is where most cameras that see it agree; limbs that one camera has swapped left for
    right are swapped back; short gaps are filled by straight lines.

    Args:
        clips: V films of `BLAZEPOSE_33`, two and more.
        cameras: Their cameras: as many, in the same order, or named as the clips are.
        offsets: Seconds by which each clip's clock is ahead of the first's; None for clips that
            began together, ``"estimate"`` to tell by how people move.
        adjust: Whether to turn and shift the cameras until they agree (bundle adjustment).
        bound: The residual past which the calibration is refused, see `BOUND`.

    Raises:
        InputError: Too few clips, clips of a mirror, clips that do not fit their cameras, or
            cameras that do not agree: a wrong calibration, order or offset.

    Example:
        >>> from vitruvian import read_clip
        >>> from vitruvian.geometry.calibrations import read_calibration
        >>> from vitruvian.lift.triangulate import triangulate
        >>> clips = [read_clip("cam1.json"), read_clip("cam2.json")]  # doctest: +SKIP
        >>> triangulate(clips, read_calibration("Calib.toml")).residual  # doctest: +SKIP
    """
    if len(clips) < 2:
        raise InputError(f"triangulation needs clips of two cameras and more, not {len(clips)}")
    for clip in clips:
        clip.check_unmirrored()
    cameras = assigned(clips, cameras)
    ahead = _offsets(clips, cameras, offsets)
    times = clips[0].times
    views = [
        view_of(clip, camera, times + shift)
        for clip, camera, shift in zip(clips, cameras, ahead, strict=True)
    ]
    groups = _people(views, clips, bound)
    xy, weights = _gathered(views, groups)
    now = tuple(view.camera for view in views)
    points, xy = _solved(now, xy, weights)
    if adjust:
        now = _adjusted(now, xy, weights)
        points, xy = _solved(now, xy, weights)
    errors = np.stack([np.where(w > 0, e, np.nan) for w, e in
                       zip(weights, errors_in_pixels(now, xy, points), strict=True)])  # fmt: skip
    _check(clips, xy, weights, errors, bound)
    points[~_believed(xy, errors)] = np.nan
    turn = _upright(now)
    points = _filled(points @ turn.T, times)
    clip = _clip(clips[0], views, groups, points, weights, now[0], turn)
    members = tuple(tuple((v, int(clips[v].ids[p])) for v, p in group) for group in groups)
    return Triangulation(clip, errors.astype(np.float32), now, ahead, turn, members)


def assigned(clips: Sequence[Clip], cameras: Sequence[Camera]) -> tuple[Camera, ...]:
    """Each clip's camera: by name where all clips are named after cameras, else in order.

    Raises:
        InputError: There are more or fewer cameras than clips, and names do not tell.
    """
    by_name = {camera.name.lower(): camera for camera in cameras}
    stems = [clip.source.rsplit(".", 1)[0].lower() for clip in clips]
    if len(set(stems)) == len(stems) and all(stem in by_name for stem in stems):
        return tuple(by_name[stem] for stem in stems)
    if len(cameras) != len(clips):
        known = ", ".join(camera.name for camera in cameras)
        raise InputError(
            f"{len(clips)} clips and {len(cameras)} cameras ({known}); give as many clips, in the "
            "order of the cameras, or name the clips as the cameras are named"
        )
    return tuple(cameras)


def _offsets(
    clips: Sequence[Clip], cameras: Sequence[Camera], given: Sequence[float] | str | None
) -> tuple[float, ...]:
    if given is None:
        return (0.0,) * len(clips)
    if isinstance(given, str):
        if given != "estimate":
            raise InputError(f"offsets are seconds or 'estimate', not {given!r}")
        rest = zip(clips[1:], cameras[1:], strict=True)
        return (0.0, *(offset_between(clips[0], c, (cameras[0], camera)) for c, camera in rest))
    if len(given) != len(clips) or not np.isfinite(given).all():
        raise InputError(f"{len(clips)} clips need as many offsets in seconds, not {list(given)}")
    return tuple(float(value) for value in given)


def _people(views: Sequence[View], clips: Sequence[Clip], bound: float) -> list[list[Track]]:
    """Groups that two cameras and more see."""
    for view, clip in zip(views, clips, strict=True):
        if not view.there.any():
            raise InputError(f"nobody is in {clip.source} while the first film runs; see --offset")
    groups, nearest = matched(views)
    kept = [group for group in groups if len({v for v, _ in group}) > 1]
    if not kept:
        raise InputError(
            f"no two cameras agree about anybody: the nearest differ by {nearest:.2f} of a "
            f"person's size, and {bound:.2f} is the bound; check the calibration, the order of the "
            "clips, and whether they begin at the same moment (--offset)"
        )
    return kept


def _gathered(views: Sequence[View], groups: Sequence[Sequence[Track]]) -> tuple[Doubles, Doubles]:
    """(V, T, P, 33, 2) pixels and (V, T, P, 33) weights of the people of all groups."""
    count = len(views[0].xy)
    weights = np.zeros((len(views), count, len(groups), len(BLAZEPOSE_33)))
    xy = np.full((*weights.shape, 2), np.nan)
    for person, group in enumerate(groups):
        for v, p in group:
            here = views[v].weights[:, p].any(-1)
            xy[v, here, person] = views[v].xy[here, p]
            weights[v, here, person] = views[v].weights[here, p]
    return xy, weights


def _solved(cameras: Sequence[Camera], xy: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    """(T, P, 33, 3) points, and the pixels with swapped limbs put right."""
    points = _points(cameras, xy, weights)
    changed = _unswapped(cameras, xy, points)
    if np.array_equal(changed, xy, equal_nan=True):
        return points, xy
    return _points(cameras, changed, weights), changed


def _points(cameras: Sequence[Camera], xy: Doubles, weights: Doubles) -> Doubles:
    count = len(cameras)
    points, _ = triangulate_points(cameras, xy.reshape(count, -1, 2), weights.reshape(count, -1))
    return points.reshape(*xy.shape[1:-1], 3)


def _unswapped(cameras: Sequence[Camera], xy: Doubles, points: Doubles) -> Doubles:
    """Where a camera's limb fits far better as the other side's, it is the other side's."""
    drawn = np.stack([camera.project(points) for camera in cameras])
    for left, right in _SWAPS:
        both, crossed = np.concatenate([left, right]), np.concatenate([right, left])
        straight = np.linalg.norm(drawn[..., both, :] - xy[..., both, :], axis=-1).mean(-1)
        swapped = np.linalg.norm(drawn[..., both, :] - xy[..., crossed, :], axis=-1).mean(-1)
        better = (swapped < 0.5 * straight)[..., None, None]
        xy = xy.copy()
        xy[..., both, :] = np.where(better, xy[..., crossed, :], xy[..., both, :])
    return xy


def _adjusted(cameras: tuple[Camera, ...], xy: Doubles, weights: Doubles) -> tuple[Camera, ...]:
    flat, sure = xy.reshape(len(cameras), -1, 2), weights.reshape(len(cameras), -1)
    usable = np.flatnonzero((sure > _SURE).sum(0) > 1)
    if not len(usable):
        return cameras
    some = usable[np.linspace(0, len(usable) - 1, min(_ENOUGH, len(usable))).round().astype(int)]
    return adjusted(cameras, flat[:, some], np.where(sure > _SURE, sure, 0)[:, some])


def _sizes(xy: Doubles) -> Doubles:
    """(V, T, P, 1) pixels: how large each person is in each picture; NaN where not seen."""
    seen = np.isfinite(xy).all(-1, keepdims=True)
    count = np.maximum(seen.sum(-2, keepdims=True), 1)
    middle = np.where(seen, xy, 0).sum(-2, keepdims=True) / count
    square = np.where(seen, (xy - middle) ** 2, 0).sum((-1, -2)) / count[..., 0, 0]
    return np.asarray(np.sqrt(np.where(square > 0, square, np.nan))[..., None])


def _check(
    clips: Sequence[Clip], xy: Doubles, weights: Doubles, errors: Doubles, bound: float
) -> None:
    """Refuse cameras that do not agree with the others."""
    relative = errors / _sizes(xy)
    sure = np.where(weights > _SURE, relative, np.nan)
    off = {}
    for clip, all_of_it, best, pixels in zip(clips, relative, sure, errors, strict=True):
        some = best if np.isfinite(best).any() else all_of_it
        if not np.isfinite(some).any():
            off[clip.source] = "agrees with no other"
        elif np.nanmedian(some) > bound:
            off[clip.source] = (
                f"is off by {np.nanmedian(pixels):.0f} pixels, {np.nanmedian(some):.2f} of a "
                "person's size"
            )
    if off:
        parts = ", ".join(f"{source} {what}" for source, what in off.items())
        raise InputError(
            f"the cameras do not agree (up to {bound:.2f} of a person's size is accepted): "
            f"{parts}; check the calibration, the order of the clips and their offsets"
        )


def _believed(xy: Doubles, errors: Doubles) -> NDArray[np.bool_]:
    """(T, P, 33) where at least two cameras agree."""
    relative = np.where(np.isfinite(errors), errors / _sizes(xy), np.inf)
    return np.asarray(np.sort(relative, axis=0)[1] < _WILD)


def _upright(cameras: Sequence[Camera]) -> Doubles:
    """(3, 3) from the room's axes to x, y down, z, by the axis nearest to the cameras' down."""
    down = np.mean([camera.rotation[1] for camera in cameras], axis=0)
    axis = int(np.abs(down).argmax())
    turn = np.zeros((3, 3))
    turn[1, axis] = np.sign(down[axis])
    turn[0, 1 if axis == 0 else 0] = 1.0
    turn[2] = np.cross(turn[0], turn[1])
    return turn


def _filled(points: Doubles, times: Doubles) -> Doubles:
    """Points with short gaps filled: the hips first, then each landmark round the hips."""
    points = points.copy()
    for person in range(points.shape[1]):
        own = points[:, person]
        hips = _bridged(own[:, _HIPS].mean(1)[:, None], times)
        around = _bridged(own - hips, times)
        points[:, person] = around + hips
    return points


def _bridged(values: Doubles, times: Doubles) -> Doubles:
    """(T, N, 3) with gaps of up to `_GAP` seconds filled by straight lines."""
    filled = values.copy()
    for n in range(values.shape[1]):
        known = np.flatnonzero(np.isfinite(values[:, n]).all(-1))
        if len(known) < 2:
            continue
        after = known[np.searchsorted(known, np.arange(len(times))).clip(0, len(known) - 1)]
        before = known[(np.searchsorted(known, np.arange(len(times)), side="right") - 1).clip(0)]
        short = (before < after) & (times[after] - times[before] <= _GAP)
        for axis in range(3):
            line = np.interp(times, times[known], values[known, n, axis])
            filled[short, n, axis] = np.where(
                np.isfinite(values[short, n, axis]), values[short, n, axis], line[short]
            )
    return filled


def _clip(
    first: Clip,
    views: Sequence[View],
    groups: Sequence[Sequence[Track]],
    points: Doubles,
    weights: Doubles,
    camera: Camera,
    turn: Doubles,
) -> Clip:
    root = points[:, :, _HIPS].mean(2)
    there = np.isfinite(root).all(-1)
    world = np.where(there[..., None, None], points - root[:, :, None], np.nan)
    room = points @ turn
    xy = np.where(there[..., None, None], camera.project(room), np.nan)
    depth = camera.seen(room)[..., 2]
    middle = depth[..., _HIPS].mean(-1, keepdims=True)
    z = np.where(there[..., None], (depth - middle) * camera.focal / middle, np.nan)
    sure = np.where(there[..., None], np.sort(weights, axis=0)[-2], np.nan)
    sure = np.where(np.isfinite(world).all(-1), sure, np.where(there[..., None], 0.0, np.nan))
    body = Landmarks(
        BLAZEPOSE_33, *(column.astype(np.float32) for column in (xy, z, sure, sure, world))
    )
    scores = np.full(there.shape, np.nan)
    for person, group in enumerate(groups):
        for v, p in group:
            scores[:, person] = np.fmax(scores[:, person], views[v].scores[:, p])
    ids, names = _who(first, groups)
    return replace(
        first, ids=ids, names=names, boxes=_boxes(body.xy),
        scores=np.where(there, scores, np.nan).astype(np.float32), body=body,
        root=root.astype(np.float32), id_scores=None, labels=None, label_scores=None,
        left_hand=None, right_hand=None, vectors=None,
    )  # fmt: skip


def _boxes(xy: Floats) -> Floats:
    some = np.isfinite(xy).all(-1, keepdims=True)
    low = np.where(some, xy, np.inf).min(-2)
    high = np.where(some, xy, -np.inf).max(-2)
    boxes = np.concatenate([low, high], axis=-1)
    return np.where(np.isfinite(boxes), boxes, np.nan).astype(np.float32)


def _who(
    first: Clip, groups: Sequence[Sequence[Track]]
) -> tuple[NDArray[np.int64], tuple[str | None, ...] | None]:
    """The first clip's ids and names; new ids for those it does not see."""
    known = [next((p for v, p in group if v == 0), None) for group in groups]
    fresh = iter(range(int(max(first.ids, default=0)) + 1, 10**9))
    ids = [next(fresh) if p is None else int(first.ids[p]) for p in known]
    if first.names is None:
        return np.array(ids, np.int64), None
    return np.array(ids, np.int64), tuple(None if p is None else first.names[p] for p in known)
