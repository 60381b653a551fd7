from __future__ import annotations

import numpy as np
import pytest

from vitruvian.associate import Associate
from vitruvian.geometry import regions
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People


def frame(time: float) -> Frame:
    return Frame(np.zeros((4, 4, 3), np.uint8), index=round(time * 30), time=time)


def people(*bodies, ids=None, scores=None) -> People:
    xy = np.stack(bodies)
    flat = np.ones(xy.shape[:2], np.float32)
    n = len(xy)
    return People(
        np.concatenate([xy.min(1), xy.max(1)], 1),
        np.array(scores or [0.9] * n, np.float32),
        ids=np.array(ids or [-1] * n, np.int64),
        regions=regions.from_landmarks(xy, (11, 12), (23, 24)),
        body=Landmarks(BLAZEPOSE_33, xy, flat, flat, flat),
    )


def test_newcomers_get_new_ids_from_one_on(figure):
    stage = Associate()
    found = stage(frame(0), people(figure(100, 100), figure(400, 100)))
    assert found.ids.tolist() == [1, 2]
    found = stage(frame(0.1), people(figure(100, 100), figure(700, 100), ids=[1, -1]))
    assert found.ids.tolist() == [1, 3]


def test_people_come_by_id_with_all_their_columns(figure):
    stage = Associate()
    bodies = [figure(100, 100), figure(400, 100), figure(700, 100)]
    stage(frame(0), people(*bodies))
    found = stage(frame(0.1), people(*bodies, ids=[3, 1, 2], scores=[0.3, 0.1, 0.2]))
    assert found.ids.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.scores, [0.1, 0.2, 0.3])
    np.testing.assert_array_equal(found.body.xy, np.stack([bodies[1], bodies[2], bodies[0]]))
    assert ((found.id_scores >= 0) & (found.id_scores <= 1)).all()


def test_who_was_lost_a_moment_ago_comes_back_under_the_same_id(figure):
    stage = Associate()
    left, right = figure(100, 100), figure(400, 100)
    stage(frame(0), people(left, right))
    stage(frame(0.1), people(left, ids=[1]))
    found = stage(frame(0.3), people(left, right + np.float32(8), ids=[1, -1]))
    assert found.ids.tolist() == [1, 2]


def test_neither_far_away_nor_much_later_is_it_the_same_person(figure):
    body = figure(100, 100)
    stage = Associate()
    stage(frame(0), people(body))
    assert stage(frame(0.1), people(figure(900, 100))).ids.tolist() == [2]
    stage.reset()
    stage(frame(0), people(body))
    assert stage(frame(60), people(body)).ids.tolist() == [2]


def test_of_two_who_were_lost_each_gets_their_own_id_back(figure):
    stage = Associate()
    left, right = figure(100, 100), figure(160, 100)
    stage(frame(0), people(left, right))
    stage(frame(0.1), People.none())
    found = stage(frame(0.2), people(right, left))
    assert found.ids.tolist() == [1, 2]
    np.testing.assert_array_equal(found.body.xy, np.stack([left, right]))


def test_two_newcomers_never_get_one_id(figure):
    stage = Associate()
    body = figure(100, 100)
    stage(frame(0), people(body))
    stage(frame(0.1), People.none())
    found = stage(frame(0.2), people(body, body + np.float32(3)))
    assert sorted(found.ids.tolist()) == [1, 2]


def test_reset_starts_from_one_and_objects_do_not_know_each_other(figure):
    one, other = Associate(), Associate()
    body = people(figure(100, 100))
    assert one(frame(0), body).ids.tolist() == [1]
    assert one(frame(0.1), people(figure(800, 100))).ids.tolist() == [2]
    assert other(frame(0), body).ids.tolist() == [1]
    one.reset()
    assert one(frame(0), body).ids.tolist() == [1]


@pytest.mark.parametrize("most", [1, 2])
def test_known_people_come_before_surer_strangers(figure, most):
    stage = Associate(most=most)
    bodies = [figure(100, 100), figure(400, 100), figure(700, 100)]
    stage(frame(0), people(bodies[1]))
    found = stage(frame(0.1), people(*bodies, ids=[-1, 1, -1], scores=[0.8, 0.6, 0.9]))
    assert found.ids.tolist() == list(range(1, most + 1))
    np.testing.assert_array_equal(found.body.xy[0], bodies[1])
    if most == 2:
        np.testing.assert_array_equal(found.body.xy[1], bodies[2])
