"""Memory that has been freed, and is to be the system's again."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

__all__ = ["give_back"]


def give_back() -> None:
    """Hand what is free back to the system, where the C library would keep it.

    glibc keeps what lies below anything still in use: after a film of two people that is 120 MB
    of models that are gone. Other C libraries are left to themselves.
    """
    if sys.platform == "linux":
        # musl has no such function, and some systems no C library to ask.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
