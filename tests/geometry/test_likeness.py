from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry.likeness import all_apart, along, near, same_person

SIDE = 300.0


def bodies(seed: int, count: int = 6) -> np.ndarray:
    """Bodies of about a side's height, some near each other and some far."""
    random = np.random.default_rng(seed)
    shape = random.uniform(-0.5, 0.5, (33, 2)) * (SIDE / 3, SIDE)
    places = random.uniform(0, 1500, (count, 1, 2))
    noise = random.normal(0, 15, (count, 33, 2))
    return (shape + places + noise).astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_whoever_is_not_near_has_nothing_in_common(seed):
    xy, sides = bodies(seed), np.full(6, SIDE, np.float32)
    gap = np.linalg.norm(xy[:, None, :, None] - xy[None, :, None], axis=-1).min((2, 3))
    told = near(xy, xy, sides)
    assert told[gap < 0.1 * SIDE].all()
    assert not told.all()
    assert not same_person(xy, xy, sides)[~told].any()
    assert not along(xy, xy, sides)[~told].any()


@pytest.mark.parametrize("seed", range(5))
def test_pairs_are_told_among_others_as_they_are_alone(seed):
    xy, sides = bodies(seed), np.linspace(200, 400, 6, dtype=np.float32)
    same, joints = same_person(xy, xy, sides), along(xy, xy, sides)
    for i, j in np.ndindex(6, 6):
        alone = same_person(xy[[i]], xy[[j]], sides[[i]])
        assert alone.tolist() == [[same[i, j]]]
        assert (along(xy[[i]], xy[[j]], sides[[j]])[0, 0] == joints[i, j]).all()


def test_two_are_apart_until_one_comes_near():
    one = bodies(1, 1)[0]
    sides = np.full(2, SIDE, np.float32)
    assert all_apart(one[None], sides[:1])
    assert all_apart(np.stack([one, one + 2000]), sides)
    assert not all_apart(np.stack([one, one + 20]), sides)


def test_a_body_that_is_partly_unknown_is_taken_to_be_near():
    xy = np.stack([bodies(2, 1)[0]] * 2)
    xy[1] += 2000
    xy[1, 5] = np.nan
    assert near(xy, xy, np.full(2, SIDE, np.float32)).all()
