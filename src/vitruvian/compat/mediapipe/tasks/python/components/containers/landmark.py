"""One landmark, as the Tasks give it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Landmark", "NormalizedLandmark"]


@dataclass
class Landmark:
    """A landmark in metres.

    Args:
        x: To the right.
        y: Down.
        z: Away from the camera.
        visibility: 0..1, how likely it is in view and not hidden; None where it is not known.
        presence: 0..1, how likely it is inside the picture; None where it is not known.
        name: What it is called; None.
    """

    x: float | None = None
    y: float | None = None
    z: float | None = None
    visibility: float | None = None
    presence: float | None = None
    name: str | None = None


@dataclass
class NormalizedLandmark:
    """A landmark in shares of the picture: 0, 0 is its top left corner and 1, 1 the other.

    Args:
        x: Share of the picture's width.
        y: Share of the picture's height.
        z: Depth in picture widths, smaller is nearer to the camera.
        visibility: 0..1, how likely it is in view and not hidden; None where it is not known.
        presence: 0..1, how likely it is inside the picture; None where it is not known.
        name: What it is called; None.
    """

    x: float | None = None
    y: float | None = None
    z: float | None = None
    visibility: float | None = None
    presence: float | None = None
    name: str | None = None
