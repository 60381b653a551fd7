from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vitruvian.draw import Trails
from vitruvian.types import People

Make = Callable[..., Any]


def test_a_trail_is_where_the_hips_were(make_standing: Make) -> None:
    trails = Trails()
    trails.update(0.0, make_standing((100, 40)))
    trails.update(0.5, make_standing((110, 40)))
    ((first, x, y), (second, *_)) = trails.paths()[1]
    assert (first, second) == (0.5, 1.0)
    assert (x, y) == pytest.approx((100, 40 + 0.52 * 400))


def test_it_is_a_second_long_whatever_the_rate(make_standing: Make) -> None:
    for rate in (5, 60):
        trails = Trails()
        for step in range(3 * rate + 1):
            trails.update(step / rate, make_standing((100, 40)))
        assert len(trails.paths()[1]) == rate + 1


def test_who_has_left_is_forgotten(make_standing: Make) -> None:
    trails = Trails(seconds=0.5)
    trails.update(0.0, make_standing((100, 40), (300, 40)))
    trails.update(0.4, make_standing((100, 40)))
    assert set(trails.paths()) == {1, 2}
    trails.update(0.8, People.none())
    assert set(trails.paths()) == {1}
    trails.update(2.0, People.none())
    assert trails.paths() == {}


def test_the_trail_of_who_has_left_fades(make_standing: Make) -> None:
    trails = Trails()
    trails.update(0.0, make_standing((100, 40)))
    trails.update(0.5, make_standing((110, 40)))
    trails.update(0.75, People.none())
    assert [fresh for fresh, *_ in trails.paths()[1]] == [0.25, 0.75]


def test_going_back_in_time_starts_anew(make_standing: Make) -> None:
    trails = Trails()
    trails.update(9.0, make_standing((100, 40)))
    trails.update(0.0, make_standing((100, 40)))
    assert [fresh for fresh, *_ in trails.paths()[1]] == [1.0]


def test_without_hips_the_middle_of_the_box_counts(make_standing: Make) -> None:
    people: People = make_standing((100, 40))
    trails = Trails()
    trails.update(0.0, people.having(body=None))
    trails.update(0.1, people.having(boxes=np.full((1, 4), np.nan, np.float32), body=None))
    trails.update(0.2, people.having(ids=np.array([-1])))
    ((_, x, y),) = trails.paths()[1]
    assert (x, y) == pytest.approx(tuple(people.boxes[0].reshape(2, 2).mean(axis=0)))
