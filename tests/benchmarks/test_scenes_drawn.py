from __future__ import annotations

from collections import Counter

import pytest
from benchmarks.cutout import TAKES
from benchmarks.scenes_drawn import KINDS, WARDROBE, drawn

WEARS = {take: name for name, takes in WARDROBE.items() for take in takes}


def test_the_same_seed_draws_the_same_scenes_and_another_seed_others():
    assert drawn(6, 1) == drawn(6, 1)
    assert drawn(6, 1) != drawn(6, 2)
    assert list(drawn(3, 1).items()) == list(drawn(6, 1).items())[:3]


def test_all_kinds_are_drawn_alike():
    assert Counter(name.split("-")[0] for name in drawn(12, 1)) == dict.fromkeys(KINDS, 2)


@pytest.mark.parametrize("seed", range(8))
def test_scenes_can_be_composed(seed):
    for scene in drawn(6, seed).values():
        assert 4 <= scene.seconds <= 6
        assert len(scene.people) in (2, 3)
        for part in (part for parts in scene.people for part in parts):
            assert part.take in TAKES
            times = [key.time for key in part.keys]
            assert times == sorted(set(times))
            assert 0 <= times[0] < times[-1] <= scene.seconds


@pytest.mark.parametrize("seed", range(20))
def test_who_stops_in_contact_or_returns_is_told_by_clothes(seed):
    for name, scene in drawn(6, seed).items():
        first, second = (WEARS[parts[0].take] for parts in scene.people[:2])
        if name.split("-")[0] in ("meet", "hug", "hide", "leave"):
            assert first != second


def test_nobody_changes_clothes_when_they_return():
    for scene in drawn(24, 3).values():
        for parts in scene.people:
            assert len({part.take for part in parts}) == 1
