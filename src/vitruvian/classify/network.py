"""A small network, trained with Adam in NumPy: features in, one number per class out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vitruvian.types import Floats, Ints

__all__ = ["Network", "fit", "softmax"]

_RATE, _DECAY_FIRST, _DECAY_SECOND = 2e-3, 0.9, 0.99
_BATCH = 128


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Features brought to one scale, then layers of weights with ReLU between them.

    Args:
        mean: (D,) what is taken from the features.
        scale: (D,) what they are multiplied by after that.
        weights: (inputs, outputs) of every layer.
        biases: (outputs,) of every layer.
    """

    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def logits(self, inputs: Floats) -> Floats:
        """(N, C) from (N, D); softmax makes them probabilities."""
        inputs = (inputs - self.mean) * self.scale
        *hidden, last = zip(self.weights, self.biases, strict=True)
        for weight, bias in hidden:
            inputs = np.maximum(inputs @ weight + bias, 0)
        return np.asarray(inputs @ last[0] + last[1], np.float32)

    def adjusted(self, factor: float, shift: Floats) -> Network:
        """The same with every logit times a factor, and then (C,) added."""
        *weights, last = self.weights
        *biases, end = self.biases
        return replace(
            self,
            weights=(*weights, (last * factor).astype(np.float32)),
            biases=(*biases, (end * factor + shift).astype(np.float32)),
        )


def softmax(logits: NDArray[np.floating]) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True), np.float32)


def fit(
    inputs: Floats,
    targets: Floats,
    rng: np.random.Generator,
    *,
    hidden: tuple[int, ...] = (64,),
    epochs: int = 30,
    decay: float = 1e-3,
    drop: tuple[Ints, ...] = (),
    drop_share: float = 0.0,
) -> Network:
    """Train a network on features.

    Args:
        inputs: (N, D).
        targets: (N, C) probabilities.
        rng: Where chance comes from.
        hidden: Sizes of the layers between.
        epochs: How often every row is seen.
        decay: How strongly weights are drawn to 0 (AdamW: Loshchilov and Hutter, 2019).
        drop: Groups of features that are at times hidden together.
        drop_share: How often each group is.
    """
    mean = inputs.mean(0).astype(np.float32)
    scale = (1 / (inputs.std(0) + 1e-3)).astype(np.float32)
    rows = (inputs - mean) * scale
    sizes = (rows.shape[1], *hidden, targets.shape[1])
    values: list[Floats] = []
    for a, b in pairwise(sizes):
        values.append(rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32))
        values.append(np.zeros(b, np.float32))
    first = [np.zeros_like(v) for v in values]
    second = [np.zeros_like(v) for v in values]
    steps = epochs * -(-len(rows) // _BATCH)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(rows))
        for start in range(0, len(rows), _BATCH):
            picked = order[start : start + _BATCH]
            batch = rows[picked]
            for group in drop:
                hide = rng.random(len(batch)) < drop_share
                batch[np.ix_(hide, group)] = 0
            step += 1
            rate = _RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
            for i, slope in enumerate(_slopes(values, batch, targets[picked])):
                first[i] += (1 - _DECAY_FIRST) * (slope - first[i])
                second[i] += (1 - _DECAY_SECOND) * (slope * slope - second[i])
                ahead = first[i] / (1 - _DECAY_FIRST**step)
                spread = second[i] / (1 - _DECAY_SECOND**step)
                shrink = rate * decay * values[i] if values[i].ndim == 2 else 0
                values[i] -= (rate * ahead / (np.sqrt(spread) + 1e-8) + shrink).astype(np.float32)
    return Network(mean, scale, tuple(values[::2]), tuple(values[1::2]))


def _slopes(values: list[Floats], batch: Floats, targets: Floats) -> list[Floats]:
    """The gradients of the mean cross-entropy."""
    weights, biases = values[::2], values[1::2]
    layers = [batch]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        layers.append(np.maximum(layers[-1] @ weight + bias, 0))
    error = (softmax(layers[-1] @ weights[-1] + biases[-1]) - targets) / np.float32(len(batch))
    slopes: list[Floats] = []
    for layer, weight in zip(layers[::-1], weights[::-1], strict=True):
        slopes = [layer.T @ error, error.sum(0), *slopes]
        error = (error @ weight.T) * (layer > 0)
    return slopes
