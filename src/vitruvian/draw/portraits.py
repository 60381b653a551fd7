"""Strips of portraits: what one person looks like over a film, so that one can be told by eye."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vitruvian.draw.marks import draw_tag
from vitruvian.draw.palette import DARK, Colour
from vitruvian.types import Floats, Image

__all__ = ["PORTRAIT", "portrait", "portrait_sheet", "portrait_strip"]

PORTRAIT = (120, 200)
"""Width and height of one portrait in pixels."""
_TITLE, _CAPTION, _RIM = 20, 13, 4


def portrait(image: Image, box: Floats) -> Image:
    """Cut a person out of a picture, and fit them into `PORTRAIT` on a dark ground.

    Args:
        image: (H, W, 3) uint8 RGB.
        box: (4,) x0, y0, x1, y1 in pixels.
    """
    import cv2

    height, width = image.shape[:2]
    paper = np.full((PORTRAIT[1], PORTRAIT[0], 3), DARK, np.uint8)
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) * 0.55 + 1
    x0, y0 = np.clip(np.floor(middle - half), 0, [width, height]).astype(int).tolist()
    x1, y1 = np.clip(np.ceil(middle + half), 0, [width, height]).astype(int).tolist()
    part = image[y0:y1, x0:x1]
    if not part.size:
        return paper
    scale = min(PORTRAIT[0] / part.shape[1], PORTRAIT[1] / part.shape[0])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    fitted = cv2.resize(np.ascontiguousarray(part), size, interpolation=shrink)
    left, top = (PORTRAIT[0] - size[0]) // 2, (PORTRAIT[1] - size[1]) // 2
    paper[top : top + size[1], left : left + size[0]] = fitted
    return paper


def portrait_strip(
    portraits: Sequence[tuple[Image, str]], title: str, colour: Colour, *, count: int
) -> Image:
    """Portraits of one person in a row, each with its caption, under a title in their colour.

    Args:
        portraits: Pictures of the size `PORTRAIT`, and what is written below each.
        title: Who it is.
        colour: Of the title's ground and the line below it.
        count: For how many portraits there is room.
    """
    across, head, foot = PORTRAIT[0] + _RIM, round(_TITLE * 1.3) + 3 * _RIM, _CAPTION + 3 * _RIM
    strip = np.full((head + PORTRAIT[1] + foot, _RIM + across * count, 3), DARK, np.uint8)
    draw_tag(strip, title, (_RIM, head - _RIM), colour, _TITLE)
    strip[head - 2 : head] = colour
    for n, (picture, caption) in enumerate(portraits[:count]):
        x = _RIM + n * across
        strip[head : head + PORTRAIT[1], x : x + PORTRAIT[0]] = picture
        draw_tag(strip, caption, (x, strip.shape[0] - 2), DARK, _CAPTION)
    return strip


def portrait_sheet(strips: Sequence[Image]) -> Image:
    """All strips of a film below each other; they must be of one width."""
    return np.concatenate([np.asarray(strip) for strip in strips])
