"""Transparency: what is not covered is shown white, as a viewer shows it."""

from __future__ import annotations

import numpy as np

from vitruvian.types import Image

__all__ = ["on_white"]


def on_white(rgba: Image) -> Image:
    """(H, W, 4) RGBA laid on white: (H, W, 3) RGB.

    Example:
        >>> import numpy as np
        >>> on_white(np.array([[[200, 0, 0, 0]]], np.uint8)).tolist()
        [[[255, 255, 255]]]
    """
    alpha = rgba[..., 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(rgba[..., :3])
    cover = alpha.astype(np.uint16)
    mixed = rgba[..., :3] * cover + 255 * (255 - cover)
    return ((mixed + 127) // 255).astype(np.uint8)
