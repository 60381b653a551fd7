"""Who is who: from frame to frame, and over a whole film."""

from __future__ import annotations

from vitruvian.associate.clicks import Click
from vitruvian.associate.roll import Entry, roll
from vitruvian.associate.stage import Associate
from vitruvian.associate.whole import settle

__all__ = ["Associate", "Click", "Entry", "roll", "settle"]
