from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.errors import InputError
from vitruvian.measure import Moments, clear, hota, identity, tracking


@st.composite
def films(draw):
    """A few moments with a few people and a few ids."""
    truth, found, tables = [], [], []
    for _ in range(draw(st.integers(0, 6))):
        a = draw(st.lists(st.integers(0, 3), max_size=4, unique=True))
        b = draw(st.lists(st.integers(10, 13), max_size=4, unique=True))
        share = st.floats(0, 1, width=16)
        table = draw(st.lists(share, min_size=len(a) * len(b), max_size=len(a) * len(b)))
        truth.append(a)
        found.append(b)
        tables.append(np.reshape(table, (len(a), len(b))))
    return Moments(truth, found, tables)


def perfect(*ids):
    """Everybody found where they are, under the same id."""
    return Moments(ids, ids, [np.eye(len(row)) for row in ids])


def renamed(film, names):
    return Moments(film.truth, [[names[i] for i in ids] for ids in film.found], film.similarity)


@given(films())
def test_every_number_is_within_its_bounds(film):
    table = tracking(film).table
    for name in ("HOTA", "DetA", "AssA", "LocA", "IDF1", "IDP", "IDR", "MOTP", "recall"):
        assert -1e-9 <= table[name] <= 1 + 1e-9, name
    assert table["MOTA"] <= 1
    assert 0 <= table["switches"] <= film.counts[0]
    assert table["MOTA"] <= table["recall"] + 1e-9


@given(films())
def test_names_of_ids_do_not_matter(film):
    names = {10: 5, 11: 900, 12: 7, 13: 0}
    ours, theirs = tracking(film).table, tracking(renamed(film, names)).table
    # Where two pairings are equally good the order of ids decides; HOTA never sees that.
    for name in ("IDF1", "IDP", "IDR", "recall", "precision"):
        assert ours[name] == pytest.approx(theirs[name])


@given(st.lists(st.lists(st.integers(0, 4), unique=True, max_size=4), min_size=1, max_size=6))
def test_who_finds_everybody_gets_everything(ids):
    if not any(ids):
        return
    table = tracking(perfect(*ids)).table
    ones = ("HOTA", "DetA", "AssA", "LocA", "IDF1", "IDP", "IDR", "MOTA", "MOTP")
    assert all(table[name] == pytest.approx(1) for name in ones)
    assert table["switches"] == 0


@given(films(), st.floats(0.05, 0.95))
def test_a_lower_bar_never_costs_identity(film, threshold):
    assert identity(film, threshold).idf1 <= identity(film, threshold / 2).idf1 + 1e-12


@given(films())
def test_hota_is_below_both_of_its_parts_at_most(film):
    score = hota(film)
    assert score.hota <= max(score.deta, score.assa) + 1e-9
    assert score.hota**2 <= score.deta * 1 + 1e-9


@given(films())
def test_finding_more_nobody_costs(film):
    found = [[*ids, 99] for ids in film.found]
    tables = [np.hstack([table, np.zeros((len(table), 1))]) for table in film.similarity]
    more = tracking(Moments(film.truth, found, tables)).table
    fewer = tracking(film).table
    for name in ("HOTA", "IDF1", "precision"):
        assert more[name] <= fewer[name] + 1e-9, name


def test_a_swap_costs_identity_and_leaves_detection():
    both, full = [1, 2], np.eye(2)
    swapped = Moments([both] * 4, [both, both, both[::-1], both[::-1]], [full] * 4)
    table = tracking(swapped).table
    assert (table["IDF1"], table["switches"]) == (0.5, 2)
    assert table["DetA"] == 1
    assert table["AssA"] == pytest.approx(1 / 3)
    assert table["MOTA"] == 1 - 2 / 8


def test_a_gap_is_a_fragmentation_and_no_switch():
    ids, one = [[1, 2]] * 3, np.array([[0.0], [1.0]])
    half = Moments(ids, [[1, 2], [2], [1, 2]], [np.eye(2), one, np.eye(2)])
    assert (clear(half).fragmentations, clear(half).switches) == (1, 0)
    assert clear(half).recall == pytest.approx(5 / 6)


def test_a_pair_is_kept_though_another_is_nearer():
    film = Moments([[1]] * 2, [[7], [7, 8]], [[[0.9]], [[0.6, 0.9]]])
    assert clear(film).switches == 0
    assert clear(film, 0.7).switches == 1


def test_nobody_there_and_nobody_found():
    assert tracking(Moments([], [], [])).table["IDF1"] == 0
    missed = tracking(Moments([[1]], [[]], [[]])).table
    assert (missed["HOTA"], missed["LocA"], missed["MOTA"]) == (0, 1, 0)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="same number of moments"):
        Moments([[1]], [], [])
    with pytest.raises(InputError, match=r"moment 0 must be \(1, 1\)"):
        Moments([[1]], [[2]], [[[0.1, 0.2]]])
    with pytest.raises(InputError, match="twice in moment 1"):
        Moments([[1], [1, 1]], [[], []], [[], np.zeros((2, 0))])
