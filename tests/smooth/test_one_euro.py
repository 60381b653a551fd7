from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.smooth.one_euro import OneEuro, low_pass


class Written:
    """MediaPipe's one_euro_filter.cc for one number, written down once more."""

    def __init__(self, min_cutoff, beta, derivative_cutoff):
        self.min_cutoff, self.beta, self.derivative_cutoff = min_cutoff, beta, derivative_cutoff
        self.time = None

    def __call__(self, x, time, scale):
        if self.time is None:
            self.time, self.raw, self.smooth, self.speed = time, x, x, 0.0
            return x
        if time <= self.time:
            return x
        dt = time - self.time
        dx = (x - self.raw) * scale * (1 / dt)
        alpha = 1 / (1 + 1 / (2 * math.pi * self.derivative_cutoff * dt))
        self.speed = alpha * dx + (1 - alpha) * self.speed
        cutoff = self.min_cutoff + self.beta * abs(self.speed)
        alpha = 1 / (1 + 1 / (2 * math.pi * cutoff * dt))
        self.smooth = alpha * x + (1 - alpha) * self.smooth
        self.time, self.raw = time, x
        return self.smooth


numbers = st.floats(-1000, 1000, width=32)
steps = st.lists(st.tuples(numbers, st.floats(0.001, 0.5)), min_size=1, max_size=30)


@given(steps, st.sampled_from([(0.05, 80.0), (0.1, 40.0), (1.0, 0.0)]), st.floats(0.001, 1))
def test_it_is_the_filter_of_the_book(series, settings, scale):
    ours, theirs = OneEuro(*settings), Written(*settings, 1.0)
    time = 0.0
    for value, dt in series:
        time += dt
        found = ours(np.array([value, -value], np.float32), time, scale)
        expected = theirs(value, time, scale)
        np.testing.assert_allclose(found, [expected, -expected], rtol=1e-3, atol=0.05)


@given(numbers, st.lists(st.floats(0.001, 1), min_size=1, max_size=20))
def test_what_stands_still_stays_where_it_is(value, gaps):
    smooth = OneEuro(0.05, 80.0)
    x = np.full((3, 2), value, np.float32)
    for time in np.cumsum(gaps):
        np.testing.assert_allclose(smooth(x, float(time)), x, rtol=1e-6)


@given(steps)
def test_it_never_leaves_the_range_it_has_seen(series):
    smooth = OneEuro(0.1, 40.0)
    time, seen = 0.0, []
    for value, dt in series:
        time += dt
        seen.append(value)
        found = float(smooth(np.array([value], np.float32), time)[0])
        assert min(seen) - 1e-2 <= found <= max(seen) + 1e-2


def test_a_stamp_that_is_not_later_gives_the_value_back_and_is_forgotten():
    smooth, other = OneEuro(0.05, 80.0), OneEuro(0.05, 80.0)
    one, two = np.array([1], np.float32), np.array([2], np.float32)
    for filter_ in (smooth, other):
        filter_(one, 1.0)
    assert smooth(two, 1.0) is two
    assert smooth(two, 0.5) is two
    np.testing.assert_array_equal(smooth(two, 1.1), other(two, 1.1))


def test_time_counts_and_not_how_many_frames_there_are():
    """A ramp at 60 and at 30 frames a second ends in about the same place."""

    def end(rate: int) -> float:
        smooth = OneEuro(0.05, 80.0)
        for i in range(rate + 1):
            found = smooth(np.array([100 * i / rate], np.float32), i / rate, 1 / 200)
        return float(found[0])

    assert end(60) == pytest.approx(end(30), abs=1.0)
    assert end(30) == pytest.approx(end(15), abs=2.0)
    assert 90 < end(30) <= 100


def test_jitter_at_rest_is_taken_out_and_quick_movement_is_followed():
    rng = np.random.default_rng(0)
    still = rng.normal(0, 1, 90).astype(np.float32)
    smooth = OneEuro(0.05, 80.0)
    out = [float(smooth(np.array([x]), i / 30, 1 / 4000)[0]) for i, x in enumerate(still)]
    assert np.std(out[30:]) < 0.6 * np.std(still[30:])
    quick = OneEuro(0.05, 80.0)
    out = [float(quick(np.array([20.0 * i], np.float32), i / 30, 1 / 200)[0]) for i in range(30)]
    assert abs(out[-1] - 580) < 10


def test_a_low_pass_is_a_mean():
    a, b = np.zeros(2, np.float32), np.array([1, 2], np.float32)
    np.testing.assert_allclose(low_pass(a, b, 0.25), [0.25, 0.5])
    np.testing.assert_array_equal(low_pass(a, b, 1.0), b)
