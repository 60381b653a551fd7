from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from vitruvian.lift import lift
from vitruvian.lift.sides import MIRROR, exchanged
from vitruvian.skeletons import HAND_21
from vitruvian.types import Landmarks


@pytest.fixture
def walk(figure, shown):
    """(60, 33, 2) pixels of somebody who walks, and how sure each point is."""
    world, path = figure(60)
    return shown(world + path[:, None]), np.ones((60, 33))


def test_a_walk_is_left_as_it_is(walk):
    wrong, omitted = exchanged(*walk, 30.0)
    assert not wrong.any()
    assert not omitted.any()


def test_what_was_exchanged_for_a_while_is_found(walk):
    xy, sure = walk
    xy[20:41] = xy[20:41][:, MIRROR]
    wrong, omitted = exchanged(xy, sure, 30.0)
    assert np.flatnonzero(wrong).tolist() == list(range(20, 41))
    assert not omitted.any()


def test_the_shorter_part_is_the_wrong_one(walk):
    xy, sure = walk
    xy[20:] = xy[20:][:, MIRROR]
    wrong, _ = exchanged(xy, sure, 30.0)
    assert np.flatnonzero(wrong).tolist() == list(range(20))


def test_frames_between_both_sides_are_omitted(walk):
    xy, sure = walk
    left, right = [13, 15, 17, 19, 21], [14, 16, 18, 20, 22]
    xy[:, left, 0] += 200  # arms held out, so that sides lie far apart
    xy[:, right, 0] -= 200
    true = xy.copy()
    xy[20:41] = xy[20:41][:, MIRROR]
    for t in (19, 41):
        xy[t] = (true[t] + true[t][MIRROR]) / 2
    wrong, omitted = exchanged(xy, sure, 30.0)
    assert np.flatnonzero(wrong).tolist() == list(range(20, 41))
    assert np.flatnonzero(omitted).tolist() == [19, 41]


def test_a_leap_that_is_no_exchange_changes_nothing(walk, figure):
    xy, sure = walk
    xy[30:] = xy[30:] + 60 * np.random.default_rng(0).normal(size=(33, 2))
    wrong, omitted = exchanged(xy, sure, 30.0)
    assert not wrong.any()
    assert not omitted.any()


@pytest.mark.parametrize("there", [0, 1, 2])
def test_few_frames_say_nothing(walk, there):
    xy, sure = walk
    xy[there:] = np.nan
    wrong, omitted = exchanged(xy, sure, 30.0)
    assert not wrong.any()
    assert not omitted.any()


def test_lifting_puts_sides_right(film):
    clip, _, _ = film
    body, some = clip.body, slice(20, 41)
    columns = {name: getattr(body, name).copy() for name in ("xy", "z", "visibility", "world")}
    for column in columns.values():
        column[some] = column[some][:, :, MIRROR]
    mixed = dataclasses.replace(clip, body=dataclasses.replace(body, **columns))
    found, before = lift(mixed), lift(clip)
    assert found.body.xy == pytest.approx(body.xy)
    assert found.body.world == pytest.approx(before.body.world, abs=1e-4)
    assert mixed.body.xy[30, 0, 11] == pytest.approx(body.xy[30, 0, 12])


def test_hands_go_with_the_sides_of_the_body(film):
    clip, _, _ = film
    body, some = clip.body, slice(20, 41)
    columns = {name: getattr(body, name).copy() for name in ("xy", "z", "visibility", "world")}
    for column in columns.values():
        column[some] = column[some][:, :, MIRROR]

    def hand(value: float) -> Landmarks:
        flat = np.full((60, 1, 21), value, np.float32)
        xy, world = flat[..., None].repeat(2, -1), flat[..., None].repeat(3, -1)
        return Landmarks(HAND_21, xy, flat, flat, flat, world)

    mixed = dataclasses.replace(
        clip, body=dataclasses.replace(body, **columns), left_hand=hand(0.25), right_hand=hand(0.75)
    )
    found = lift(mixed)
    for name in ("xy", "z", "visibility", "presence", "world"):
        left, right = getattr(found.left_hand, name), getattr(found.right_hand, name)
        assert (left[some] == 0.75).all()
        assert (right[some] == 0.25).all()
        assert (left[:20] == 0.25).all()
        assert (right[41:] == 0.75).all()
