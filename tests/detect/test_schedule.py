from __future__ import annotations

import numpy as np
import pytest

from vitruvian.detect import views
from vitruvian.detect.schedule import WIDER, Schedule
from vitruvian.types import Frame, People

RATE, INPUT, SIZE = 30, 256, (1280, 720)
NEAR, FAR = (640, 360, 400, 0.5), (200, 200, 230, 0)
PICTURE = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)


def people(*places):
    regions = np.array(places, np.float32).reshape(-1, 4)
    return People(
        np.zeros((len(regions), 4), np.float32), np.ones(len(regions), np.float32), regions=regions
    )


def looks(who, seconds, *, moving=False, start=0.0, schedule=None):
    """(time, view) of every look while these people stay."""
    schedule = schedule or Schedule()
    made = []
    for index in range(round(seconds * RATE)):
        frame = Frame(PICTURE, index=index, time=start + index / RATE)
        schedule.note(who, frame.time)
        made += [(frame.time, view) for view in schedule.due(frame, who, INPUT, moving=moving)]
    return made


def is_whole(view):
    return bool(np.allclose(view, views.whole(SIZE, INPUT)))


def is_round(view, place):
    """Whether a view shows the place round somebody, upright."""
    middle = view[:, :2] @ [INPUT / 2, INPUT / 2] + view[:, 2]
    sides = np.linalg.norm(view[:, :2], axis=0) * INPUT
    near = np.allclose(middle, place[:2], atol=1) and np.allclose(
        sides, WIDER * place[2], rtol=0.01
    )
    return bool(near and abs(view[1, 0]) < 1e-6)


def test_whole_frame_and_another_view_take_turns():
    made = looks(people(NEAR), 8)
    whole = [is_whole(view) for _, view in made]
    assert whole == [i % 2 == 0 for i in range(len(made))]
    assert np.diff([time for time, _ in made]).max() < 0.3


def test_every_other_time_the_other_view_is_round_whoever_is_near_the_camera():
    other = [view for _, view in looks(people(NEAR, FAR), 16) if not is_whole(view)]
    beside = [is_round(view, NEAR) for view in other]
    assert abs(sum(beside) - len(other) / 2) <= 1
    assert not any(is_round(view, FAR) for view in other)
    # Tiles and turned frames go on coming, each in its turn.
    rest = {tuple(view.ravel()) for view, near in zip(other, beside, strict=True) if not near}
    assert len(rest) == len(other) - sum(beside)


def test_several_people_near_the_camera_take_turns():
    places = [(300, 300, 420, 0), (900, 300, 420, 0)]
    made = [view for _, view in looks(people(*places), 16)]
    count = [sum(is_round(view, place) for view in made) for place in places]
    assert min(count) >= 3
    assert abs(count[0] - count[1]) <= 1


def test_a_camera_that_moves_does_not_keep_it_to_the_whole_frame():
    made = looks(people(NEAR), 4, moving=True)
    other = [time for time, view in made if not is_whole(view)]
    whole = [time for time, view in made if is_whole(view)]
    assert np.diff(other).max() < 0.5
    assert np.diff(whole).max() < 0.3
    assert len(whole) > len(other)


def test_nobody_in_sight_is_looked_for_in_every_frame_and_later_less():
    schedule = Schedule()
    looks(people(NEAR), 1, schedule=schedule)
    times = sorted({time for time, _ in looks(people(), 3, start=1, schedule=schedule)})
    soon = [time for time in times if time < 1.4]
    assert len(soon) == round(0.4 * RATE)
    later = np.diff([time for time in times if time > 1.7])
    assert later.min() > 0.09
    assert schedule.searching(2)
    assert not schedule.searching(1.2)


@pytest.mark.parametrize("moving", [False, True])
@pytest.mark.parametrize("cut", [False, True])
def test_after_a_cut_the_whole_frame_is_due_at_once(cut, moving):
    schedule = Schedule()
    # Further views are next, and not yet: nobody has been in sight for a while.
    made = looks(people(), 2, schedule=schedule)
    times, last = [time for time, _ in made], is_whole(made[-1][1])
    if not last:
        made += looks(people(), 0.1, start=times[-1] + 0.1, schedule=schedule)
    assert is_whole(made[-1][1])
    if cut:
        schedule.cut()
    frame = Frame(PICTURE, time=made[-1][0] + 0.01)
    due = schedule.due(frame, people(), INPUT, moving=moving)
    assert [is_whole(view) for view in due] == [True] * cut


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (96, 64)])
def test_views_are_of_the_frame_as_large_as_it_is_now(size):
    schedule = Schedule()
    looks(people(NEAR), 4, schedule=schedule)
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    frames = [Frame(picture, time=4 + index * 0.3) for index in range(30)]
    made = [view for f in frames for view in schedule.due(f, people(), INPUT, moving=False)]
    middles = np.array([view[:, :2] @ [INPUT / 2, INPUT / 2] + view[:, 2] for view in made])
    assert len(made) == len(frames)
    assert (middles > 0).all()
    assert (middles < size).all()


def test_in_a_crowd_a_look_takes_in_several_views():
    made = looks(people(NEAR, FAR, (900, 500, 300, 0)), 2)
    times = [time for time, _ in made]
    assert all(times.count(time) == 4 for time in set(times))
