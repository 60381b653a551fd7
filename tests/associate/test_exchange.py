from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitruvian.associate.evidence import Evidence
from vitruvian.associate.join import Joiner


def evidence(seed, count):
    """Pieces in time, with any costs."""
    random = np.random.default_rng(seed)
    starts = np.sort(random.integers(0, 40, count))
    spans = np.stack([starts, starts + random.integers(0, 6, count)], 1)
    links = np.where(
        spans[None, :, 0] > spans[:, None, 1], random.normal(0, 3, (count,) * 2), np.inf
    )
    likeness = random.normal(0, 3, (count, count))
    momentum = np.triu(np.where(random.random((count, count)) < 0.2, 2.0, 0.0), 1)
    return Evidence(
        spans,
        links,
        likeness + likeness.T,
        random.uniform(0.1, 1, count),
        momentum + momentum.T,
        random.uniform(0, 4, count),
        random.uniform(0, 4, count),
    )


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_a_gain_is_what_the_exchange_changes(seed, count):
    joiner = Joiner(evidence(seed, count), {}, range(count))
    people = joiner.people()
    for a in people:
        for b in [*(p for p in people if p != a), ()]:
            exchanges = joiner.exchanges(a, b)
            before = sum(joiner.cost(person) for person in (a, b) if person)
            for i, j in np.argwhere(np.isfinite(exchanges.gains)).tolist():
                after = [person for person in exchanges.people(i, j) if person]
                assert sorted(k for person in after for k in person) == sorted([*a, *b])
                change = sum(joiner.cost(person) for person in after) - before
                assert exchanges.gains[i, j] == pytest.approx(change, abs=1e-6)
                assert change > -1e-5, "nothing is left that would be cheaper"


def tracks(costs):
    """The column of each piece: the first in which nobody is meanwhile."""
    ends, columns = [], []
    for first, last in costs.spans.tolist():
        free = (k for k, end in enumerate(ends) if end < first)
        columns.append(next(free, len(ends)))
        ends[columns[-1] :] = [last, *ends[columns[-1] + 1 :]]
    return columns


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_what_is_found_is_as_likely_as_the_first_pass_at_least(seed, count):
    costs = evidence(seed, count)
    columns = tracks(costs)
    joiner = Joiner(costs, {}, columns)
    followed = [tuple(k for k in range(count) if columns[k] == c) for c in sorted(set(columns))]
    found = sum(joiner.cost(person) for person in joiner.people())
    assert found <= sum(joiner.cost(person) for person in followed) + 1e-6


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_every_piece_is_one_persons_and_nobody_is_twice_at_a_time(seed, count):
    costs = evidence(seed, count)
    people = Joiner(costs, {}, range(count)).people()
    assert sorted(k for person in people for k in person) == list(range(count))
    for person in people:
        spans = costs.spans[list(person)]
        assert (spans[1:, 0] > spans[:-1, 1]).all()


def test_names_hold_whatever_it_costs():
    costs = evidence(3, 8)
    apart = [k for k in range(8) if costs.spans[k, 0] > costs.spans[0, 1]]
    columns = tracks(costs)
    joiner = Joiner(costs, {0: "Ana", apart[0]: "Ana", apart[-1]: "Bo"}, columns)
    people = joiner.people()
    (ana,) = (person for person in people if 0 in person)
    assert apart[0] in ana
    assert apart[-1] not in ana
