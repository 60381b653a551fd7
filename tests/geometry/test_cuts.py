from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry.cuts import Cuts
from vitruvian.types import Frame


def scene(seed, low, high):
    """A picture of some blocks."""
    blocks = np.random.default_rng(seed).integers(low, high, (9, 16), np.uint8)
    return np.repeat(np.kron(blocks, np.ones((20, 20), np.uint8))[..., None], 3, 2)


def told(*pictures):
    cuts = Cuts()
    return [cuts(Frame(picture, index=i)) for i, picture in enumerate(pictures)]


def test_another_place_is_a_cut():
    one, other = scene(1, 0, 120), scene(2, 100, 255)
    assert told(one, one, other, other, one) == [False, False, True, False, True]


@pytest.mark.parametrize("change", ["flash", "pan", "passer-by", "noise"])
def test_one_shot_has_no_cut(change):
    one = scene(1, 20, 160)
    other = one.copy()
    if change == "flash":
        other = (one.astype(int) + 90).clip(0, 255).astype(np.uint8)
    if change == "pan":
        other = np.roll(one, 6, 1)
    if change == "passer-by":
        other[40:, 60:150] = 30
    if change == "noise":
        noise = np.random.default_rng(3).normal(0, 12, one.shape)
        other = (one + noise).clip(0, 255).astype(np.uint8)
    assert told(one, other) == [False, False]
