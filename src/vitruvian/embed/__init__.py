"""What people and pictures look like, as vectors.

`Describe` is the stage that notes the colours of everybody's body, part by part. `ImageEmbedder`
runs a model on a picture or a part of one.
"""

from __future__ import annotations

from vitruvian.embed.embedder import ImageEmbedder
from vitruvian.embed.stage import Describe

__all__ = ["Describe", "ImageEmbedder"]
