from __future__ import annotations

import numpy as np
import pytest

from vitruvian.associate import Associate
from vitruvian.errors import UnknownNameError
from vitruvian.geometry import regions
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People


def frame(time: float) -> Frame:
    return Frame(np.zeros((4, 4, 3), np.uint8), index=round(time * 30), time=time)


def look(colour: int):
    """An appearance vector of somebody who wears one colour from head to foot."""
    blocks = np.zeros((8, 6), np.float32)
    blocks[:, colour] = 1
    return blocks.ravel()


def people(*bodies, ids=None, scores=None, looks=None) -> People:
    xy = np.stack(bodies)
    flat = np.ones(xy.shape[:2], np.float32)
    n = len(xy)
    return People(
        np.concatenate([xy.min(1), xy.max(1)], 1),
        np.array(scores or [0.9] * n, np.float32),
        ids=np.array(ids or [-1] * n, np.int64),
        regions=regions.from_landmarks(xy, (11, 12), (23, 24)),
        body=Landmarks(BLAZEPOSE_33, xy, flat, flat, flat),
        vectors=None if looks is None else np.stack([look(colour) for colour in looks]),
    )


def film(stage, moments, *, rate=30.0, start=0.0, size=(640, 480)):
    """Run the stage; every frame's (id of each body, in the order given)."""
    image = np.zeros((*size[::-1], 3), np.uint8)
    for index, now in enumerate(moments):
        time = start + index / rate
        yield stage(Frame(image, index=index, time=time), now)


def id_at(found, body):
    """Whose body this is."""
    gaps = np.abs(found.body.xy - body).mean((1, 2))
    return int(found.ids[gaps.argmin()]), float(gaps.min())


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
    turned = [bodies[2], bodies[0], bodies[1]]
    found = stage(frame(0.1), people(*turned, ids=[3, 1, 2], scores=[0.9, 0.7, 0.8]))
    assert found.ids.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.scores, [0.7, 0.8, 0.9])
    np.testing.assert_array_equal(found.body.xy, np.stack(bodies))
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
    found = stage(frame(0.2), people(body, body + np.float32(40)))
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


@pytest.mark.parametrize("looks", [None, [1, 2], [1, 1]], ids=["unknown", "other", "uniform"])
@pytest.mark.parametrize("lying", [False, True])
def test_two_who_cross_keep_their_ids_whatever_their_regions_say(figure, looks, lying):
    stage = Associate()
    paths = [(100 + 6 * t, 400 - 6 * t) for t in range(50)]
    # The regions change hands where the two meet, as they do when a reading jumps.
    moments = [
        people(
            figure(a, 100), figure(b, 110), ids=[2, 1] if lying and t > 25 else [1, 2], looks=looks
        )
        for t, (a, b) in enumerate(paths)
    ]
    for (a, b), found in zip(paths, film(stage, moments), strict=True):
        assert len(found) == 2
        assert id_at(found, figure(a, 100)) == (1, 0)
        assert id_at(found, figure(b, 110)) == (2, 0)


def walk_behind(figure, stage, frames_hidden):
    """One stands, another walks behind them and is not read for some frames."""
    stands = figure(300, 100, 260)
    moments = [people(stands, figure(200 + 4 * t, 105, 240)) for t in range(20)]
    moments += [people(stands)] * frames_hidden
    return stands, list(film(stage, moments))


def test_whoever_is_hidden_is_still_there_and_moves_on(figure):
    stands, found = walk_behind(figure, Associate(), 10)
    for t, now in enumerate(found[20:], 20):
        assert now.ids.tolist() == [1, 2]
        assert now.seen.tolist() == [True, False]
        assert now.id_scores[1] < now.id_scores[0]
        assert now.body.visibility[1].max() == 0
        np.testing.assert_allclose(now.body.xy[1], figure(200 + 4 * t, 105, 240), atol=6)
        np.testing.assert_array_equal(now.body.xy[0], stands)


def test_who_should_have_come_out_and_has_not_has_stopped_behind_the_other(figure):
    stands, found = walk_behind(figure, Associate(), 60)
    x = found[-1].body.xy[1].mean(0)[0]
    assert found[-1].ids.tolist() == [1, 2]
    assert abs(x - stands.mean(0)[0]) < 40


def test_nobody_is_hidden_for_ever(figure):
    _, found = walk_behind(figure, Associate(), 350)
    assert len(found[25]) == 2
    assert found[-1].ids.tolist() == [1]


def held(figure, stage, seconds):
    """One lies down in front of another, whose feet stay in sight, and is not read for long."""
    low, stands = figure(300, 170, 260), figure(300, 105, 240)
    moments = [people(low, stands)] * 10 + [people(low, ids=[1])] * round(30 * seconds)
    return stands, list(film(stage, moments))


def test_of_two_who_hold_on_to_each_other_the_hidden_one_stays_for_long(figure):
    stands, found = held(figure, Associate(), 8)
    for now in found:
        assert now.ids.tolist() == [1, 2]
        np.testing.assert_allclose(now.body.xy[1], stands, atol=1)
    assert not found[-1].seen[1]


def test_who_is_hidden_does_not_go_along_with_the_one_in_front(figure):
    stands = figure(300, 105, 240)
    moments = [people(figure(300, 100, 260), stands)] * 10
    moments += [people(figure(300 + t * t / 12, 100, 260), ids=[1]) for t in range(20)]
    *_, last = film(Associate(), moments)
    assert last.ids.tolist() == [1, 2]
    np.testing.assert_allclose(last.body.xy[1], stands, atol=10)


def test_as_many_as_are_wanted_are_always_there_while_one_hides_the_other(figure):
    _, found = held(figure, Associate(), 20)
    assert found[-1].ids.tolist() == [1]
    _, found = held(figure, Associate(most=2), 20)
    assert {tuple(now.ids.tolist()) for now in found} == {(1, 2)}


def test_whoever_is_hidden_lies_as_they_last_did_in_contact(figure):
    stage = Associate()
    other, upright = figure(300, 100, 260), figure(340, 100, 260)
    middle = upright.mean(0)
    lying = (upright - middle)[:, ::-1] * [1, -1] + middle
    moments = [people(other, upright)] * 3 + [people(other, lying.astype(np.float32))] * 20
    *_, last = film(stage, [*moments, people(other)])
    assert not last.seen[1]
    np.testing.assert_allclose(last.body.xy[1], lying, atol=5)


def test_who_came_into_sight_unrecognized_is_recognized_later(figure):
    stage = Associate()
    list(film(stage, [people(figure(200, 100), figure(450, 100), looks=[1, 2])] * 40))
    other = [people(figure(450, 100), ids=[2], looks=[2])] * 5
    list(film(stage, other, start=60))
    two = people(figure(450, 100), figure(60, 100), looks=[2, 1])
    unclear = two.having(vectors=np.full_like(two.vectors, np.nan))
    (found,) = film(stage, [unclear], start=61)
    assert found.ids.tolist() == [2, 3]
    *_, found = film(stage, [two] * 10, start=61.1)
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, figure(60, 100)) == (1, 0)


def test_somebody_else_is_not_recognized(figure):
    stage = Associate()
    list(film(stage, [people(figure(200, 100), looks=[1])] * 40))
    *_, found = film(stage, [people(figure(200, 100), looks=[3])] * 40, start=60)
    assert found.ids.tolist() == [2]


def test_whoever_walks_out_of_the_picture_is_not_believed_to_be_there(figure):
    stage = Associate()
    moments = [people(figure(600 + 8 * t, 100)) for t in range(10)] + [People.none()]
    *_, last = film(stage, moments)
    assert len(last) == 0


@pytest.mark.parametrize("looks", [[2, 1], [1, 1]], ids=["other", "uniform"])
def test_who_comes_back_gets_the_id_back_by_looks_alone(figure, looks):
    stage = Associate()
    first = [people(figure(200, 100), figure(450, 100), looks=looks)] * 5
    list(film(stage, first))
    away = [people(figure(450, 100), ids=[2], looks=looks[1:])] * 5
    list(film(stage, away, start=10))
    back = [people(figure(450, 100), figure(60, 110), ids=[2, -1], looks=looks[::-1])]
    (found,) = film(stage, back, start=600)
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, figure(450, 100)) == (2, 0)


def test_a_stranger_never_gets_the_id_of_somebody_gone(figure):
    stage = Associate()
    list(film(stage, [people(figure(200, 100), looks=[1])] * 5))
    (found,) = film(stage, [people(figure(200, 100), looks=[3])], start=60)
    assert found.ids.tolist() == [2]


def shots(figure, looks_after, places_after):
    stage = Associate()
    noise = np.random.default_rng(5)
    before = noise.integers(0, 90, (48, 64, 3), np.uint8)
    after = noise.integers(150, 255, (48, 64, 3), np.uint8)
    for t in range(5):
        two = people(figure(200, 100), figure(450, 100), looks=[1, 2])
        stage(Frame(before, index=t, time=t / 30), two)
    bodies = [figure(x, 100) for x in places_after]
    return bodies, stage(Frame(after, index=5, time=5 / 30), people(*bodies, looks=looks_after))


def test_a_cut_hands_no_id_on_by_place(figure):
    _, found = shots(figure, [3, 4], [200, 450])
    assert found.ids.tolist() == [3, 4]


def test_a_cut_hands_ids_on_by_looks(figure):
    bodies, found = shots(figure, [2, 1], [200, 450])
    assert id_at(found, bodies[0]) == (2, 0)
    assert id_at(found, bodies[1]) == (1, 0)


def test_a_mix_up_in_contact_is_put_right_when_they_part(figure):
    stage = Associate()
    way = [150 + 5 * t for t in range(28)]
    together = [people(figure(x, 100), figure(590 - x, 110), looks=[1, 2]) for x in way]
    # They seem to turn back, and wear each other's clothes: in truth they have passed.
    apart = [people(figure(x, 100), figure(590 - x, 110), looks=[2, 1]) for x in way[::-1]]
    *_, found = film(stage, [*together, *apart])
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, figure(440, 110)) == (1, 0)
    assert found.id_scores.min() > 0.8


def test_whoever_cannot_be_told_from_another_is_reported_as_doubtful(figure):
    stage = Associate()
    way = [150 + 5 * t for t in range(29)]
    moments = [people(figure(x, 100), figure(590 - x, 110), looks=[1, 1]) for x in way]
    *_, touching = film(stage, moments)
    assert touching.ids.tolist() == [1, 2]
    assert touching.id_scores.max() < 0.6


def test_a_body_along_somebodys_limbs_is_nobody_new(figure):
    stage = Associate()
    body = figure(300, 100)
    list(film(stage, [people(body)] * 3))
    (found,) = film(stage, [people(body, body + np.float32(9), ids=[1, -1])], start=0.1)
    assert found.ids.tolist() == [1]


def test_a_weak_reading_is_nobody_new(figure):
    found = Associate()(frame(0), people(figure(300, 100), scores=[0.4]))
    assert len(found) == 0


def test_more_people_than_are_wanted_keep_the_ids_of_the_first(figure):
    stage = Associate(most=2)
    bodies = [figure(60 + 120 * i, 100) for i in range(5)]
    for found in film(stage, [people(*bodies)] * 10):
        assert found.ids.tolist() == [1, 2]


def test_cues_can_be_left_out_and_others_do_not_exist(figure):
    stage = Associate(cues=["motion"])
    list(film(stage, [people(figure(200, 100), looks=[1])] * 5))
    (found,) = film(stage, [people(figure(500, 100), looks=[1])], start=60)
    assert found.ids.tolist() == [2]
    with pytest.raises(UnknownNameError, match="motion"):
        Associate(cues=["motoin"])


def test_where_all_wanted_are_here_nobody_gets_a_third_id(figure):
    stage = Associate(most=2)
    stands, other = figure(300, 100, 260), figure(310, 105, 240)
    list(film(stage, [people(stands, other)] * 10 + [people(stands, ids=[1])] * 20))
    elsewhere = figure(420, 105, 240)
    (found,) = film(stage, [people(stands, elsewhere, ids=[1, -1])], start=1)
    assert found.ids.tolist() == [1, 2]
    assert id_at(found, elsewhere) == (2, 0)


def test_who_falls_and_lands_is_the_same_person(figure):
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
    figure, beside, colour, expected
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


def test_another_body_in_a_followed_region_is_not_the_same_person(figure):
    stage = Associate()
    for index in range(20):
        stage(frame(index / 30), people(figure(300, 100), ids=[1 if index else -1], looks=[0]))
    moved = people(figure(900, 100), ids=[1], looks=[3])
    found = stage(frame(20 / 30), moved)
    assert 1 not in found[found.seen].ids.tolist()


@pytest.mark.parametrize(("wears", "number"), [(1, 1), (3, 2)], ids=["the same", "other"])
def test_a_single_person_who_is_wanted_stays_the_same_unless_their_looks_say_no(
    figure, wears, number
):
    stage = Associate(most=1)
    list(film(stage, [people(figure(100, 100), looks=[1])] * 10))
    (found,) = film(stage, [people(figure(500, 240), looks=[wears])], start=0.5)
    assert found.ids.tolist() == [number]


def test_one_body_where_two_were_is_of_the_one_it_looks_like(figure):
    """The region of whoever is hidden reads the one in front; nobody is alone there."""
    front, behind = figure(300, 100), figure(330, 100)
    stage = Associate()
    list(film(stage, [people(front, behind, looks=[1, 2], ids=[1, 2])] * 10))
    (found,) = film(stage, [people(front, ids=[2], looks=[1])], start=10 / 30)
    seen = found[found.seen]
    assert seen.ids.tolist() == [1]
