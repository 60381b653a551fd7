"""A trained pose classifier: landmarks in, a probability of every class out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vitruvian.classify.features import Features, extract
from vitruvian.classify.metadata import TensorNote
from vitruvian.classify.network import Network, softmax
from vitruvian.types import Floats

__all__ = ["FORMAT", "NONE", "Branch", "PoseModel"]

FORMAT = "vitruvian.pose-classifier"
"""What the model card calls itself."""
NONE = "none of these"
"""The last label of every classifier."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One reading of a body and what is made of it.

    Args:
        features: What is looked at.
        network: What follows from that.
    """

    features: Features
    network: Network

    def logits(self, rows: Floats) -> Floats:
        """(N, C) from (N, K, 5) or (N, K, 2)."""
        inputs = extract(self.features, rows)
        if not self.features.mirror:
            return self.network.logits(inputs)
        order, signs = self.features.mirrored
        other = self.network.logits(inputs[:, order] * signs)
        return (self.network.logits(inputs) + other) * np.float32(0.5)

    @property
    def input_name(self) -> str:
        """``landmarks``, or ``keypoints`` for COCO's 17."""
        return "keypoints" if len(self.features.skeleton) == 17 else "landmarks"

    def note(self) -> TensorNote:
        """What the input holds."""
        skeleton = self.features.skeleton
        columns = "x, y in pixels"
        if self.features.world:
            columns += ", then x, y, z in metres from the middle of the hips, y down, z away"
        text = f"One person's {len(skeleton)} points ({skeleton.name}), each with {columns}."
        return TensorNote(self.input_name, text)


@dataclass(frozen=True, slots=True, eq=False)
class PoseModel:
    """A classifier as it was trained, in NumPy.

    The logits of its branches are averaged: two models that read the same body err differently.

    Args:
        branches: One for each reading of a body that it is given.
        labels: C texts, the last of which is `NONE`.
        held_back: What is known about how good it is.
    """

    branches: tuple[Branch, ...]
    labels: tuple[str, ...]
    held_back: dict[str, Any] = field(default_factory=dict)

    def logits(self, *rows: Floats) -> Floats:
        """(N, C) from the rows of every branch."""
        parts = [branch.logits(part) for branch, part in zip(self.branches, rows, strict=True)]
        return np.asarray(sum(parts[1:], parts[0]) * np.float32(1 / len(parts)), np.float32)

    def probabilities(self, *rows: Floats) -> Floats:
        """(N, C) from the rows of every branch; they sum to 1."""
        return softmax(self.logits(*rows))

    @property
    def name(self) -> str:
        """What it is called in the file."""
        return f"Pose classifier of {', '.join(self.labels[:-1])}"

    @property
    def description(self) -> str:
        """What it does, for the file."""
        return f"Tells {len(self.labels) - 1} poses apart by one person's landmarks."

    def card(self) -> dict[str, Any]:
        """Everything else that goes into the file."""
        return {
            "format": FORMAT,
            "version": 1,
            "inputs": [
                {
                    "name": branch.input_name,
                    "skeleton": branch.features.skeleton.name,
                    "world": branch.features.world,
                    "facing": branch.features.facing,
                    "mirror": branch.features.mirror,
                }
                for branch in self.branches
            ],
            "labels": list(self.labels),
            "held_back": self.held_back,
        }
