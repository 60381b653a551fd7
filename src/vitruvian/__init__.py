"""Vitruvian watches people move.

Point it at a picture, a film or a camera, and it says where every joint of every person is, in
pixels and in metres, and who is who::

    import vitruvian

    for frame, people in vitruvian.open("clip.mp4").people():
        print(frame.time, people.ids, people.body.xy.shape)

The names below are loaded when they are first used: ``import vitruvian`` itself needs NumPy only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitruvian.api import Footage, open
    from vitruvian.clip import Clip
    from vitruvian.embed import ImageEmbedder
    from vitruvian.errors import (
        InputError,
        MissingExtraError,
        SinkError,
        SourceError,
        SourceNotFoundError,
        UnknownNameError,
        VitruvianError,
        WeightsError,
    )
    from vitruvian.hands import Hands, HandSet
    from vitruvian.interactive import InteractiveSegmenter, Mask
    from vitruvian.segment.stroke import Stroke
    from vitruvian.sink.clip import read_clip
    from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, HAND_21, Skeleton
    from vitruvian.types import Frame, Landmarks, People

__version__ = "0.1.0"

_HOMES = {
    "vitruvian.api": ("Footage", "open"),
    "vitruvian.clip": ("Clip",),
    "vitruvian.embed": ("ImageEmbedder",),
    "vitruvian.errors": (
        "InputError",
        "MissingExtraError",
        "SinkError",
        "SourceError",
        "SourceNotFoundError",
        "UnknownNameError",
        "VitruvianError",
        "WeightsError",
    ),
    "vitruvian.hands": ("HandSet", "Hands"),
    "vitruvian.sink.clip": ("read_clip",),
    "vitruvian.interactive": ("InteractiveSegmenter", "Mask"),
    "vitruvian.segment.stroke": ("Stroke",),
    "vitruvian.skeletons": ("BLAZEPOSE_33", "COCO_17", "HAND_21", "Skeleton"),
    "vitruvian.types": ("Frame", "Landmarks", "People"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BLAZEPOSE_33",
    "COCO_17",
    "HAND_21",
    "Clip",
    "Footage",
    "Frame",
    "HandSet",
    "Hands",
    "ImageEmbedder",
    "InputError",
    "InteractiveSegmenter",
    "Landmarks",
    "Mask",
    "MissingExtraError",
    "People",
    "SinkError",
    "Skeleton",
    "SourceError",
    "SourceNotFoundError",
    "Stroke",
    "UnknownNameError",
    "VitruvianError",
    "WeightsError",
    "open",
    "read_clip",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'vitruvian' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
