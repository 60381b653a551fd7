"""Everybody of a clip in metres: the network, then the fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.geometry.heights import check_height
from vitruvian.lift.bones import bone_lengths, stature
from vitruvian.lift.camera import Camera, aim
from vitruvian.lift.features import HIPS, Array, Seen
from vitruvian.lift.fit import Fitted, fit
from vitruvian.lift.hidden import doubted, strayed
from vitruvian.lift.network import Corrector, corrector
from vitruvian.lift.sides import MIRROR, exchanged
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, blazepose_to_coco
from vitruvian.types import Landmarks

__all__ = ["RATE", "height_of", "heights", "lift", "lift_body"]

RATE = 30.0
"""Frames a second at which the network was trained; faster films are seen in turns."""

_STRAYED = 0.1
"""How sure a limb is that was read on somebody else, and is led past that."""
_UNSEEN = 1.0
"""Metres: how far off landmarks may be while somebody is hidden."""

Heights = float | Mapping[int | str, float] | None


def lift(
    clip: Clip, *, height: Heights = None, progress: Callable[[int, int], None] | None = None
) -> Clip:
    """Refine everybody's world landmarks over a whole film, and find where they stand.

    The camera is taken to stand still, with a focal length of 1.2 times the picture's longer
    side. Where left and right were exchanged for a while they are put right, in the picture's
    landmarks and hands, too. Whoever is hidden by somebody else, and known to be there
    (visibility 0), is led straight through. Where somebody is not there, nothing is made up.

    Args:
        clip: A film; 33 BlazePose landmarks or 17 keypoints, with or without a world guess.
        height: Metres, for everybody or by id or name; where it is not given, bodies are as
            large as the landmarks have them.
        progress: Told after each person: how many are done, how many there are.

    Returns:
        The clip with ``body.world`` refined (metres round the hips, x right, y down, z away from
        the camera) and ``root``, (T, P, 3) metres from the camera to the hips.

    Raises:
        InputError: Pictures, a clip of a mirror, landmarks of another skeleton, an unknown size,
            or a height that nobody has.

    Example:
        >>> from vitruvian import read_clip
        >>> from vitruvian.lift import lift
        >>> clip = lift(read_clip("clip.json"), height=1.82)  # doctest: +SKIP
    """
    _check(clip)
    tall = heights(clip, height)
    count, people = clip.present.shape
    world = np.full((count, people, len(clip.body.skeleton), 3), np.nan, np.float32)
    root = np.full((count, people, 3), np.nan, np.float32)
    wrong = np.zeros((count, people), bool)
    believed, beside = doubted(clip)
    for p, metres in enumerate(tall):
        there = clip.present[:, p] & np.isfinite(clip.body.xy[:, p]).all(-1).any(-1)
        if there.any():
            some = slice(*_ends(there))
            fitted = lift_body(
                believed[some, p], clip.times[some], clip.size, height=metres,
                beside=beside[some, p],
            )  # fmt: skip
            shown = there[some]
            world[some, p][shown] = fitted.chosen(clip.body)[shown]
            root[some, p][shown] = fitted.root[shown]
            wrong[some, p] = fitted.exchanged
        if progress is not None:
            progress(p + 1, people)
    body = replace(_put_right(clip.body, wrong), world=world)
    left, right = _hands_put_right(clip, wrong)
    return replace(clip, body=body, root=root, left_hand=left, right_hand=right)


def _hands_put_right(clip: Clip, wrong: Array) -> tuple[Landmarks | None, Landmarks | None]:
    """Hands, which were looked for at the wrists, with left and right exchanged as the body's."""
    left, right = clip.left_hand, clip.right_hand
    if left is None or right is None:
        return left, right
    return _mixed(left, right, wrong), _mixed(right, left, wrong)


def _mixed(hand: Landmarks, other: Landmarks, wrong: Array) -> Landmarks:
    """A hand (T, P), and the other one where sides are wrong (T, P)."""

    def right(column: Array, instead: Array) -> Array:
        return np.where(wrong.reshape(*wrong.shape, *(1,) * (column.ndim - 2)), instead, column)

    world = None
    if hand.world is not None and other.world is not None:
        world = right(hand.world, other.world)
    return replace(
        hand, xy=right(hand.xy, other.xy), z=right(hand.z, other.z),
        visibility=right(hand.visibility, other.visibility),
        presence=right(hand.presence, other.presence), world=world,
    )  # fmt: skip


def _put_right(body: Landmarks, wrong: Array) -> Landmarks:
    """A body (T, P) with left and right exchanged where they are wrong (T, P)."""

    def right(column: Array) -> Array:
        column = column.copy()
        column[wrong] = column[wrong][:, list(body.skeleton.mirror)]
        return column

    return replace(
        body, xy=right(body.xy), z=right(body.z), visibility=right(body.visibility),
        presence=right(body.presence),
    )  # fmt: skip


def lift_body(
    body: Landmarks, times: Array, size: tuple[int, int] | None,
    *, height: float | None = None, beside: Array | None = None,
    network: Corrector | None = None, last: int | None = None,
) -> Fitted:  # fmt: skip
    """One person's body over time.

    Args:
        body: Landmarks with lead (T,); NaN where they are missing.
        times: (T,) seconds.
        size: Width and height of the picture in pixels.
        height: Metres, if it is known.
        beside: (T,) when somebody else is so near that a limb may be read on their body.
        network: What corrects; None for the shipped one.
        last: How many frames at the end are fitted; None for all. Their bones are as long as all
            frames have them.

    Raises:
        InputError: The size is not known.
    """
    if size is None:
        raise InputError("lifting needs the size of the pictures, and they differ; use one film")
    network = network or corrector()
    xy, world, z, visibility = _all_33(body)
    rate = _rate(times)
    wrong, omitted = exchanged(xy, np.nan_to_num(visibility), rate)
    for column in (xy, world, z, visibility):
        column[wrong] = column[wrong][:, MIRROR]
    visibility[omitted] = 0
    if beside is not None:
        read: Array = np.asarray((np.nan_to_num(visibility) > 0).any(-1))
        lost = strayed(xy, read, beside, rate)
        for column in (xy, world, z):
            _lead(column, lost, read)
        visibility[lost] = _STRAYED
    there: Array = np.asarray(np.isfinite(xy).all(-1))
    known = np.asarray(there.any(-1) & _in_sight(visibility), np.float64)
    visibility = np.where(there, np.clip(np.nan_to_num(visibility, nan=1.0), 0.02, 1), 0.0)
    camera = Camera.assumed(size)
    xy = _led(np.where(there[..., None], xy, 0.0), known > 0)
    aimed = aim(camera, xy, known)
    cut = there[..., None]
    stride = max(1, round(rate / RATE))
    points, error = np.empty((len(xy), 33, 3)), np.empty((len(xy), 33, 2))
    for first in range(min(stride, len(xy))):
        turn = slice(first, None, stride)
        seen = Seen(
            aimed.plane[turn] * cut[turn], np.nan_to_num(world[turn]) * cut[turn],
            np.nan_to_num(z[turn]) * there[turn], visibility[turn], known[turn], np.array(1.0),
        )  # fmt: skip
        points[turn], error[turn] = network(seen)
    points = points @ aimed.turn
    points -= points[:, 23:25].mean(1, keepdims=True)
    points = _led(points, known > 0)
    error = np.where(known[:, None, None] > 0, error, _UNSEEN)
    fitted = fit(points, error, camera.rays(xy), visibility, rate, height=height, last=last)
    return replace(fitted, exchanged=wrong if last is None else wrong[-last:])


def heights(clip: Clip, height: Heights) -> list[float | None]:
    """The height of each of a clip's people, or None.

    Raises:
        InputError: Nobody is so small or tall, or nobody has such an id or name.
    """
    names = clip.names or (None,) * len(clip.ids)
    people = list(zip(clip.ids.tolist(), names, strict=True))
    if height is None:
        return [None] * len(people)
    given = height if isinstance(height, Mapping) else dict.fromkeys((i for i, _ in people), height)
    known = {str(label) for pair in people for label in pair if label is not None}
    for who, metres in given.items():
        check_height(metres)
        if str(who) not in known:
            raise InputError(f"{who} is not in {clip.source}; there: {', '.join(sorted(known))}")
    by_text = {str(who): metres for who, metres in given.items()}
    return [by_text.get(str(name), by_text.get(str(i))) for i, name in people]


def height_of(clip: Clip, p: int) -> float | None:
    """Metres: how tall a lifted clip's person is, by the proportions of the body."""
    world = clip.body.world
    if world is None:
        return None
    body = world[:, p].astype(np.float64)
    body = body[np.isfinite(body).all((-1, -2))]
    if not len(body):
        return None
    if clip.body.skeleton == COCO_17:
        body = _widened(body)
    return stature(bone_lengths(body, np.ones(body.shape[:2])))


def _check(clip: Clip) -> None:
    clip.check_unmirrored()
    if clip.files is not None:
        raise InputError(f"{clip.source} is pictures; lifting needs a film")
    if clip.body.skeleton not in (BLAZEPOSE_33, COCO_17):
        raise InputError(
            f"lifting needs {BLAZEPOSE_33.name} or {COCO_17.name} landmarks, "
            f"not {clip.body.skeleton.name}"
        )


def _in_sight(visibility: Array) -> Array:
    """(T,) who was seen, and not only believed to be there, behind another."""
    seen: Array = np.asarray(~(visibility == 0).all(-1))
    return seen if seen.any() else np.ones_like(seen)


def _led(values: Array, known: Array) -> Array:
    """Values (T, 33, C) that lead straight over the frames in which somebody was not seen."""
    where = np.flatnonzero(known)
    if len(where) in (0, len(known)):
        return values
    at = np.arange(len(known))
    filled = [np.interp(at, where, column) for column in values[where].reshape(len(where), -1).T]
    return np.where(known[:, None, None], values, np.stack(filled, -1).reshape(values.shape))


def _lead(column: Array, lost: Array, read: Array) -> None:
    """Lead landmarks (T, 33, …) straight through frames in which they are lost (T, 33)."""
    for k in np.flatnonzero(lost.any(0)):
        gone, kept = np.flatnonzero(lost[:, k]), np.flatnonzero(read & ~lost[:, k])
        values = column[:, k].reshape(len(column), -1)
        for each in values.T:
            each[gone] = np.interp(gone, kept, each[kept])


def _all_33(body: Landmarks) -> tuple[Array, Array, Array, Array]:
    """xy, world, z and visibility of 33 landmarks, NaN where they are missing."""
    world = (
        np.full_like(body.xy[..., :1].repeat(3, -1), np.nan) if body.world is None else body.world
    )
    columns = (body.xy, world, body.z, body.visibility)
    exact: list[Array] = [column.astype(np.float64) for column in columns]
    if body.skeleton != BLAZEPOSE_33:
        exact = [_widened(column) for column in exact]
    xy, guess, z, visibility = exact
    guess = guess - guess[:, HIPS].mean(1, keepdims=True)
    return xy, guess, z - z[:, HIPS].mean(1, keepdims=True), visibility


def _widened(column: Array) -> Array:
    """17 keypoints in the places of 33 landmarks, the others NaN."""
    wide = np.full((len(column), 33, *column.shape[2:]), np.nan)
    wide[:, blazepose_to_coco] = column
    return wide


def _ends(there: Array) -> tuple[int, int]:
    where = np.flatnonzero(there)
    return int(where[0]), int(where[-1]) + 1


def _rate(times: Array) -> float:
    """Frames a second, by the middle of the times between them."""
    if len(times) < 2:
        return RATE
    step = float(np.median(np.diff(times)))
    return 1 / step if step > 0 else RATE
