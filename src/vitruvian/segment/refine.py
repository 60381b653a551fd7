"""From a rough mask to one that ends where the picture's edges are."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.types import Bools, Floats, Image

__all__ = ["cut", "feathered", "fitted", "uneven"]

_LEAST_CONTRAST = 8
_EPS = 1e-3
"""The guided filter's regularisation, for a picture in 0..1 (He, Sun and Tang, 2013)."""


def cut(image: Image, labels: Image, rounds: int = 5) -> Bools:
    """GrabCut from labels (Rother, Kolmogorov and Blake, 2004).

    Args:
        image: (H, W, 3) RGB.
        labels: (H, W) of ``cv2.GC_*``; where one side has no pixel, or all pixels
            are alike, the labels are the answer.
        rounds: How often colours are learnt and the cut is made anew.
    """
    ours = labels.copy()
    # On an even ground every cut is as good, and finding the best of them takes minutes.
    if uneven(image) and 0 < np.count_nonzero(ours & 1) < ours.size:
        # GrabCut draws its first colour clusters at random.
        cv2.setRNGSeed(0)
        background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(
            image, ours, (0, 0, 0, 0), background, foreground, rounds, cv2.GC_INIT_WITH_MASK
        )
    return np.asarray((ours & 1) > 0, np.bool_)


def uneven(image: Image) -> bool:
    """Whether anything at all can be seen in a picture."""
    return bool(np.ptp(image, axis=(0, 1)).max() >= _LEAST_CONTRAST)


def fitted(image: Image, longest: int) -> tuple[Image, float]:
    """A picture no longer than ``longest``, and its scale."""
    scale = min(1.0, longest / max(image.shape[:2]))
    if scale == 1:
        return image, scale
    size = tuple(max(1, round(side * scale)) for side in image.shape[1::-1])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def feathered(mask: Floats, small: Image, image: Image, radius: int) -> Floats:
    """A coarse mask at the picture's own size, its border laid along the picture's edges.

    The fast guided filter (He and Sun, 2015): its coefficients are found on the small picture
    and used on the large one.

    Args:
        mask: (h, w) 0..1.
        small: (h, w, 3) RGB, the picture that the mask belongs to.
        image: (H, W, 3) RGB, the same picture at full size.
        radius: Of the filter, in pixels of the small picture.

    Returns:
        (H, W) 0..1.
    """
    guide = np.asarray(small / np.float32(255), np.float32)
    mean, mean_mask = _blur(guide, radius), _blur(mask, radius)
    cross = _blur(guide * mask[..., None], radius) - mean * mean_mask[..., None]
    spread = np.empty((*mask.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            both = _blur(guide[..., i] * guide[..., j], radius) - mean[..., i] * mean[..., j]
            spread[..., i, j] = spread[..., j, i] = both
        spread[..., i, i] += _EPS
    slope = np.linalg.solve(spread, cross[..., None])[..., 0].astype(np.float32)
    offset = mean_mask - (slope * mean).sum(-1)
    size = image.shape[1::-1]
    wide, shift = (cv2.resize(_blur(part, radius), size) for part in (slope, offset))
    fine = np.einsum("hwc,hwc->hw", wide, image / np.float32(255)) + shift
    return np.asarray(np.clip(fine, 0, 1), np.float32)


def _blur(values: NDArray[Any], radius: int) -> Floats:
    return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)
