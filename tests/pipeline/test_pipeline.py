from __future__ import annotations

import numpy as np
import pytest

from vitruvian.associate import Associate
from vitruvian.detect import Survey, Watch
from vitruvian.errors import InputError
from vitruvian.landmark import Landmark, Study
from vitruvian.pipeline import Pipeline
from vitruvian.smooth import Smooth
from vitruvian.types import Frame, People


class Count:
    """Adds one more person than it was given, and notes what it was given."""

    needs: frozenset[str] = frozenset()
    adds = frozenset({"boxes", "scores"})

    def __init__(self):
        self.given = []
        self.resets = 0

    def __call__(self, frame, people):
        self.given.append(len(people))
        n = len(people) + 1
        return People(np.zeros((n, 4), np.float32), np.zeros(n, np.float32))

    def reset(self):
        self.resets += 1


def frames(n):
    return [Frame(np.zeros((4, 4, 3), np.uint8), index=i, time=i / 10) for i in range(n)]


def test_the_first_stage_is_given_the_people_of_the_frame_before():
    first, second = Count(), Count()
    found = [len(people) for _, people in Pipeline([first, second]).run(frames(3))]
    assert found == [2, 4, 6]
    assert (first.given, second.given) == ([0, 2, 4], [1, 3, 5])


def test_pictures_that_stand_alone_know_nothing_of_each_other():
    stage = Count()
    found = [len(people) for _, people in Pipeline([stage], stills=True).run(frames(3))]
    assert found == [1, 1, 1]
    assert stage.given == [0, 0, 0]


def test_every_run_starts_afresh():
    stage = Count()
    pipeline = Pipeline([stage])
    for run in (1, 2):
        assert [len(people) for _, people in pipeline.run(frames(2))] == [1, 2]
        assert stage.resets == run


def test_whoever_has_no_iterable_takes_steps():
    first, second = Count(), Count()
    pipeline = Pipeline([first, second])
    assert [len(pipeline.step(frame)) for frame in frames(3)] == [2, 4, 6]
    pipeline.reset()
    assert len(pipeline.step(frames(1)[0])) == 2
    still = Pipeline([Count()], stills=True)
    assert [len(still.step(frame)) for frame in frames(2)] == [1, 1]


def test_frames_come_out_one_by_one_as_they_go_in():
    taken = []

    def source():
        for frame in frames(3):
            taken.append(frame.index)
            yield frame

    for frame, _ in Pipeline([Count()]).run(source()):
        assert taken[-1] == frame.index


def test_no_stages_find_nobody():
    assert [len(people) for _, people in Pipeline([]).run(frames(2))] == [0, 0]


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        (lambda s: [Landmark(s)], "Landmark needs regions"),
        (lambda s: [Study(s)], "Study needs regions"),
        (lambda s: [Watch([lambda: s]), Associate()], "Associate needs body"),
        (lambda s: [Watch([lambda: s]), Smooth(), Landmark(s)], "Smooth needs body"),
        (lambda s: [Survey([lambda: s]), Landmark(s), Associate()], "Associate needs ids"),
    ],
)
def test_a_wrong_order_is_refused_before_a_frame_is_read(stages, said, make_scene):
    with pytest.raises(InputError, match=f"^{said}, which no stage before it adds$"):
        Pipeline(stages(make_scene([])))


def test_a_picture_is_the_same_whatever_came_before_it(make_scene, figure):
    two, one = [figure(150, 120), figure(450, 140)], [figure(300, 120, arms="up")]
    scene = make_scene(lambda i: one if i % 2 else two)
    pipeline = Pipeline([Survey([lambda: scene]), Study(scene)], stills=True)
    found = [people for _, people in pipeline.run(scene.frames(4))]
    assert [people.ids.tolist() for people in found] == [[1, 2], [1], [1, 2], [1]]
    for early, late in zip(found[:2], found[2:], strict=True):
        np.testing.assert_array_equal(early.body.xy, late.body.xy)
        np.testing.assert_array_equal(early.boxes, late.boxes)
