from __future__ import annotations

import numpy as np
import pytest

from vitruvian.associate.doubt import Doubts
from vitruvian.associate.motion import Motion
from vitruvian.associate.person import Identity, Person, Sight
from vitruvian.types import People

BOXES = np.array([[0, 0, 100, 300], [10, 0, 110, 300]], np.float32)


def look(colour: int):
    blocks = np.zeros((8, 6), np.float32)
    blocks[:, colour] = 1
    return blocks.ravel()


def somebody(number: int, time: float) -> Person:
    sight = Sight(People.none(), 0, (0.0, 0.0))
    identity = Identity(number, look(number), 20)
    return Person(identity, Motion((0.0, 0.0), 100, time), sight, sight, time)


@pytest.mark.parametrize(("lost", "expected"), [(0.0, [(1, 2)]), (10.0, [])])
def test_looks_of_the_one_seen_count_while_the_other_is_hidden_but_not_while_both_touch(
    lost, expected
):
    """Person 1 looks like 2 from the moment when only one body is read where two are."""
    doubts, swapped = Doubts(), []
    for index in range(8):
        one, other = somebody(1, index / 30), somebody(2, min(lost, index / 30))
        doubts.note([one, other], BOXES, index / 30)
        swapped += doubts.settle({1: one, 2: other}, {1: look(2)})
    assert swapped[:1] == expected


def test_nobody_is_exchanged_with_two_at_once():
    """Three people touch, and each of the bodies then looks like the next one's."""
    doubts, swapped = Doubts(), []
    known = {number: somebody(number, 0) for number in (1, 2, 3)}
    boxes = np.concatenate([BOXES, BOXES[:1]])
    doubts.note(list(known.values()), boxes, 0)
    while not swapped:
        swapped = doubts.settle(known, {1: look(2), 2: look(3), 3: look(1)})
    assert len(swapped) == 1
