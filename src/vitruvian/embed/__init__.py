"""What people and pictures look like, as vectors.

`Describe` is the stage that notes the colours of everybody's body, part by part.
"""

from __future__ import annotations

from vitruvian.embed.stage import Describe

__all__ = ["Describe"]
