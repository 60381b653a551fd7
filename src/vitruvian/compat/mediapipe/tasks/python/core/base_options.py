"""Which model a task uses."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["BaseOptions"]


@dataclass
class BaseOptions:
    """Which model a task uses; the path counts when both are given.

    Args:
        model_asset_path: A file, MediaPipe's ``.task`` or ``.tflite``; or the name of a model
            that Vitruvian fetches itself, such as ``"lite"``, ``"full"`` or ``"heavy"``.
        model_asset_buffer: What such a file holds.
        delegate: Where the model runs. Everything runs on the CPU; ``GPU`` is said to be
            ignored, in the log.
    """

    class Delegate(enum.IntEnum):
        """Where a model runs."""

        DEFAULT = 0
        CPU = 1
        GPU = 2

    model_asset_path: str | None = None
    model_asset_buffer: bytes | None = None
    delegate: Delegate | None = None
