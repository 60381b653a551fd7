from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from vitruvian.errors import InputError
from vitruvian.measure import Recall, match, recall_and_false

shares = st.floats(0, 1)
tables = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=6), elements=shares
)
distinct = arrays(np.float64, (4, 3), elements=shares, unique=True)


@given(tables, shares, st.booleans())
def test_pairs_are_one_to_one_and_similar_enough(table, threshold, with_scores):
    scores = np.arange(len(table)) / 10 if with_scores else None
    chosen = match(table, threshold, scores=scores)
    paired = np.flatnonzero(chosen >= 0)
    assert len(set(chosen[paired])) == len(paired)
    assert (table[paired, chosen[paired]] >= threshold).all()


@given(tables, shares)
def test_nobody_is_left_who_could_still_be_paired(table, threshold):
    chosen = match(table, threshold)
    free = np.setdiff1d(np.arange(table.shape[1]), chosen)
    assert not (table[chosen < 0][:, free] >= threshold).any()


@given(distinct, st.permutations(range(4)), st.permutations(range(3)))
def test_without_scores_the_order_does_not_matter(table, rows, columns):
    found = match(table[rows][:, columns], 0.3)
    expected = match(table, 0.3)[rows]
    assert [columns[c] if c >= 0 else -1 for c in found] == expected.tolist()


@given(distinct)
def test_without_scores_both_sides_are_alike(table):
    pairs = {(row, column) for row, column in enumerate(match(table, 0.3)) if column >= 0}
    turned = {(row, column) for column, row in enumerate(match(table.T, 0.3)) if row >= 0}
    assert pairs == turned


def test_with_scores_the_surest_chooses_first():
    table = [[0.6, 0.9], [0.7, 0.95]]
    assert match(table, 0.5, scores=[0.9, 0.1]).tolist() == [1, 0]
    assert match(table, 0.5, scores=[0.1, 0.9]).tolist() == [0, 1]
    assert match(table, 0.5).tolist() == [0, 1]


def test_equally_sure_predictions_choose_in_the_order_given():
    assert match([[0.6], [0.9]], 0.5, scores=[1, 1]).tolist() == [0, -1]


def test_match_refuses_what_is_no_table():
    with pytest.raises(InputError, match="predictions, truths"):
        match([0.5, 0.6], 0.5)
    with pytest.raises(InputError, match="needs 1 scores"):
        match([[0.5]], 0.5, scores=[1, 2])


@given(tables, shares)
def test_counts_agree_with_each_other(table, threshold):
    count = recall_and_false(table, threshold)
    assert count.found <= min(count.truths, count.predictions)
    assert (count.predictions, count.truths) == table.shape
    assert 0 <= count.false_share <= 1


@given(tables, arrays(bool, 6))
def test_ignoring_excuses_mistakes_but_never_costs_recall(table, flags):
    ignored = flags[: len(table)]
    plain, excused = recall_and_false(table), recall_and_false(table, ignored=ignored)
    assert excused.found == plain.found
    assert excused.false_share <= plain.false_share


def test_pictures_add_up():
    both = Recall(4, 3, 3) + Recall(4, 1, 5)
    assert (both.recall, both.false_share) == (0.5, 0.5)


def test_nobody_there_has_no_recall_and_nobody_reported_is_not_false():
    assert np.isnan(Recall().recall)
    assert Recall().false_share == 0


def test_recall_refuses_another_number_of_flags():
    with pytest.raises(InputError, match="ignored needs 1"):
        recall_and_false([[1.0]], ignored=[True, False])
