"""Appearance as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

__all__ = ["Embedding", "EmbeddingResult"]


@dataclass
class Embedding:
    """What one output of an embedder says of a picture.

    Args:
        embedding: (D,) float64, or uint8 that holds the bits of int8 where it is quantised.
        head_index: Which output.
        head_name: What the model calls it.
    """

    embedding: NDArray[Any]
    head_index: int | None = None
    head_name: str | None = None


@dataclass
class EmbeddingResult:
    """What an embedder says of a picture.

    Args:
        embeddings: One for each output of the model.
        timestamp_ms: Milliseconds; None.
    """

    embeddings: list[Embedding]
    timestamp_ms: int | None = None
