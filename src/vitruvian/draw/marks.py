"""What goes with a person beside the skeleton: corners of the box, tag, outline, trail."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vitruvian.draw.palette import DARK, Colour, ink
from vitruvian.draw.strokes import SHIFT, fixed, in_reach, lines
from vitruvian.draw.text import text_mask
from vitruvian.types import Floats, Image

__all__ = ["draw_corners", "draw_label", "draw_mask", "draw_tag", "draw_trail"]


def draw_corners(image: Image, box: Floats, colour: Colour, width: float) -> None:
    """Mark the four corners of a box x0, y0, x1, y1 (px) with rounded angles."""
    # On whole pixels a thin line stays crisp.
    x0, y0, x1, y1 = np.rint(in_reach(box)).tolist()
    arm = min((x1 - x0) * 0.2, (y1 - y0) * 0.2, width * 13)
    corners = np.array([[x0, y0], [x0, y1], [x1, y0], [x1, y1]], np.float32)
    paths = list(fixed(corners[:, None] + _ANGLES * np.float32(arm)))
    lines(image, paths, DARK, round(width) + max(1, round(width * 0.6)))
    lines(image, paths, colour, width)


def _angles() -> Floats:
    """(4, 9, 2) Ls from the four corners of a box inwards, of length 1, each with a round turn."""
    turn = np.linspace(0, math.pi / 2, 7)
    bend = 0.3 * np.stack([1 - np.sin(turn), 1 - np.cos(turn)], axis=1)
    path = np.concatenate([[[1, 0]], bend, [[0, 1]]])
    inwards = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    return np.asarray(path * inwards[:, None], np.float32)


_ANGLES = _angles()


def draw_tag(image: Image, text: str, at: tuple[float, float], colour: Colour, size: int) -> None:
    """Write a text on a rounded ground, its lower left corner ``at`` x, y, kept in the picture."""
    import cv2

    letters = text_mask(text, size)
    pad = max(2, round(size * 0.4))
    height, width = letters.shape[0], max(letters.shape[1] + 2 * pad, letters.shape[0])
    x = min(max(round(at[0]), 0), image.shape[1] - width)
    y = min(max(round(at[1]) - height, 0), image.shape[0] - height)
    if x < 0 or y < 0:
        return
    window = image[y : y + height, x : x + width]
    ground = np.zeros((height, width), np.uint8)
    radius = (height - 1) * 8
    middle = radius
    ends = np.array([[middle, middle], [(width - 1) * 16 - middle, middle]], np.int32)
    cv2.polylines(ground, [ends], False, 255, height - 1, cv2.LINE_AA, SHIFT)
    _blend(window, colour, ground)
    left = (width - letters.shape[1]) // 2
    _blend(window[:, left : left + letters.shape[1]], ink(colour), letters)


def draw_label(image: Image, text: str, at: tuple[float, float], colour: Colour, size: int) -> None:
    """Write a text without a ground, its upper left corner ``at`` x, y; left out if no room."""
    letters = text_mask(text, size)
    x, y = round(at[0]), round(at[1])
    window = image[y : y + letters.shape[0], x : x + letters.shape[1]]
    if window.shape[:2] == letters.shape:
        _blend(window, colour, letters)


def draw_mask(image: Image, mask: Floats, colour: Colour, strength: float = 0.38) -> None:
    """Tint the person's outline, (H, W) 0..1, in place."""
    import cv2

    x, y, w, h = cv2.boundingRect((mask > 0.1).view(np.uint8))
    if w and h:
        share = np.clip(mask[y : y + h, x : x + w] * (255 * strength), 0, 255).astype(np.uint8)
        _blend(image[y : y + h, x : x + w], colour, share)


def draw_trail(
    image: Image, path: Sequence[tuple[float, float, float]], colour: Colour, width: float
) -> None:
    """Draw where someone has been: (freshness 0..1, x, y), oldest first.

    It fades with age, and where it is so near to the last point that it would lie on the body.
    """
    import cv2

    if len(path) < 2:
        return
    # Some thirty pieces are smooth enough, whatever the frame rate.
    path = [*path[: -1 : max(1, len(path) // 30)], path[-1]]
    points = in_reach(np.array([[x, y] for _, x, y in path], np.float32))
    margin = round(width) + 2
    low = np.maximum(np.floor(points.min(axis=0)) - margin, 0).astype(int)
    high = np.maximum(np.ceil(points.max(axis=0)) + margin, 0).astype(int)
    window = image[low[1] : high[1], low[0] : high[0]]
    if not window.size:
        return
    share = np.zeros(window.shape[:2], np.uint8)
    places = fixed(points - low).tolist()
    away = np.hypot(*(points - points[-1]).T) / width
    clear = np.clip((away - 4) / 6, 0, 1).tolist()
    for i, (fresh, _, _) in enumerate(path[1:]):
        thick = max(1, round(width * (0.35 + 0.65 * fresh)))
        tone = round(255 * fresh * clear[i])
        cv2.line(share, places[i], places[i + 1], tone, thick, cv2.LINE_AA, SHIFT)
    _blend(window, colour, share)


def _blend(window: Image, colour: Colour, share: Image) -> None:
    """Lay a colour over part of a picture by its share, 0..255, in place."""
    import cv2

    share3 = cv2.merge([share, share, share])
    plain = np.empty_like(window)
    plain[:] = colour
    over = cv2.multiply(plain, share3, scale=1 / 255)
    under = cv2.multiply(window, cv2.bitwise_not(share3), scale=1 / 255)
    window[:] = cv2.add(over, under)
