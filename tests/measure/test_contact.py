from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.measure import Contact, Moments, contact

BOTH = [1, 2]
APART = np.eye(2)


def test_two_bodies_that_stay_are_everything():
    assert contact(Moments([BOTH] * 3, [[7, 8]] * 3, [APART] * 3)) == Contact(6, 6, 6, 0)


def test_one_body_for_two_people_counts_once():
    film = Moments([BOTH] * 2, [[7]] * 2, [[[0.9], [0.95]]] * 2)
    assert contact(film).share == 0.5


def test_a_swap_loses_both_until_they_swap_back():
    film = Moments([BOTH] * 4, [[7, 8], [8, 7], [8, 7], [7, 8]], [APART] * 4)
    assert contact(film) == Contact(8, 8, 4, 4)


def test_an_id_that_was_anothers_is_not_kept():
    # The second person is first seen under the id of the first, who has gone.
    film = Moments([[1], [2], [2]], [[7], [7], [8]], [[[1.0]]] * 3)
    assert contact(film).kept == 2


def test_as_many_people_as_possible_are_covered():
    # The greedy choice, 0.9, would leave the second person without a body.
    film = Moments([BOTH], [[7, 8]], [[[0.9, 0.6], [0.8, 0.1]]])
    assert contact(film).covered == 2


def test_films_add_up():
    both = Contact(4, 4, 4, 0) + Contact(4, 2, 0, 1)
    assert (both.share, both.switches) == (0.5, 1)
    assert np.isnan(Contact().share)


@given(
    st.lists(st.permutations([7, 8, 9]), min_size=1, max_size=5),
    st.lists(st.floats(0, 1, width=16), min_size=9, max_size=9),
)
def test_kept_is_part_of_covered_is_part_of_all(names, shares):
    film = Moments([[1, 2, 3]] * len(names), names, [np.reshape(shares, (3, 3))] * len(names))
    count = contact(film)
    assert 0 <= count.kept <= count.covered <= count.moments == 3 * len(names)
    assert count.switches <= count.covered


@pytest.mark.parametrize("threshold", [0.3, 0.7])
def test_a_body_must_be_near_enough(threshold):
    film = Moments([[1]], [[7]], [[[0.5]]])
    assert contact(film, threshold).covered == (threshold < 0.5)
