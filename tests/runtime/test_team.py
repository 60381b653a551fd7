"""One model, several tasks at a time."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from vitruvian.errors import InputError
from vitruvian.runtime import Team, record


@pytest.fixture
def doubling(tmp_path, monkeypatch):
    """A model that gives twice what it is given, and two cores to run it on."""

    class Double:
        inputs = (((1,), np.dtype(np.float32)),)

        def run(self, x):
            return (2 * x,)

    path = tmp_path / "double.npz"
    with record(Double(), path) as session:
        for number in range(8):
            session.run(np.array([number], np.float32))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return path


def work(session, number):
    return float(session.run(np.array([number], np.float32))[0][0])


@pytest.mark.parametrize("count", range(6))
def test_answers_come_in_the_order_of_the_tasks(doubling, count):
    team = Team(doubling, "test")
    assert team.each(work, list(range(count))) == [2 * number for number in range(count)]
    team.close()


def test_two_tasks_run_side_by_side_each_with_a_session_of_its_own(doubling):
    team, both, seen = Team(doubling, "test"), threading.Barrier(2, timeout=5), []

    def meet(session, number):
        seen.append(id(session))
        both.wait()

    team.each(work, [1, 2])
    team.each(meet, [1, 2])
    assert len(set(seen)) == 2
    team.close()


def test_the_threads_go_after_a_rest_and_come_back(doubling):
    before = threading.active_count()
    team = Team(doubling, "test")
    team.each(work, [1, 2])
    assert threading.active_count() == before, "two tasks for once need no memory of their own"
    team.each(work, [1, 2])
    assert threading.active_count() > before
    for _ in range(20):
        team.each(work, [3])
    assert threading.active_count() == before
    assert team.each(work, [1, 2]) == [2, 4]
    team.close()


def test_an_error_is_raised_and_the_sessions_go_on(doubling):
    team = Team(doubling, "test")
    for _ in range(3):
        with pytest.raises(InputError):
            team.each(work, [1, 100])
    assert team.each(work, [1, 2, 3]) == [2, 4, 6]
    team.close()
