"""A small network, trained with Adam in NumPy: features in, one number per class out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vitruvian.runtime.threads import single_blas
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


@single_blas()
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
    adam = _Adam(values, decay)
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
            adam.step(_slopes(values, batch, targets[picked]), rate, step)
    return Network(mean, scale, tuple(values[::2]), tuple(values[1::2]))


class _Adam:
    """AdamW, in place: most of the time of a small network's training goes into memory."""

    def __init__(self, values: list[Floats], decay: float) -> None:
        self._values, self._decay = values, decay
        self._first, self._second, self._room = (
            [np.zeros_like(value) for value in values] for _ in range(3)
        )

    def step(self, slopes: list[Floats], rate: float, step: int) -> None:
        """Change the values; ``step`` counts from 1."""
        whole = np.sqrt(1 - _DECAY_SECOND**step)
        pace = np.float32(rate * whole / (1 - _DECAY_FIRST**step))
        for value, slope, first, second, room in zip(
            self._values, slopes, self._first, self._second, self._room, strict=True
        ):
            np.subtract(slope, first, out=room)
            room *= np.float32(1 - _DECAY_FIRST)
            first += room
            np.multiply(slope, slope, out=room)
            room -= second
            room *= np.float32(1 - _DECAY_SECOND)
            second += room
            np.sqrt(second, out=room)
            room += np.float32(1e-8 * whole)
            np.divide(first, room, out=room)
            room *= pace
            if value.ndim == 2:
                value *= np.float32(1 - rate * self._decay)
            value -= room


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
