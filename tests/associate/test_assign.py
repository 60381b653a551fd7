from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from vitruvian.associate.assign import pairs


def best_of_all(worth, least):
    rows, columns = worth.shape
    gain = np.concatenate([worth - least, np.zeros((columns, columns))]).clip(0)
    every = permutations(range(rows + columns), columns)
    return max(sum(gain[r, c] for c, r in enumerate(chosen)) for chosen in every)


@pytest.mark.parametrize("seed", range(40))
def test_no_other_pairing_is_worth_more(seed):
    draw = np.random.default_rng(seed)
    worth = draw.normal(size=tuple(draw.integers(1, 4, 2)))
    rows = pairs(worth, least=-0.2)
    made = np.flatnonzero(rows >= 0)
    assert len(set(rows[made].tolist())) == len(made)
    assert (worth[rows[made], made] > -0.2).all()
    total = sum(worth[rows[c], c] + 0.2 for c in made)
    assert total == pytest.approx(best_of_all(worth, -0.2))


def test_nobody_can_be_paired_with_nothing():
    assert pairs(np.zeros((0, 3))).tolist() == [-1, -1, -1]
    assert pairs(np.zeros((3, 0))).tolist() == []
