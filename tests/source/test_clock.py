from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.source.clock import Clock


def repaired(*stamps: float | None, step: float = 0.04) -> list[float]:
    clock = Clock(step)
    return [clock(stamp) for stamp in stamps]


def test_good_stamps_pass_unchanged() -> None:
    stamps = [0.0, 0.04, 0.13, 0.14, 7.5]
    assert repaired(*stamps) == stamps


def test_a_late_start_is_kept_and_an_early_one_moves_everything() -> None:
    assert repaired(0.5, 0.54) == [0.5, 0.54]
    assert repaired(-0.1, -0.06, 0.0) == pytest.approx([0.0, 0.04, 0.1])


def test_missing_stamps_follow_by_one_step() -> None:
    assert repaired(None, None, None) == pytest.approx([0, 0.04, 0.08])
    assert repaired(0.0, None, 0.08) == pytest.approx([0, 0.04, 0.08])


def test_a_repeated_stamp_does_not_push_the_next_one() -> None:
    assert repaired(0.0, 0.04, 0.04, 0.08) == pytest.approx([0, 0.04, 0.06, 0.08])


def test_a_clock_set_anew_goes_on_where_the_old_one_was() -> None:
    assert repaired(99.0, 99.04, 0.0, 0.04) == pytest.approx([99, 99.04, 99.08, 99.12])


@given(st.lists(st.none() | st.floats(-1e5, 1e5), min_size=2))
def test_times_always_increase_from_at_least_zero(stamps: list[float | None]) -> None:
    times = repaired(*stamps)
    assert times[0] >= 0
    assert all(a < b for a, b in pairwise(times))
