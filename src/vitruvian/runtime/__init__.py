"""Sessions: arrays in, arrays out, whatever engine runs the model."""

from __future__ import annotations

import os

from vitruvian.runtime.litert import LiteRTSession
from vitruvian.runtime.replay import Recorder, ReplaySession, record
from vitruvian.runtime.session import Session

__all__ = ["LiteRTSession", "Recorder", "ReplaySession", "Session", "open_session", "record"]


def open_session(path: str | os.PathLike[str], *, threads: int = 1) -> Session:
    """Load a model: a ``.tflite`` file, or an ``.npz`` recording of one.

    Args:
        path: The file.
        threads: How many cores one run may use.

    Raises:
        InputError: The file is missing, or is neither of the two.
    """
    if os.fspath(path).endswith(".npz"):
        return ReplaySession(path)
    return LiteRTSession(path, threads=threads)
