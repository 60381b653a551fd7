"""``mp.solutions`` as it was in MediaPipe 0.10.21: `pose`, `hands` and what draws them."""

from __future__ import annotations

from typing import Any

from vitruvian.compat.mediapipe.solutions import drawing_styles, drawing_utils, hands, pose

__all__ = ["drawing_styles", "drawing_utils", "hands", "pose"]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"mp.solutions has no {name!r} here; it has {', '.join(__all__)}")
