"""How embeddings are compared."""

from __future__ import annotations

from vitruvian.compat.mediapipe.tasks.python.components.utils import cosine_similarity

__all__ = ["cosine_similarity"]
