"""Who is who, from frame to frame."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.associate import Associate
from vitruvian.errors import UnknownNameError
from vitruvian.types import Frame, People


def test_newcomers_get_new_ids_from_one_on(figure, frame, people):
    stage = Associate()
    found = stage(frame(0), people(figure(100, 100), figure(400, 100)))
    assert found.ids.tolist() == [1, 2]
    found = stage(frame(0.1), people(figure(100, 100), figure(700, 100), ids=[1, -1]))
    assert found.ids.tolist() == [1, 3]


def test_people_come_by_id_with_all_their_columns(figure, frame, people):
    stage = Associate()
    bodies = [figure(100, 100), figure(400, 100), figure(700, 100)]
    stage(frame(0), people(*bodies))
    turned = [bodies[2], bodies[0], bodies[1]]
    found = stage(frame(0.1), people(*turned, ids=[3, 1, 2], scores=[0.9, 0.7, 0.8]))
    assert found.ids.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.scores, [0.7, 0.8, 0.9])
    np.testing.assert_array_equal(found.body.xy, np.stack(bodies))
    assert ((found.id_scores >= 0) & (found.id_scores <= 1)).all()


def test_who_was_lost_a_moment_ago_comes_back_under_the_same_id(figure, frame, people):
    stage = Associate()
    left, right = figure(100, 100), figure(400, 100)
    stage(frame(0), people(left, right))
    stage(frame(0.1), people(left, ids=[1]))
    found = stage(frame(0.3), people(left, right + np.float32(8), ids=[1, -1]))
    assert found.ids.tolist() == [1, 2]


def test_neither_far_away_nor_much_later_is_it_the_same_person(figure, frame, people):
    body = figure(100, 100)
    stage = Associate()
    stage(frame(0), people(body))
    assert stage(frame(0.1), people(figure(900, 100))).ids.tolist() == [2]
    stage.reset()
    stage(frame(0), people(body))
    assert stage(frame(60), people(body)).ids.tolist() == [2]


def test_of_two_who_were_lost_each_gets_their_own_id_back(figure, frame, people):
    stage = Associate()
    left, right = figure(100, 100), figure(160, 100)
    stage(frame(0), people(left, right))
    stage(frame(0.1), People.none())
    found = stage(frame(0.2), people(right, left))
    assert found.ids.tolist() == [1, 2]
    np.testing.assert_array_equal(found.body.xy, np.stack([left, right]))


def test_two_newcomers_never_get_one_id(figure, frame, people):
    stage = Associate()
    body = figure(100, 100)
    stage(frame(0), people(body))
    stage(frame(0.1), People.none())
    found = stage(frame(0.2), people(body, body + np.float32(40)))
    assert sorted(found.ids.tolist()) == [1, 2]


def test_reset_starts_from_one_and_objects_do_not_know_each_other(figure, frame, people):
    one, other = Associate(), Associate()
    body = people(figure(100, 100))
    assert one(frame(0), body).ids.tolist() == [1]
    assert one(frame(0.1), people(figure(800, 100))).ids.tolist() == [2]
    assert other(frame(0), body).ids.tolist() == [1]
    one.reset()
    assert one(frame(0), body).ids.tolist() == [1]


@pytest.mark.parametrize("most", [1, 2])
def test_known_people_come_before_surer_strangers(figure, most, frame, people):
    stage = Associate(most=most)
    bodies = [figure(100, 100), figure(400, 100), figure(700, 100)]
    stage(frame(0), people(bodies[1]))
    found = stage(frame(0.1), people(*bodies, ids=[-1, 1, -1], scores=[0.8, 0.6, 0.9]))
    assert found.ids.tolist() == list(range(1, most + 1))
    np.testing.assert_array_equal(found.body.xy[0], bodies[1])
    if most == 2:
        np.testing.assert_array_equal(found.body.xy[1], bodies[2])


@pytest.mark.parametrize("looks", [None, [1, 2], [1, 1]], ids=["unknown", "other", "uniform"])
@pytest.mark.parametrize("lying", [False, True])
def test_two_who_cross_keep_their_ids_whatever_their_regions_say(
    figure, looks, lying, people, watch, id_at
):
    stage = Associate()
    paths = [(100 + 6 * t, 400 - 6 * t) for t in range(50)]
    # The regions change hands where the two meet, as they do when a reading jumps.
    moments = [
        people(
            figure(a, 100), figure(b, 110), ids=[2, 1] if lying and t > 25 else [1, 2], looks=looks
        )
        for t, (a, b) in enumerate(paths)
    ]
    for (a, b), found in zip(paths, watch(stage, moments), strict=True):
        assert len(found) == 2
        assert id_at(found, figure(a, 100)) == (1, 0)
        assert id_at(found, figure(b, 110)) == (2, 0)


def test_who_came_into_sight_unrecognized_is_recognized_later(figure, people, watch, id_at):
    stage = Associate()
    list(watch(stage, [people(figure(200, 100), figure(450, 100), looks=[1, 2])] * 40))
    other = [people(figure(450, 100), ids=[2], looks=[2])] * 5
    list(watch(stage, other, start=60))
    two = people(figure(450, 100), figure(60, 100), looks=[2, 1])
    unclear = two.having(vectors=np.full_like(two.vectors, np.nan))
    (found,) = watch(stage, [unclear], start=61)
    assert found.ids.tolist() == [2, 3]
    *_, found = watch(stage, [two] * 10, start=61.1)
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, figure(60, 100)) == (1, 0)


def test_somebody_else_is_not_recognized(figure, people, watch):
    stage = Associate()
    list(watch(stage, [people(figure(200, 100), looks=[1])] * 40))
    *_, found = watch(stage, [people(figure(200, 100), looks=[3])] * 40, start=60)
    assert found.ids.tolist() == [2]


@pytest.mark.parametrize("looks", [[2, 1], [1, 1]], ids=["other", "uniform"])
def test_who_comes_back_gets_the_id_back_by_looks_alone(figure, looks, people, watch, id_at):
    stage = Associate()
    first = [people(figure(200, 100), figure(450, 100), looks=looks)] * 5
    list(watch(stage, first))
    away = [people(figure(450, 100), ids=[2], looks=looks[1:])] * 5
    list(watch(stage, away, start=10))
    back = [people(figure(450, 100), figure(60, 110), ids=[2, -1], looks=looks[::-1])]
    (found,) = watch(stage, back, start=600)
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, figure(450, 100)) == (2, 0)


def test_a_stranger_never_gets_the_id_of_somebody_gone(figure, people, watch):
    stage = Associate()
    list(watch(stage, [people(figure(200, 100), looks=[1])] * 5))
    (found,) = watch(stage, [people(figure(200, 100), looks=[3])], start=60)
    assert found.ids.tolist() == [2]


@pytest.fixture
def shots(figure, people):
    """Two people before a cut, and who is found after it."""

    def make(looks_after, places_after):
        stage = Associate()
        noise = np.random.default_rng(5)
        before = noise.integers(0, 90, (48, 64, 3), np.uint8)
        after = noise.integers(150, 255, (48, 64, 3), np.uint8)
        for t in range(5):
            two = people(figure(200, 100), figure(450, 100), looks=[1, 2])
            stage(Frame(before, index=t, time=t / 30), two)
        bodies = [figure(x, 100) for x in places_after]
        return bodies, stage(Frame(after, index=5, time=5 / 30), people(*bodies, looks=looks_after))

    return make


def test_a_cut_hands_no_id_on_by_place(shots):
    _, found = shots([3, 4], [200, 450])
    assert found.ids.tolist() == [3, 4]


def test_a_cut_hands_ids_on_by_looks(id_at, shots):
    bodies, found = shots([2, 1], [200, 450])
    assert id_at(found, bodies[0]) == (2, 0)
    assert id_at(found, bodies[1]) == (1, 0)


def test_a_mix_up_in_contact_is_put_right_when_they_part(figure, people, watch, id_at):
    stage = Associate()
    way = [150 + 5 * t for t in range(28)]
    together = [people(figure(x, 100), figure(590 - x, 110), looks=[1, 2]) for x in way]
    # They seem to turn back, and wear each other's clothes: in truth they have passed.
    apart = [people(figure(x, 100), figure(590 - x, 110), looks=[2, 1]) for x in way[::-1]]
    *_, found = watch(stage, [*together, *apart])
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, figure(440, 110)) == (1, 0)
    assert found.id_scores.min() > 0.8


def test_whoever_cannot_be_told_from_another_is_reported_as_doubtful(figure, people, watch):
    stage = Associate()
    way = [150 + 5 * t for t in range(29)]
    moments = [people(figure(x, 100), figure(590 - x, 110), looks=[1, 1]) for x in way]
    *_, touching = watch(stage, moments)
    assert touching.ids.tolist() == [1, 2]
    assert touching.id_scores.max() < 0.6


def test_a_body_along_somebodys_limbs_is_nobody_new(figure, people, watch):
    stage = Associate()
    body = figure(300, 100)
    list(watch(stage, [people(body)] * 3))
    (found,) = watch(stage, [people(body, body + np.float32(9), ids=[1, -1])], start=0.1)
    assert found.ids.tolist() == [1]


def test_a_weak_reading_is_nobody_new(figure, frame, people):
    found = Associate()(frame(0), people(figure(300, 100), scores=[0.4]))
    assert len(found) == 0


@pytest.mark.parametrize("score", [0.9, 0.6])
def test_a_weak_reading_where_somebody_was_lost_is_that_person(figure, frame, people, score):
    stage = Associate()
    body = figure(400, 100)
    stage(frame(0), people(figure(100, 100), body))
    stage(frame(0.1), people(figure(100, 100), ids=[1]))
    again = people(figure(100, 100), body + np.float32(60), ids=[1, -1], scores=[0.9, score])
    assert stage(frame(0.3), again).ids.tolist() == [1, 2]


def test_more_people_than_are_wanted_keep_the_ids_of_the_first(figure, people, watch):
    stage = Associate(most=2)
    bodies = [figure(60 + 120 * i, 100) for i in range(5)]
    for found in watch(stage, [people(*bodies)] * 10):
        assert found.ids.tolist() == [1, 2]


def test_cues_can_be_left_out_and_others_do_not_exist(figure, people, watch):
    stage = Associate(cues=["motion"])
    list(watch(stage, [people(figure(200, 100), looks=[1])] * 5))
    (found,) = watch(stage, [people(figure(500, 100), looks=[1])], start=60)
    assert found.ids.tolist() == [2]
    with pytest.raises(UnknownNameError, match="motion"):
        Associate(cues=["motoin"])


def test_who_falls_and_lands_is_the_same_person(figure, frame, people):
    """A fall ends in a frame or two: nobody could foresee it, and nobody else is near."""
    side = float(people(figure(300, 100)).regions[0, 2])
    falling = 4 * side  # a second squared: 9.8 m, where a side is about 2.4 m
    stage = Associate()
    own, ids = -1, []
    for index in range(40):
        time = min(index, 20) / 30
        now = people(figure(300, 100 + falling * time**2 / 2), ids=[own])
        found = stage(frame(index / 30), now)
        seen = found[found.seen]
        own = int(seen.ids[0])
        ids += seen.ids.tolist()
    assert set(ids) == {1}


@pytest.mark.parametrize(("beside", "colour", "expected"), [(0.4, 0, 1), (0.4, 1, 2), (2.5, 0, 2)])
def test_who_is_lost_in_a_leap_is_found_again_near_by_wherever_they_seemed_to_go(
    figure, beside, colour, expected, frame, people
):
    """A somersault: they turn back in the air, where nothing can be read for a while."""
    side = float(people(figure(300, 100)).regions[0, 2])
    stage = Associate()
    for index in range(10):
        own = -1 if not index else 1
        now = people(figure(300 + 0.05 * side * index, 100), ids=[own], looks=[0])
        stage(frame(index / 30), now)
    for index in range(10, 15):
        stage(frame(index / 30), People.none())
    found = stage(frame(0.5), people(figure(300 + (0.45 - beside) * side, 100), looks=[colour]))
    assert found[found.seen].ids.tolist() == [expected]


def test_another_body_in_a_followed_region_is_not_the_same_person(figure, frame, people):
    stage = Associate()
    for index in range(20):
        stage(frame(index / 30), people(figure(300, 100), ids=[1 if index else -1], looks=[0]))
    moved = people(figure(900, 100), ids=[1], looks=[3])
    found = stage(frame(20 / 30), moved)
    assert 1 not in found[found.seen].ids.tolist()


@pytest.mark.parametrize(("wears", "number"), [(1, 1), (3, 2)], ids=["the same", "other"])
def test_a_single_person_who_is_wanted_stays_the_same_unless_their_looks_say_no(
    figure, wears, number, people, watch
):
    stage = Associate(most=1)
    list(watch(stage, [people(figure(100, 100), looks=[1])] * 10))
    (found,) = watch(stage, [people(figure(500, 240), looks=[wears])], start=0.5)
    assert found.ids.tolist() == [number]
