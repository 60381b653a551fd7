"""Those who cannot be seen for a moment and have not gone."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.associate import Associate
from vitruvian.types import People


@pytest.fixture
def walk_behind(figure, people, watch):
    """One stands, another walks behind them and is not read for some frames."""

    def make(stage, frames_hidden):
        stands = figure(300, 100, 260)
        moments = [people(stands, figure(200 + 4 * t, 105, 240)) for t in range(20)]
        moments += [people(stands)] * frames_hidden
        return stands, list(watch(stage, moments))

    return make


def test_whoever_is_hidden_is_still_there_and_moves_on(figure, walk_behind):
    stands, found = walk_behind(Associate(), 10)
    for t, now in enumerate(found[20:], 20):
        assert now.ids.tolist() == [1, 2]
        assert now.seen.tolist() == [True, False]
        assert now.id_scores[1] < now.id_scores[0]
        assert now.body.visibility[1].max() == 0
        np.testing.assert_allclose(now.body.xy[1], figure(200 + 4 * t, 105, 240), atol=6)
        np.testing.assert_array_equal(now.body.xy[0], stands)


def test_who_should_have_come_out_and_has_not_has_stopped_behind_the_other(walk_behind):
    stands, found = walk_behind(Associate(), 60)
    x = found[-1].body.xy[1].mean(0)[0]
    assert found[-1].ids.tolist() == [1, 2]
    assert abs(x - stands.mean(0)[0]) < 40


def test_nobody_is_hidden_for_ever(walk_behind):
    _, found = walk_behind(Associate(), 350)
    assert len(found[25]) == 2
    assert found[-1].ids.tolist() == [1]


@pytest.fixture
def held(figure, people, watch):
    """One lies down in front of another, whose feet stay in sight, and is not read for long."""

    def make(stage, seconds):
        low, stands = figure(300, 170, 260), figure(300, 105, 240)
        moments = [people(low, stands)] * 10 + [people(low, ids=[1])] * round(30 * seconds)
        return stands, list(watch(stage, moments))

    return make


def test_of_two_who_hold_on_to_each_other_the_hidden_one_stays_for_long(held):
    stands, found = held(Associate(), 8)
    for now in found:
        assert now.ids.tolist() == [1, 2]
        np.testing.assert_allclose(now.body.xy[1], stands, atol=1)
    assert not found[-1].seen[1]


def test_who_is_hidden_does_not_go_along_with_the_one_in_front(figure, people, watch):
    stands = figure(300, 105, 240)
    moments = [people(figure(300, 100, 260), stands)] * 10
    moments += [people(figure(300 + t * t / 12, 100, 260), ids=[1]) for t in range(20)]
    *_, last = watch(Associate(), moments)
    assert last.ids.tolist() == [1, 2]
    np.testing.assert_allclose(last.body.xy[1], stands, atol=10)


def test_as_many_as_are_wanted_are_always_there_while_one_hides_the_other(held):
    _, found = held(Associate(), 20)
    assert found[-1].ids.tolist() == [1]
    _, found = held(Associate(most=2), 20)
    assert {tuple(now.ids.tolist()) for now in found} == {(1, 2)}


def test_whoever_is_hidden_lies_as_they_last_did_in_contact(figure, people, watch):
    stage = Associate()
    other, upright = figure(300, 100, 260), figure(340, 100, 260)
    middle = upright.mean(0)
    lying = (upright - middle)[:, ::-1] * [1, -1] + middle
    moments = [people(other, upright)] * 3 + [people(other, lying.astype(np.float32))] * 20
    *_, last = watch(stage, [*moments, people(other)])
    assert not last.seen[1]
    np.testing.assert_allclose(last.body.xy[1], lying, atol=5)


def test_whoever_walks_out_of_the_picture_is_not_believed_to_be_there(figure, people, watch):
    stage = Associate()
    moments = [people(figure(600 + 8 * t, 100)) for t in range(10)] + [People.none()]
    *_, last = watch(stage, moments)
    assert len(last) == 0


def test_where_all_wanted_are_here_nobody_gets_a_third_id(figure, people, watch, id_at):
    stage = Associate(most=2)
    stands, other = figure(300, 100, 260), figure(310, 105, 240)
    list(watch(stage, [people(stands, other)] * 10 + [people(stands, ids=[1])] * 20))
    elsewhere = figure(420, 105, 240)
    (found,) = watch(stage, [people(stands, elsewhere, ids=[1, -1])], start=1)
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, elsewhere) == (2, 0)


def test_one_body_where_two_were_is_of_the_one_it_looks_like(figure, people, watch):
    """The region of whoever is hidden reads the one in front; nobody is alone there."""
    front, behind = figure(300, 100), figure(330, 100)
    stage = Associate()
    list(watch(stage, [people(front, behind, looks=[1, 2], ids=[1, 2])] * 10))
    (found,) = watch(stage, [people(front, ids=[2], looks=[1])], start=10 / 30)
    seen = found[found.seen]
    assert seen.ids.tolist() == [1]
