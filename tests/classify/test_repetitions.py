"""Repetitions: counted whatever the tempo, and not counted where there are none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitruvian.classify.repetitions import count_by_class, count_repetitions
from vitruvian.errors import InputError

RATE = 30


def squats(seconds, *, rest=1.0, depth=80.0, noise=2.0, seed=0):
    """Knees and hips go down and up once for each entry of ``seconds``, with rests between."""
    parts = [np.zeros(int(rest * RATE))]
    for length in seconds:
        parts += [0.5 - 0.5 * np.cos(np.linspace(0, 2 * np.pi, int(length * RATE)))]
        parts += [np.zeros(int(rest * RATE))]
    way = np.concatenate(parts)
    rng = np.random.default_rng(seed)
    joints = np.stack([way * depth, way * depth * 1.1, way * depth * 0.9, 0 * way], axis=1)
    return joints + rng.normal(0, noise, joints.shape), np.arange(len(way)) / RATE


@settings(max_examples=25)
@given(
    st.lists(st.floats(0.8, 4.0), min_size=2, max_size=7),
    st.floats(0.0, 2.0),
    st.floats(40, 110),
    st.integers(0, 99),
)
def test_every_squat_counts_once_whatever_its_tempo(seconds, rest, depth, seed):
    angles, times = squats(seconds, rest=rest, depth=depth, seed=seed)
    found = count_repetitions(angles, times)
    assert len(found) == len(seconds)
    assert all(one.start < one.peak < one.end for one in found)
    assert all(a.end <= b.start + 0.2 for a, b in pairwise(found))


def test_where_they_are_and_how_far_they_go():
    angles, times = squats([2.0, 2.0, 2.0])
    starts = [1.0, 4.0, 7.0]
    for one, start in zip(count_repetitions(angles, times), starts, strict=True):
        assert one.start == pytest.approx(start + 0.2, abs=0.35)
        assert one.peak == pytest.approx(start + 1.0, abs=0.2)
        assert one.degrees == pytest.approx(80 * np.sqrt(1 + 1.21 + 0.81), rel=0.15)
        assert one.seconds == pytest.approx(1.6, abs=0.4)
        assert one.score > 0.9


@given(st.integers(0, 200))
def test_standing_still_is_no_repetition(seed):
    rng = np.random.default_rng(seed)
    drift = np.cumsum(rng.normal(0, 0.2, (240, 6)), axis=0)
    assert count_repetitions(drift + rng.normal(0, 2, drift.shape), np.arange(240) / RATE) == []


def test_a_gap_in_a_landmark_is_bridged_and_a_lost_one_left_out():
    angles, times = squats([2.0] * 4)
    angles[70:90, 0] = np.nan
    angles[:, 3] = np.nan
    assert len(count_repetitions(angles, times)) == 4


def test_uneven_times_and_few_frames_do():
    angles, times = squats([2.0] * 4)
    keep = np.sort(np.random.default_rng(3).choice(len(times), len(times) // 3, replace=False))
    assert len(count_repetitions(angles[keep], times[keep])) == 4


def test_something_else_in_between_does_not_count():
    angles, times = squats([2.0] * 5, depth=80)
    wave = np.zeros_like(angles)
    wave[95:120, 3] = 90 * np.sin(np.linspace(0, np.pi, 25))
    assert len(count_repetitions(angles + wave, times)) == 5


@pytest.mark.parametrize("length", [0, 1, 5])
def test_too_little_to_repeat_anything(length):
    assert count_repetitions(np.zeros((length, 3)), np.arange(length) / RATE) == []


def test_shapes_and_times_are_checked():
    with pytest.raises(InputError, match="must be"):
        count_repetitions(np.zeros(5), np.arange(5))
    with pytest.raises(InputError, match="rise"):
        count_repetitions(np.zeros((3, 2)), [0, 1, 1])
    with pytest.raises(InputError, match="leave must be below"):
        count_by_class([0.5], [0], enter=0.4, leave=0.6)
    with pytest.raises(InputError, match=r"\(T,\)"):
        count_by_class([[0.5]], [0])


def test_a_class_is_entered_and_left_with_hysteresis():
    scores = [0, 0.7, 0.5, 0.7, 0.3, np.nan, 0.55, 0.65, 0.45, 0.2, 0.9]
    found = count_by_class(scores, np.arange(11.0))
    assert [(one.start, one.peak, one.end) for one in found] == [(1, 1, 4), (7, 7, 9)]
