"""Landmarks as messages."""

from __future__ import annotations

from typing import ClassVar

from vitruvian.compat.mediapipe.framework.formats.message import Message, Repeated

__all__ = ["Landmark", "LandmarkList", "NormalizedLandmark", "NormalizedLandmarkList"]


class Landmark(Message):
    """A landmark in metres: ``x``, ``y``, ``z``, ``visibility`` and ``presence``."""

    fields: ClassVar = dict.fromkeys(("x", "y", "z", "visibility", "presence"), 0.0)


class NormalizedLandmark(Message):
    """A landmark in shares of the picture: ``x``, ``y``, ``z``, ``visibility``, ``presence``.

    Example:
        >>> point = NormalizedLandmark(x=0.5, y=0.25)
        >>> point.x, point.z, point.HasField("visibility")
        (0.5, 0.0, False)
    """

    fields: ClassVar = Landmark.fields


class LandmarkList(Message):
    """Landmarks in metres, as ``landmark``."""

    lists: ClassVar = {"landmark": Landmark}
    landmark: Repeated[Landmark]


class NormalizedLandmarkList(Message):
    """Landmarks in shares of the picture, as ``landmark``."""

    lists: ClassVar = {"landmark": NormalizedLandmark}
    landmark: Repeated[NormalizedLandmark]
