"""Labels as messages."""

from __future__ import annotations

from typing import ClassVar

from vitruvian.compat.mediapipe.framework.formats.message import Message, Repeated

__all__ = ["Classification", "ClassificationList"]


class Classification(Message):
    """A label: ``index``, ``score``, ``label`` and ``display_name``."""

    fields: ClassVar = {"index": 0, "score": 0.0, "label": "", "display_name": ""}


class ClassificationList(Message):
    """Labels, as ``classification``."""

    lists: ClassVar = {"classification": Classification}
    classification: Repeated[Classification]
