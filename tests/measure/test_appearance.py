from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.errors import InputError
from vitruvian.measure.appearance import PARTS, merged, similarity


def vectors(seed: int, count: int = 3, hidden: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(5) * 0.3, (count, len(PARTS)))
    blocks = np.sqrt(shares).astype(np.float32)
    blocks[rng.random((count, len(PARTS))) < hidden] = np.nan
    return blocks.reshape(count, -1)


@given(st.integers(0, 10_000))
def test_it_is_symmetric_and_between_nought_and_one(seed):
    a, b = vectors(seed), vectors(seed + 1, 4)
    table = similarity(a, b)
    assert table.shape == (3, 4)
    np.testing.assert_allclose(table, similarity(b, a).T, atol=1e-5)
    known = table[np.isfinite(table)]
    assert ((known >= 0) & (known <= 1)).all()


@given(st.integers(0, 10_000))
def test_nobody_is_more_like_somebody_than_they_are_themselves(seed):
    a = vectors(seed, 4, hidden=0)
    table = similarity(a, a)
    assert (table <= np.diag(table)[:, None] + 1e-4).all()


def test_only_parts_seen_in_both_are_compared():
    a = vectors(1, 1, hidden=0)
    b = a.copy().reshape(1, len(PARTS), -1)
    b[:, 2:] = np.nan
    assert similarity(a, b.reshape(1, -1))[0, 0] > 0.99
    other = a.copy().reshape(1, len(PARTS), -1)
    other[:, :2] = np.nan
    assert np.isnan(similarity(b.reshape(1, -1), other.reshape(1, -1))).all()


def test_nobody_is_compared_with_nobody():
    assert similarity(vectors(1)[:0], vectors(2)).shape == (0, 3)


@pytest.mark.parametrize("other", [np.zeros((1, 48), "f4"), np.zeros((1, 41), "f4"), np.zeros(40)])
def test_vectors_that_do_not_fit_are_an_error(other):
    with pytest.raises(InputError, match="appearance vectors"):
        similarity(vectors(1), other)


def test_what_is_remembered_moves_towards_what_is_seen():
    old, new = vectors(1, 1, hidden=0)[0], vectors(2, 1, hidden=0)[0]
    near = [float(new @ merged(old, new, share)) for share in (0, 0.3, 0.6, 1)]
    assert near == sorted(near)
    np.testing.assert_allclose(merged(old, new, 0), old, atol=1e-5)
    np.testing.assert_allclose(merged(old, new, 1), new, atol=1e-5)
    blocks = merged(old, new, 0.3).reshape(len(PARTS), -1)
    np.testing.assert_allclose(np.linalg.norm(blocks, axis=1), 1, atol=1e-5)


def test_a_part_that_is_not_seen_is_remembered_and_a_new_one_is_taken_as_it_is():
    old, new = vectors(1, 1, hidden=0)[0], vectors(2, 1, hidden=0)[0]
    old[:5], new[5:10] = np.nan, np.nan
    both = merged(old, new)
    np.testing.assert_array_equal(both[:5], new[:5])
    np.testing.assert_array_equal(both[5:10], old[5:10])
    assert np.isfinite(both).all()


def test_remembering_needs_two_of_one_shape():
    with pytest.raises(InputError, match="shape"):
        merged(vectors(1), vectors(1, 2))
