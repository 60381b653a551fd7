from __future__ import annotations

import numpy as np

from vitruvian.detect.lost import Lost
from vitruvian.types import People

RATE = 30
HERE, THERE = (100, 200, 80, 0), (400, 200, 80, 0)


def seen(**places):
    """People by number: _1=(x, y, side, angle)."""
    regions = np.array(list(places.values()), np.float32).reshape(-1, 4)
    ids = np.array([int(name[1:]) for name in places], np.int64)
    return People(
        np.zeros((len(ids), 4), np.float32), np.ones(len(ids), np.float32), ids, None, regions
    )


def looks(lost, people, seconds, start=0.0):
    """(time, quarters) of the looks at everybody who is lost, while these people stay."""
    made = []
    for frame in range(round(seconds * RATE)):
        time = start + frame / RATE
        lost.note(people, time)
        made += [(time, quarters) for _, quarters in lost.due(time)]
    return made


def test_nobody_is_looked_for_who_is_there():
    assert not looks(Lost(), seen(_1=HERE), 2)


def test_who_is_lost_is_looked_for_a_few_times_ever_more_rarely():
    lost = Lost()
    lost.note(seen(_1=HERE, _2=THERE), 0.0)
    times, quarters = zip(*looks(lost, seen(_2=THERE), 4, start=1 / RATE), strict=True)
    gaps = np.diff(times)
    assert times[0] == 1 / RATE
    assert len(times) == 7
    assert (np.diff(gaps) > -1.5 / RATE).all()
    assert set(quarters) == {0, 1, 2, 3}


def test_behind_somebody_the_search_goes_on_and_ends():
    lost = Lost()
    lost.note(seen(_1=HERE, _2=(110, 205, 80, 0)), 0.0)
    times = [time for time, _ in looks(lost, seen(_2=(110, 205, 80, 0)), 9, start=1 / RATE)]
    late = [time for time in times if time > 1.2]
    assert max(np.diff(late)) < 0.3
    assert 4.5 < max(times) < 5.5


def test_the_place_is_that_of_the_loss():
    lost = Lost()
    lost.note(seen(_1=HERE), 0.0)
    lost.note(seen(), 0.1)
    ((place, quarters),) = lost.due(0.1)
    assert place.tolist() == list(HERE)
    assert quarters == 0


def test_after_a_cut_nobody_is_looked_for():
    lost = Lost()
    lost.note(seen(_1=HERE), 0.0)
    lost.note(seen(), 0.1)
    lost.forget()
    assert not looks(lost, seen(), 1, start=0.2)


def test_a_loss_that_nobody_asked_about_is_forgotten():
    lost = Lost()
    for second in range(0, 60, 2):
        lost.note(seen(**{f"_{second}": HERE}), float(second))
        lost.note(seen(), second + 1.0)
    lost.note(seen(_99=THERE), 120.0)
    assert not lost.due(120.0)
