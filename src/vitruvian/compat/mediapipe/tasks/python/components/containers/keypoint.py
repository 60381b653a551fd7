"""A point somebody clicked at, or a detector found."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NormalizedKeypoint"]


@dataclass
class NormalizedKeypoint:
    """A point in shares of the picture.

    Args:
        x: Share of the picture's width.
        y: Share of the picture's height.
        label: What it is called.
        score: 0..1, how sure it is.
    """

    x: float | None = None
    y: float | None = None
    label: str | None = None
    score: float | None = None
