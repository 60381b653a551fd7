"""Pictures of a report: the confusion matrix, and sheets of the pictures that need a look."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np

from vitruvian.draw.palette import Colour, ink, mix
from vitruvian.draw.text import text_mask
from vitruvian.types import Image, Ints

__all__ = ["confusion_picture", "contact_sheet", "png"]

_WHITE: Colour = (255, 255, 255)
_INK: Colour = (28, 32, 40)
_FAINT: Colour = (112, 118, 128)
_RIGHT: Colour = (20, 110, 160)
_WRONG: Colour = (190, 60, 40)
_CELL, _TEXT = 84, 17
_TILE, _COLUMNS = 200, 6
_SMALL, _LINE = 14, 18
_LETTERS, _LINES = 25, 3
"""About so many letters fit under a tile, and so many lines of a text are shown."""


def confusion_picture(confusion: Ints, rows: Sequence[str], columns: Sequence[str]) -> Image:
    """The confusion matrix: truth down, predicted across, shaded by the share of its row.

    Args:
        confusion: (C, P) counts.
        rows: C names.
        columns: P names.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    left = 30 + max(text_mask(_clear(name), _TEXT).shape[1] for name in rows)
    cell = max(_CELL, 16 + max(text_mask(_clear(name), _TEXT).shape[1] for name in columns))
    top = 96
    paper = np.full(
        (top + _CELL * len(rows) + 20, left + cell * len(columns) + 20, 3), 255, np.uint8
    )
    _write(paper, "predicted", left + cell * len(columns) // 2, 28, _INK)
    _write(paper, "truth", left // 2, 66, _INK)
    for x, name in enumerate(columns):
        _write(paper, name, left + cell * x + cell // 2, 66, _INK)
    for y, name in enumerate(rows):
        middle = top + _CELL * y + _CELL // 2
        _write(paper, name, left // 2, middle, _INK)
        total = max(int(confusion[y].sum()), 1)
        for x in range(len(columns)):
            count = int(confusion[y, x])
            shade = mix(_WHITE, _RIGHT if x == y else _WRONG, (count / total) ** 0.5 * 0.9)
            x0, y0 = left + cell * x, top + _CELL * y
            paper[y0 + 1 : y0 + _CELL - 1, x0 + 1 : x0 + cell - 1] = shade if count else (244,) * 3
            if count:
                _write(paper, str(count), x0 + cell // 2, middle, ink(shade))
    return paper


def contact_sheet(tiles: Sequence[tuple[Image | None, Sequence[str]]]) -> Image:
    """Small pictures side by side, each with some lines of text below.

    Args:
        tiles: (H, W, 3) pictures, None for one that cannot be shown, and their texts; a long
            text goes on in the next line.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    below = [[line for text in texts for line in _lines(text)] for _, texts in tiles]
    height = _TILE + 12 + _LINE * max(map(len, below), default=0)
    columns = max(1, min(_COLUMNS, len(tiles)))
    rows = max(1, -(-len(tiles) // columns))
    paper = np.full((height * rows, (_TILE + 12) * columns, 3), 255, np.uint8)
    for number, (image, _) in enumerate(tiles):
        x = (number % columns) * (_TILE + 12) + 6
        y = (number // columns) * height + 6
        paper[y : y + _TILE, x : x + _TILE] = _thumbnail(image)
        if image is None:
            _write(paper, "no picture", x + _TILE // 2, y + _TILE // 2, _FAINT, _SMALL)
        for line, text in enumerate(below[number]):
            _write(paper, text, x + _TILE // 2, y + _TILE + 11 + _LINE * line, _INK, _SMALL)
    return paper


def png(image: Image) -> bytes:
    """A picture as the bytes of a PNG file."""
    import cv2

    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


def _thumbnail(image: Image | None) -> Image:
    """The picture within a square of grey."""
    import cv2

    square = np.full((_TILE, _TILE, 3), 226, np.uint8)
    if image is None:
        return square
    height, width = image.shape[:2]
    scale = _TILE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    x, y = (_TILE - size[0]) // 2, (_TILE - size[1]) // 2
    square[y : y + size[1], x : x + size[0]] = small
    return square


def _lines(text: str) -> list[str]:
    """The text in lines that fit under a tile."""
    parts = wrap(text, _LETTERS, break_long_words=False, max_lines=_LINES, placeholder=" …")
    return [_fitting(part) for part in parts] or [" "]


def _fitting(text: str) -> str:
    """The text cut in its middle where it is too wide for a tile."""
    kept, shown = len(text), text
    while text_mask(shown, _SMALL).shape[1] > _TILE + 4:
        kept -= 1
        shown = f"{text[: kept // 2]}…{text[len(text) - kept + kept // 2 :]}"
    return shown


def _clear(text: str) -> str:
    return text or " "


def _write(paper: Image, text: str, x: int, y: int, colour: Colour, size: int = _TEXT) -> None:
    """Write a text with its middle at x, y, as far as it lies on the paper."""
    letters = text_mask(_clear(text), size)
    x0, y0 = max(0, x - letters.shape[1] // 2), max(0, y - letters.shape[0] // 2)
    window = paper[y0 : y0 + letters.shape[0], x0 : x0 + letters.shape[1]]
    share = letters[: window.shape[0], : window.shape[1], None] / np.float32(255)
    window[:] = np.rint(window * (1 - share) + np.array(colour) * share).astype(np.uint8)
