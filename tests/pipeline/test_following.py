"""Following people through a film: the real stages, a scene instead of the models."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.associate import Associate
from vitruvian.detect import Watch
from vitruvian.landmark import Landmark
from vitruvian.pipeline import Pipeline
from vitruvian.smooth import Smooth
from vitruvian.types import Frame


def film(scene, *, most=None, smooth=False):
    stages = [Watch([lambda: scene], most=most), Landmark(scene), Associate(most=most)]
    return Pipeline([*stages, Smooth()] if smooth else stages)


def ids_of(scene, count, **options):
    return [people.ids.tolist() for _, people in film(scene, **options).run(scene.frames(count))]


def test_while_as_many_as_wanted_are_followed_no_detector_runs(make_scene, figure):
    scene = make_scene(lambda i: [figure(150 + i, 120)])
    assert ids_of(scene, 90, most=1) == [[1]] * 90
    assert set(scene.looks) == {0}
    assert scene.readings < 100


def test_while_everybody_is_in_sight_the_detector_runs_now_and_then(make_scene, figure):
    scene = make_scene([figure(150, 120), figure(450, 140)])
    assert ids_of(scene, 120) == [[1, 2]] * 120
    assert 2 <= len(set(scene.looks)) < 40
    assert max(scene.looks) > 60


def test_how_often_it_runs_is_a_matter_of_time_and_not_of_frames(make_scene, figure):
    looks = []
    for rate in (30, 120):
        scene = make_scene([figure(150, 120)])
        for _ in film(scene).run(scene.frames(4 * rate, rate=rate)):
            pass
        looks.append(len({i for i in scene.looks if i > rate}))
    assert looks[1] <= 1.5 * looks[0] + 2


def test_a_newcomer_is_seen_soon_and_gets_a_new_id(make_scene, figure):
    both = [figure(150, 120), figure(450, 140)]
    scene = make_scene(lambda i: both[:1] if i < 40 else both)
    found = ids_of(scene, 80)
    assert found[39] == [1]
    assert found[60] == [1, 2]
    assert [1, 2] in found[40:58]
    assert all(1 in ids for ids in found)


def test_after_a_loss_the_detector_runs_and_who_comes_back_keeps_the_id(make_scene, figure):
    both = [figure(150, 120), figure(450, 140)]
    scene = make_scene(lambda i: both[:1] if 60 <= i < 66 else both)
    found = ids_of(scene, 90)
    assert found[62] == [1]
    assert found[-1] == [1, 2]
    assert set(scene.looks) & {60, 61, 62}
    assert all(max(ids) <= 2 for ids in found)


def test_nobody_in_sight_is_looked_for_and_then_not_on_every_frame(make_scene, figure):
    scene = make_scene(lambda i: [figure(150, 120)] if i < 10 else [])
    found = ids_of(scene, 200)
    assert found[9] == [1]
    assert found[12] == []
    # Thickly at first, then now and then.
    first = sorted({i for i in scene.looks if 11 <= i < 20})
    assert first[:3] == [11, 12, 13]
    assert np.diff(first).max() <= 3
    assert len({i for i in scene.looks if i >= 100}) < 60


def test_another_person_at_another_place_is_nobody_s_successor(make_scene, figure):
    scene = make_scene(lambda i: [figure(100, 120)] if i < 30 else [figure(540, 160, arms="up")])
    found = ids_of(scene, 60)
    assert found[20] == [1]
    assert found[-1] == [2]


@pytest.mark.parametrize("smooth", [False, True])
def test_ids_stay_while_people_walk_past_each_other(make_scene, figure, smooth):
    def bodies(i):
        return [figure(100 + 5 * i, 100, arms="out"), figure(540 - 5 * i, 180, arms="up")]

    scene = make_scene(bodies)
    ends = [people for _, people in film(scene, smooth=smooth).run(scene.frames(88))]
    assert {tuple(people.ids.tolist()) for people in ends} == {(1, 2)}
    for i, people in enumerate(ends):
        expected = np.stack(bodies(i))
        if people is ends[0]:
            order = [
                int(np.argmin(np.abs(people.body.xy[n] - expected).mean((1, 2)))) for n in (0, 1)
            ]
        gap = np.linalg.norm(people.body.xy - expected[order], axis=-1)
        assert gap.max() < (25 if smooth else 1)


def test_two_who_hold_each_other_stay_two(make_scene, figure):
    both = [figure(300, 120, arms="out"), figure(345, 130, arms="up")]
    scene = make_scene(both)
    assert ids_of(scene, 40) == [[1, 2]] * 40


def test_two_who_lie_across_each_other_stay_two(make_scene, figure):
    both = [figure(300, 120), figure(315, 130, turn=np.pi / 2)]
    scene = make_scene(both)
    assert ids_of(scene, 40) == [[1, 2]] * 40


@pytest.mark.parametrize("most", [None, 2])
def test_whoever_is_hidden_is_looked_for_where_they_are_and_seen_again(make_scene, figure, most):
    front, back = figure(300, 120, arms="out"), figure(345, 130, arms="up")
    scene = make_scene(lambda i: [front] if 20 <= i < 60 else [front, back])
    found = [people for _, people in film(scene, most=most).run(scene.frames(90))]
    assert [people.ids.tolist() for people in found] == [[1, 2]] * 90
    assert not any(people.seen[1] for people in found[20:60])
    assert all(people.seen.all() for people in [*found[:20], *found[66:]])
    looks = {i for i in scene.looks if 30 <= i < 60}
    assert 5 <= len(looks) <= 20  # about every tenth of a second, not at every frame


def test_the_most_wanted_is_kept_to_and_known_people_come_first(make_scene, figure):
    three = [figure(100, 120), figure(300, 130), figure(500, 140)]
    scene = make_scene(lambda i: three[1:2] if i < 20 else three)
    found = [people for _, people in film(scene, most=2).run(scene.frames(60))]
    assert max(len(people) for people in found) == 2
    assert found[-1].ids.tolist() == [1, 2]
    np.testing.assert_allclose(found[-1].body.xy[0], three[1], atol=1)


def test_two_films_at_once_do_not_share_ids(make_scene, figure):
    scenes = [make_scene([figure(150, 120)]), make_scene([figure(400, 120)])]
    runs = [film(scene).run(scene.frames(20)) for scene in scenes]
    for (_, left), (_, right) in zip(*runs, strict=True):
        assert left.ids.tolist() == right.ids.tolist() == [1]


def test_upside_down_people_are_followed(make_scene, figure):
    scene = make_scene(lambda i: [figure(200 + 2 * i, 150, arms="up", turn=np.pi)])
    found = [people for _, people in film(scene).run(scene.frames(40))]
    assert {tuple(people.ids.tolist()) for people in found} == {(1,)}
    assert abs(abs(found[-1].regions[0, 3]) - np.pi) < 0.1


@pytest.mark.parametrize("most", [None, 1])
def test_at_the_start_and_after_a_cut_every_detector_looks_once(make_scene, figure, most):
    """The second one alone sees somebody; where one is wanted and found it is not asked."""
    both = [figure(150, 120), figure(450, 140)]
    scene, first, second = make_scene(both), make_scene(both[:1]), make_scene(both)
    frames = scene.frames(40)
    bright = np.full_like(frames[0].image, 200)
    shots = [*frames[:20], *(Frame(bright, index=f.index, time=f.time) for f in frames[20:])]
    stages = [
        Watch([lambda: first, lambda: second], most=most), Landmark(scene), Associate(most=most)
    ]  # fmt: skip
    found = [people.ids.tolist() for _, people in Pipeline(stages).run(shots)]
    if most is None:
        assert second.looks == [0, 20]
        assert found[0] == [1, 2]
        assert all(len(ids) == 2 for ids in found)
    else:
        assert not second.looks
        assert found[0] == [1]
