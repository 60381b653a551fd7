"""A drawing of boxes, lines and words on white paper, as PNG or SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vitruvian.draw.palette import Colour
from vitruvian.draw.text import text_mask
from vitruvian.errors import UnknownNameError
from vitruvian.types import Image

__all__ = ["Chart", "wide"]

_KINDS = ("png", "svg")
_BASELINE = 0.37
"""How far below its middle a text stands, in units of its size."""
_SHIFT = 4
"""Bits of a pixel's fraction that OpenCV is given."""


class Chart:
    """Marks on paper, each laid over those before it; pixels from the top left corner.

    Args:
        width: Of the paper.
        height: Of the paper.

    Example:
        >>> chart = Chart(40, 20)
        >>> chart.box(4, 4, 20, 16, (200, 60, 40))
        >>> chart.picture("svg")[:4]
        b'<svg'
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._marks: list[_Mark] = []

    def box(
        self, x0: float, y0: float, x1: float, y1: float, colour: Colour, opacity: float = 1.0
    ) -> None:
        """A filled rectangle."""
        self._marks.append(_Box(x0, y0, x1, y1, colour, opacity))

    def line(self, points: NDArray[np.float64], colour: Colour, width: int = 1) -> None:
        """A line through (N, 2) points; a single one is a dot."""
        self._marks.append(_Line(points, colour, width))

    def words(
        self, x: float, y: float, text: str, colour: Colour, size: int, side: str = "middle"
    ) -> None:
        """A line of text at the height of y; ``side`` says what of it is at x: start, middle, end.

        A text that would leave the paper on the left begins at its edge.
        """
        self._marks.append(_Words(x, y, text, colour, size, side))

    def picture(self, kind: str) -> bytes:
        """The file's bytes.

        Args:
            kind: ``"png"`` or ``"svg"``.

        Raises:
            UnknownNameError: There is no such kind.
        """
        if kind not in _KINDS:
            raise UnknownNameError("kind of picture", kind, _KINDS)
        return self._svg() if kind == "svg" else self._png()

    def _svg(self) -> bytes:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" font-family="sans-serif">'
        )
        paper = f'<rect width="{self.width}" height="{self.height}" fill="#ffffff"/>'
        return "\n".join([head, paper, *(mark.svg() for mark in self._marks), "</svg>\n"]).encode()

    def _png(self) -> bytes:
        import cv2

        paper = np.full((self.height, self.width, 3), 255, np.uint8)
        for mark in self._marks:
            mark.paint(paper)
        return cv2.imencode(".png", cv2.cvtColor(paper, cv2.COLOR_RGB2BGR))[1].tobytes()


def wide(texts: Sequence[str], size: int) -> int:
    """The width in pixels of the longest of some texts; 0 if there are none."""
    return max((text_mask(text or " ", size).shape[1] for text in texts), default=0)


class _Mark(Protocol):
    def svg(self) -> str: ...

    def paint(self, paper: Image) -> None: ...


@dataclass(frozen=True, slots=True)
class _Box:
    x0: float
    y0: float
    x1: float
    y1: float
    colour: Colour
    opacity: float

    def svg(self) -> str:
        return (
            f'<rect x="{self.x0:.2f}" y="{self.y0:.2f}" width="{self.x1 - self.x0:.2f}" '
            f'height="{self.y1 - self.y0:.2f}" fill="{_hex(self.colour)}" '
            f'fill-opacity="{self.opacity:.2f}"/>'
        )

    def paint(self, paper: Image) -> None:
        x0, y0, x1, y1 = (max(0, round(v)) for v in (self.x0, self.y0, self.x1, self.y1))
        window = paper[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
        mixed = window * (1 - self.opacity) + np.array(self.colour) * self.opacity
        window[:] = np.rint(mixed).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class _Line:
    points: NDArray[np.float64]
    colour: Colour
    width: int

    def svg(self) -> str:
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in self._way().tolist())
        return (
            f'<polyline points="{way}" fill="none" stroke="{_hex(self.colour)}" '
            f'stroke-width="{self.width}" stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def paint(self, paper: Image) -> None:
        import cv2

        fixed = np.rint(self._way() * (1 << _SHIFT)).astype(np.int32)
        cv2.polylines(paper, [fixed], False, self.colour, self.width, cv2.LINE_AA, _SHIFT)

    def _way(self) -> NDArray[np.float64]:
        return np.repeat(self.points, 2, axis=0) if len(self.points) == 1 else self.points


@dataclass(frozen=True, slots=True)
class _Words:
    x: float
    y: float
    text: str
    colour: Colour
    size: int
    side: str

    def svg(self) -> str:
        plain = "".join(letter if letter.isprintable() else "?" for letter in self.text)
        return (
            f'<text x="{self.x:.1f}" y="{self.y + _BASELINE * self.size:.1f}" '
            f'font-size="{self.size}" fill="{_hex(self.colour)}" text-anchor="{self.side}">'
            f"{escape(plain)}</text>"
        )

    def paint(self, paper: Image) -> None:
        letters = text_mask(self.text or " ", self.size)
        left = {"start": 0.0, "middle": 0.5, "end": 1.0}[self.side] * letters.shape[1]
        x, y = max(0, round(self.x - left)), max(0, round(self.y - letters.shape[0] / 2))
        window = paper[y : y + letters.shape[0], x : x + letters.shape[1]]
        share = letters[: window.shape[0], : window.shape[1], None] / np.float32(255)
        window[:] = np.rint(window * (1 - share) + np.array(self.colour) * share).astype(np.uint8)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
