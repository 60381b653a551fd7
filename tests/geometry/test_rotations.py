"""Rotations, by their laws."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.geometry import rotations as rot

seeds = st.integers(0, 2**32 - 1)
ORDERS = ["".join(order) for order in permutations("XYZ")]


def some(seed, *lead):
    q = np.random.default_rng(seed).normal(size=(*lead, 4))
    return q / np.linalg.norm(q, axis=-1, keepdims=True)


@given(seeds)
def test_quaternion_and_matrix_are_inverse(seed):
    q = some(seed, 5)
    m = rot.matrix(q)
    np.testing.assert_allclose(
        m @ np.swapaxes(m, -1, -2), np.broadcast_to(np.eye(3), m.shape), atol=1e-12
    )
    np.testing.assert_allclose(np.linalg.det(m), 1)
    again = rot.quaternion(m)
    np.testing.assert_allclose(np.abs((again * q).sum(-1)), 1, atol=1e-9)


def test_half_turns_too():
    for axis in np.eye(3):
        q = np.concatenate([[0], axis])
        np.testing.assert_allclose(np.abs((rot.quaternion(rot.matrix(q)) * q).sum()), 1, atol=1e-12)


@given(seeds)
def test_product_of_quaternions_is_that_of_matrices(seed):
    a, b = some(seed, 2)
    np.testing.assert_allclose(
        rot.matrix(rot.multiply(a, b)), rot.matrix(a) @ rot.matrix(b), atol=1e-12
    )


@pytest.mark.parametrize("order", ORDERS)
@given(seeds)
def test_euler_and_back(order, seed):
    m = rot.matrix(some(seed, 4))
    np.testing.assert_allclose(rot.from_euler(rot.euler(m, order), order), m, atol=1e-7)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("middle", [90, -90])
def test_euler_at_the_poles(order, middle):
    m = rot.from_euler([30, middle, 20], order)
    np.testing.assert_allclose(rot.from_euler(rot.euler(m, order), order), m, atol=1e-6)


@given(seeds, st.sampled_from(["xy", "yx", "yz", "zy", "xz", "zx"]))
def test_axes_lie_where_they_are_told(seed, order):
    first, second = np.random.default_rng(seed).normal(size=(2, 3))
    m = rot.between_axes(first, second, order)
    columns = {axis: m[:, i] for i, axis in enumerate("xyz")}
    np.testing.assert_allclose(np.linalg.det(m), 1)
    np.testing.assert_allclose(columns[order[0]], first / np.linalg.norm(first))
    assert columns[order[1]] @ second > 0


def test_no_direction_no_rotation():
    assert np.isnan(rot.between_axes([0, 0, 0], [1, 0, 0], "yx")).any()


@given(seeds)
def test_steady_never_jumps(seed):
    q = np.cumsum(np.random.default_rng(seed).normal(0, 0.1, (20, 4)), axis=0)
    q[:, 0] += 1
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    flipped = q * np.random.default_rng(seed).choice([-1, 1], (20, 1))
    calm = rot.steady(flipped)
    assert ((calm[1:] * calm[:-1]).sum(-1) >= 0).all()
    np.testing.assert_allclose(np.abs((calm * q).sum(-1)), 1)
