"""The colours at some places of a frame, as shares that stand a change of light."""

from __future__ import annotations

import numpy as np

from vitruvian.types import Bools, Floats, Frame

__all__ = ["GROUPS", "VALUES", "brightness", "sampled", "shares"]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_TO_OPPONENTS = np.array(
    [[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]], np.float32
)
"""RGB to luma, blue and red difference (ITU-R BT.601, full range)."""
_LEVELS, _HUES = 6, 6
GROUPS, VALUES = 3, _LEVELS + 2 * (_HUES + 1)
"""How many groups of shares there are, and how many shares in all."""
_COLOURFUL = 0.02
"""The chroma from which a colour is no longer counted as grey, where white is 1."""
_MIDDLE_GREY = 0.4
_EVERY = 16


def sampled(frame: Frame, where: Floats) -> tuple[Floats, Bools]:
    """The colours at some places, straight from the decoded planes where there are any.

    Args:
        frame: The picture.
        where: (..., 2) pixels.

    Returns:
        (..., 3) RGB, 1 is white; and (...) whether the place is inside the picture.
    """
    width, height = frame.size
    at = np.rint(np.nan_to_num(where, nan=-1)).astype(np.int64)
    x, y = at[..., 0], at[..., 1]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    x, y = x.clip(0, width - 1), y.clip(0, height - 1)
    planes = frame.planes
    if planes is None:
        rgb = frame.image[y, x].astype(np.float32)
    else:
        luma, chroma = planes.y[y, x], (y // 2, x // 2)
        yuv = np.stack([luma, planes.u[chroma], planes.v[chroma]], -1).astype(np.float32)
        rgb = (yuv @ planes.to_rgb[:, :3].T + planes.to_rgb[:, 3]).clip(0, 255)
    return np.asarray(rgb / 255, np.float32), inside


def brightness(frame: Frame) -> float:
    """How bright a frame is on the whole, 0..1."""
    planes = frame.planes
    if planes is None:
        return float((frame.image[::_EVERY, ::_EVERY] @ _LUMA).mean()) / 255
    grey = planes.to_rgb @ np.array([planes.y[::_EVERY, ::_EVERY].mean(), 128, 128, 1], np.float32)
    return float(grey[0]) / 255


def shares(rgb: Floats, seen: Bools, bright: float) -> Floats:
    """What each place adds to the shares of its part.

    These are `_LEVELS` levels of luma beside the frame's, `_HUES` hues and grey, and the same
    hues and grey once more beside the person's own mean: the first hold while the light does,
    the last while the clothes do.

    Args:
        rgb: (N, places, 3) 0..1.
        seen: (N, places) which places count for the mean.
        bright: The frame's brightness.

    Returns:
        (N, places, values); each of the three groups adds up to 1.
    """
    opponents = (rgb * (_MIDDLE_GREY / max(bright, 0.05))) @ _TO_OPPONENTS.T
    luma, chroma = opponents[..., 0], opponents[..., 1:]
    count = np.maximum(seen.sum(1, keepdims=True), 1)[..., None]
    mean = (chroma * seen[..., None]).sum(1, keepdims=True) / count
    level = np.sqrt(luma.clip(0, 1.6) / 1.6) * (_LEVELS - 1)
    levels = (1 - np.abs(level[..., None] - np.arange(_LEVELS))).clip(0)
    groups = [levels, _hues(chroma), _hues(chroma - mean)]
    return np.asarray(np.concatenate(groups, -1), np.float32)


def _hues(chroma: Floats) -> Floats:
    """Each colour's share of the two nearest hues and of grey."""
    strength = (np.hypot(chroma[..., 0], chroma[..., 1]) / _COLOURFUL).clip(0, 1)[..., None]
    turn = np.arctan2(chroma[..., 1], chroma[..., 0]) * (_HUES / (2 * np.pi))
    away = (turn[..., None] - np.arange(_HUES)) % _HUES
    hue = (1 - np.minimum(away, _HUES - away)).clip(0)
    return np.concatenate([hue * strength, 1 - strength], -1)
