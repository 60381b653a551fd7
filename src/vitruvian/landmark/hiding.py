"""Painting people out of a crop, so that the model reads the one who is left.

Shown two people who overlap, the model reads whoever is in front, from either region. Once it is
known where one of them is, they can be painted out, and what is left is the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.geometry import regions
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Floats

__all__ = ["Cover", "hide"]

_TORSO = [
    BLAZEPOSE_33.index(n) for n in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
]
_LIMBS = [
    (BLAZEPOSE_33.index(f"{side}_{a}"), BLAZEPOSE_33.index(f"{side}_{b}"))
    for side in ("left", "right")
    for a, b in (
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("hip", "knee"),
        ("knee", "ankle"),
        ("heel", "foot_index"),
        ("wrist", "index"),
    )
]
_EARS = [BLAZEPOSE_33.index("left_ear"), BLAZEPOSE_33.index("right_ear")]
_LIMB_WIDTH = 0.28
_HEAD_RADIUS = 0.30
"""Of a clothed limb and a head, in torso lengths."""
_RADIUS = 2
"""Pixels, of the crop at half its size, from which a painted place takes its colour."""
_FAR = 10_000
"""Pixels from which on it is all one how far a landmark is; OpenCV's lines have bounds."""


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Who is painted out of a crop before it is read.

    Args:
        others: (M, 33, 2) their landmarks; a body of which some are NaN is left as it is.
        own: (K, 33, 2) those of whoever is to be read: what lies along them stays.
    """

    others: Floats
    own: Floats | None = None

    def moved(self, matrix: Floats) -> Cover:
        """The same through an affine map (2, 3)."""
        own = None if self.own is None else regions.apply(matrix, self.own)
        return Cover(regions.apply(matrix, self.others), own)


def hide(crop: Floats, cover: Cover) -> Floats:
    """A crop in which some bodies are painted out with what is round them.

    What is left of somebody behind grows into the gap (Telea, 2004), and no shape of a person is
    left to be read.

    Args:
        crop: (H, W, 3) 0..1.
        cover: Whom to paint out, in pixels of the crop.
    """
    mask = _outline(crop.shape[:2], cover.others)
    if cover.own is not None and mask.any():
        mask[_outline(crop.shape[:2], cover.own) > 0] = 0
    if not mask.any():
        return crop
    size = (crop.shape[1] // 2, crop.shape[0] // 2)
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA) * 255, np.uint8)
    hole = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 0, np.uint8)
    filled = cv2.inpaint(small, hole, _RADIUS, cv2.INPAINT_TELEA)
    smooth = cv2.resize(filled, crop.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(mask[..., None] > 0, smooth.astype(np.float32) / 255, crop)


def _outline(size: tuple[int, ...], bodies: Floats) -> NDArray[np.uint8]:
    """(H, W) 255 where the bodies are."""
    mask = np.zeros(size, np.uint8)
    for xy in np.clip(bodies[np.isfinite(bodies).all((1, 2))], -_FAR, _FAR):
        shoulders, hips = xy[_TORSO[:2]].mean(0), xy[_TORSO[2:]].mean(0)
        torso = float(np.linalg.norm(shoulders - hips))
        if torso < 2:
            continue
        width = max(1, round(_LIMB_WIDTH * torso))
        corners = np.rint(xy[_TORSO]).astype(np.int32)
        cv2.fillConvexPoly(mask, cv2.convexHull(corners), 255)
        cv2.polylines(mask, [corners], isClosed=True, color=255, thickness=width)
        for a, b in _LIMBS:
            start, end = np.rint(xy[[a, b]]).astype(int).tolist()
            cv2.line(mask, start, end, 255, width)
        head = np.rint(xy[_EARS].mean(0)).astype(int).tolist()
        cv2.circle(mask, head, max(1, round(_HEAD_RADIUS * torso)), 255, -1)
    return mask
