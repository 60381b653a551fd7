"""Text as a mask that can be laid on a picture in any colour."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vitruvian.types import Image

__all__ = ["text_mask"]


@lru_cache(maxsize=256)
def text_mask(text: str, size: int) -> Image:
    """The text as coverage, 0..255, cropped to its width; its height depends on ``size`` only.

    OpenCV 5 carries a real typeface; before that the stroke font is drawn four times as large
    and shrunk, and what it has no letter for becomes a question mark.

    Args:
        text: One line.
        size: Height of the letters with their ascenders, in pixels.
    """
    import cv2

    mask = _typeface(text, size) if hasattr(cv2, "FontFace") else _strokes(text, size)
    columns = np.flatnonzero(mask.max(axis=0))
    return mask[:, columns[0] : columns[-1] + 1] if len(columns) else mask[:, :1]


def _typeface(text: str, size: int) -> Image:
    import cv2

    paper = np.zeros((round(size * 1.3), size * (len(text) + 2) + 8, 3), np.uint8)
    white, font = (255, 255, 255), cv2.FontFace("sans")
    cv2.putText(paper, text, (size // 2, round(size * 1.02)), white, font, size, 600)
    return paper[..., 0]


def _strokes(text: str, size: int) -> Image:
    import cv2

    big = size * 4
    font, thick = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(big * 0.11))
    scale = cv2.getFontScaleFromHeight(font, round(big * 0.72), thick)
    paper = np.zeros((round(size * 1.3) * 4, big * (len(text) + 2)), np.uint8)
    at = (big // 2, round(big * 1.02))
    cv2.putText(paper, text, at, font, scale, 255, thick, cv2.LINE_AA)
    return cv2.resize(paper, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
