"""Who is who from frame to frame."""

from __future__ import annotations

from vitruvian.associate.stage import Associate

__all__ = ["Associate"]
