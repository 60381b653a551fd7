"""Whether pictures stand alone, are a film, or come live."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

__all__ = ["VisionTaskRunningMode", "validate_running_mode"]


class VisionTaskRunningMode(enum.Enum):
    """Whether pictures stand alone, are the frames of a film, or come live from a camera."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    LIVE_STREAM = "LIVE_STREAM"


def validate_running_mode(
    running_mode: VisionTaskRunningMode, packet_callback: Callable[..., Any] | None = None
) -> None:
    """Check that there is a callback where, and only where, pictures come live.

    Raises:
        ValueError: There is one and should not be, or the reverse.
    """
    if running_mode == VisionTaskRunningMode.LIVE_STREAM:
        if packet_callback is None:
            raise ValueError(
                "The vision task is in live stream mode, a user-defined result callback must be "
                "provided."
            )
    elif packet_callback is not None:
        raise ValueError(
            "The vision task is in image or video mode, a user-defined result callback should "
            "not be provided."
        )
