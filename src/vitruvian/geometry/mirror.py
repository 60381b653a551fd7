"""People seen in a mirror, as selfies show them, as they are: left is their own left again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.types import Floats, Landmarks, People

__all__ = ["reflected", "unmirrored"]


def unmirrored(people: People) -> People:
    """The people of a picture in a mirror, with everybody's left and right exchanged.

    Pixels stay where they are in the picture; left and right landmarks and hands change their
    names. What is in metres is seen from the other side of the mirror: x changes its sign, so that
    a right hand has the shape of one.

    Args:
        people: As they look in the picture.

    Example:
        >>> len(unmirrored(People.none()))
        0
    """
    return people.having(
        body=people.body and _exchanged(people.body),
        left_hand=people.right_hand and _exchanged(people.right_hand),
        right_hand=people.left_hand and _exchanged(people.left_hand),
        root=None if people.root is None else _across(people.root),
    )


def reflected(landmarks: Landmarks) -> Landmarks:
    """Landmarks of a picture in a mirror as those of the person who stands before it.

    Other than by `unmirrored`, pixels are reflected too, at x = 0: what is left is a body that may
    exist, anywhere in the picture or beside it.

    Args:
        landmarks: Any leading axes.

    Example:
        >>> from vitruvian.skeletons import BLAZEPOSE_33
        >>> reflected(Landmarks.missing(BLAZEPOSE_33, (2,))).xy.shape
        (2, 33, 2)
    """
    exchanged = _exchanged(landmarks)
    return replace(exchanged, xy=exchanged.xy * np.array([-1, 1], np.float32))


def _exchanged(landmarks: Landmarks) -> Landmarks:
    partners = list(landmarks.skeleton.mirror)
    return replace(
        landmarks,
        xy=landmarks.xy[..., partners, :],
        z=landmarks.z[..., partners],
        visibility=landmarks.visibility[..., partners],
        presence=landmarks.presence[..., partners],
        world=None if landmarks.world is None else _across(landmarks.world[..., partners, :]),
    )


def _across(metres: Floats) -> Floats:
    return metres * np.array([-1, 1, 1], np.float32)
