"""How alike two embeddings are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.compat.mediapipe.tasks.python.components.containers.embedding_result import (
    Embedding,
)

__all__ = ["cosine_similarity"]


def cosine_similarity(u: Embedding, v: Embedding) -> float:
    """The cosine of the angle between two embeddings: 1 is the same direction.

    Args:
        u: One embedding.
        v: Another, of the same length and kind.

    Raises:
        ValueError: The lengths differ, one is quantised and the other is not, or one is empty or
            has no length.

    Example:
        >>> import numpy as np
        >>> cosine_similarity(Embedding(np.array([1.0, 0.0])), Embedding(np.array([2.0, 0.0])))
        1.0
    """
    sizes = len(u.embedding), len(v.embedding)
    if sizes[0] != sizes[1]:
        raise ValueError(
            "Cannot compute cosine similarity between embeddings of different sizes "
            f"({sizes[0]} vs. {sizes[1]})."
        )
    if _quantised(u) != _quantised(v):
        raise ValueError("Cannot compute cosine similarity between quantized and float embeddings.")
    if not sizes[0]:
        raise ValueError("Cannot compute cosine similarity on empty embeddings.")
    a, b = _as_floats(u), _as_floats(v)
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    if norms <= 0:
        raise ValueError("Cannot compute cosine similarity on embedding with 0 norm.")
    return float(a @ b) / norms


def _quantised(embedding: Embedding) -> bool:
    return embedding.embedding.dtype == np.uint8


def _as_floats(embedding: Embedding) -> NDArray[Any]:
    values = embedding.embedding
    return (values.view(np.int8) if _quantised(embedding) else values).astype(np.float64)
