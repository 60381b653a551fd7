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
_LEVEL_AXIS = np.arange(_LEVELS, dtype=np.float32)
_STEPS = 65
_FARTHEST = np.float32(0.13)
"""Of the table of hues: steps from end to end, and the chroma at its ends."""


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
        luma, chroma = planes.y[y, x], (y, x) if planes.full_chroma else (y // 2, x // 2)
        yuv = np.stack([luma, planes.u[chroma], planes.v[chroma]], -1).astype(np.float32)
        rgb = (yuv @ planes.to_rgb[:, :3].T + planes.to_rgb[:, 3]).clip(0, 255)
    return np.asarray(rgb / 255, np.float32), inside


def brightness(frame: Frame) -> float:
    """How bright a frame is on the whole, 0..1."""
    planes = frame.planes
    if planes is None:
        return float((frame.image[::_EVERY, ::_EVERY] @ _LUMA).mean()) / 255
    grey = planes.to_rgb @ np.array([frame.miniature.mean(), 128, 128, 1], np.float32)
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
    gain = np.float32(_MIDDLE_GREY / max(bright, 0.05))
    opponents = np.asarray(rgb @ (gain * _TO_OPPONENTS.T), np.float32)
    luma, chroma = opponents[..., 0], opponents[..., 1:]
    count = np.maximum(seen.sum(1, keepdims=True), 1)[..., None]
    mean = (chroma * seen[..., None]).sum(1, keepdims=True) / count
    level = np.sqrt(luma.clip(0, 1.6) / 1.6) * (_LEVELS - 1)
    near = (1 - np.abs(level[..., None] - _LEVEL_AXIS)).clip(0)
    groups = [near, _hues(chroma), _hues(np.asarray(chroma - mean, np.float32))]
    return np.asarray(np.concatenate(groups, -1), np.float32)


def _table() -> Floats:
    """Each chroma's share of the two nearest hues and of grey, for `_STEPS` times `_STEPS`."""
    axis = (np.arange(_STEPS) - _STEPS // 2) * (_FARTHEST / (_STEPS // 2 - 1))
    blue, red = np.meshgrid(axis, axis, indexing="ij")
    strength = (np.hypot(blue, red) / _COLOURFUL).clip(0, 1)[..., None]
    away = (np.arctan2(red, blue)[..., None] * _HUES / (2 * np.pi) - np.arange(_HUES)) % _HUES
    hue = (1 - np.minimum(away, _HUES - away)).clip(0)
    shares = np.concatenate([hue * strength, 1 - strength], -1)
    return np.asarray(shares.reshape(_STEPS * _STEPS, _HUES + 1), np.float32)


_TABLE = _table()


def _hues(chroma: Floats) -> Floats:
    """(…, hues and grey) of chroma (…, 2); a table, since there is a look-up for every place."""
    largest = np.maximum(np.abs(chroma[..., 0]), np.abs(chroma[..., 1]))
    scale = np.float32(_STEPS // 2 - 1) / np.maximum(largest, _FARTHEST)
    cell = np.rint(chroma * scale[..., None]).astype(np.int64) + _STEPS // 2
    return np.asarray(_TABLE[cell[..., 0] * _STEPS + cell[..., 1]], np.float32)
