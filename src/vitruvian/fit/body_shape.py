"""Six numbers to a body at rest: Anny's shape parameters, and what they blend."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LOWEST", "SHAPE", "SPREAD", "USUAL", "blend_weights", "blend_weights_jacobian"]

Array = NDArray[np.floating[Any]]

SHAPE = ("gender", "age", "muscle", "weight", "height", "proportions")
"""The shape parameters, 0..1: gender 0 is male; age is 1/3 a child, 2/3 young, 1 old."""
LOWEST = np.array([0.0, 1 / 3, 0.0, 0.0, 0.0, 0.0])
"""The least of each: the model knows infants too, whom the landmarks do not fit."""
USUAL = np.array([0.5, 0.67, 0.5, 0.5, 0.37, 0.5])
"""Where each is without any knowledge: about 1.70 m tall."""
SPREAD = np.array([0.25, 0.06, 0.1, 0.1, 0.12, 0.25])
"""How far from there it usually is (standard deviation)."""

_ANCHORS: dict[str, tuple[int, list[float], list[float]]] = {
    "male": (0, [0, 1], [1, 0]),
    "female": (0, [0, 1], [0, 1]),
    "child": (1, [1 / 3, 2 / 3], [1, 0]),
    "young": (1, [1 / 3, 2 / 3, 1], [0, 1, 0]),
    "old": (1, [2 / 3, 1], [0, 1]),
    "minmuscle": (2, [0, 0.5], [1, 0]),
    "averagemuscle": (2, [0, 0.5, 1], [0, 1, 0]),
    "maxmuscle": (2, [0.5, 1], [0, 1]),
    "minweight": (3, [0, 0.5], [1, 0]),
    "averageweight": (3, [0, 0.5, 1], [0, 1, 0]),
    "maxweight": (3, [0.5, 1], [0, 1]),
    "minheight": (4, [0, 1], [1, 0]),
    "maxheight": (4, [0, 1], [0, 1]),
    "idealproportions": (5, [0, 1], [1, 0]),
    "uncommonproportions": (5, [0, 1], [0, 1]),
}
"""Each factor of a blend shape: its parameter, and its weight, linear between the anchors."""


def blend_weights(shape: Array, names: tuple[str, ...]) -> Array:
    """(B,) how much of each blend shape: the product of what its factors ask for.

    Args:
        shape: (6,) as in `SHAPE`.
        names: B names, factors joined by hyphens.
    """
    factors = [float(np.interp(shape[row], at, value)) for row, at, value in _ANCHORS.values()]
    out: Array = np.array([*factors, 1.0])[_factors(names)].prod(1)
    return out


def blend_weights_jacobian(shape: Array, names: tuple[str, ...], step: float = 1e-3) -> Array:
    """(B, 6) how the weights change; by differences that stay within the bounds."""
    columns = []
    for row in range(len(SHAPE)):
        low, high = shape.copy(), shape.copy()
        low[row], high[row] = max(shape[row] - step, LOWEST[row]), min(shape[row] + step, 1.0)
        change = blend_weights(high, names) - blend_weights(low, names)
        columns.append(change / (high[row] - low[row]))
    return np.stack(columns, -1)


@cache
def _factors(names: tuple[str, ...]) -> NDArray[np.int64]:
    """(B, 5) the factors of each name; the row after the last stands for no factor."""
    words = list(_ANCHORS)
    rows = [[words.index(word) for word in name.split("-")] for name in names]
    return np.array([row + [len(words)] * (5 - len(row)) for row in rows])
