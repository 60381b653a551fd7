"""What a clip says of one person, made ready for fitting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError
from vitruvian.fit.body_terms import Camera, Seen
from vitruvian.geometry.heights import check_height
from vitruvian.skeletons import BLAZEPOSE_33

if TYPE_CHECKING:
    from vitruvian.clip import Clip

__all__ = ["REACH", "assumed_camera", "check", "seen_of"]

Array = NDArray[np.floating[Any]]

_FOCAL = 1.2
"""Longer sides of the picture: about that of a phone's main camera."""
REACH = (0.9, 2.4)
"""Metres: what the body's shapes reach, from a child to the tallest."""
_HIPS = (BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip"))


def check(clip: Clip, person: int | None, height: float | None) -> list[int]:
    """The columns of a clip that are wanted.

    Raises:
        InputError: They cannot be fitted.
    """
    if clip.body.skeleton != BLAZEPOSE_33 or clip.body.world is None:
        raise InputError(
            f"a body is fitted to 33 landmarks in metres, which {clip.source} has not; "
            "make them with: vitruvian run FILM --save json"
        )
    if clip.size is None:
        raise InputError(f"the pictures of {clip.source} differ in size; fit one film at a time")
    clip.check_unmirrored()
    if height is not None:
        check_height(height, REACH)
    ids = clip.ids.tolist()
    if not ids:
        raise InputError(f"nobody was found in {clip.source}")
    if person is None:
        return list(range(len(ids)))
    if person not in ids:
        raise InputError(f"{clip.source} has no person {person}; it has {', '.join(map(str, ids))}")
    return [ids.index(person)]


def assumed_camera(clip: Clip) -> Camera:
    """A camera nobody measured: 1.2 of the longer side as focal length, its axis in the middle."""
    width, height = clip.size or (1, 1)
    return Camera(_FOCAL * max(width, height), (width / 2, height / 2))


def seen_of(clip: Clip, column: int, camera: Camera) -> tuple[NDArray[np.int64], Seen]:
    """The rows at which a person has landmarks, and these.

    World landmarks are those of a crop round the person, so of a camera turned towards it: they
    are turned back.
    """
    body = clip.body[:, column]
    world = body.world
    if world is None:
        raise InputError(f"{clip.source} has no landmarks in metres")
    fine = np.isfinite(body.xy).all((1, 2)) & np.isfinite(world).all((1, 2))
    rows = np.flatnonzero(fine)
    xy = body.xy[rows].astype(np.float64)
    solid = world[rows].astype(np.float64)
    solid = solid - solid[:, _HIPS].mean(1, keepdims=True)
    solid = np.einsum("tyx,tky->tkx", _turned(xy, camera), solid)
    trust = 0.05 + 0.95 * np.clip(np.nan_to_num(body.visibility[rows]), 0, 1).astype(np.float64)
    extent = np.ptp(xy, axis=1).max(-1)
    # A landmark is off by about a hundredth of the person, and never by less than two pixels.
    sigma = np.maximum(0.01 * extent, 2.0)
    return rows, Seen(xy, solid, trust, clip.times[rows], sigma)


def _turned(xy: Array, camera: Camera) -> Array:
    """(T, 3, 3) from the camera's axes to those of one that looks at the hips, without a roll."""
    flat = (xy[:, _HIPS].mean(1) - np.array(camera.centre)) / camera.focal
    front = np.concatenate([flat, np.ones((len(flat), 1))], -1)
    front /= np.linalg.norm(front, axis=-1, keepdims=True)
    right = np.cross(np.array([0.0, 1.0, 0.0]), front)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    return np.stack([right, np.cross(front, right), front], -2)
