"""The demo film: a man jumps about on a roof while a woman walks by."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import vitruvian
from vitruvian import weights
from vitruvian.clip import Clip
from vitruvian.pipeline import Pipeline
from vitruvian.recipe import Recipe

FIRST, LAST = 70, 110
MAN = {70: (628, 60), 90: (658, 75), 110: (698, 95)}
WOMAN = {70: (1310, 545), 90: (1120, 535), 110: (935, 520)}
"""Where their heads are in some frames, read off the picture by eye."""
MAN_BOX = {70: (458, 40, 805, 450), 90: (570, 52, 708, 452), 110: (620, 80, 780, 458)}
WOMAN_BOX = {70: (1270, 525, 1375, 930), 90: (1072, 515, 1183, 925), 110: (855, 505, 993, 925)}


@pytest.fixture(scope="module")
def frames():
    with vitruvian.open(weights.obtain("demo-film")).source as source:
        return list(islice(source, FIRST, LAST + 1))


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Recipe(model="lite").build(stills=False)


@pytest.fixture(scope="module")
def clip(frames, pipeline) -> Clip:
    return Clip.gather("demo.mp4", vitruvian.BLAZEPOSE_33, pipeline.run(frames))


def person_at(clip: Clip, frame: int, head: tuple[int, int]) -> int:
    noses = clip.body.xy[frame - FIRST, :, 0]
    return int(np.nanargmin(np.linalg.norm(noses - head, axis=1)))


def test_both_are_found_and_keep_their_ids(clip):
    for heads in (MAN, WOMAN):
        people = {person_at(clip, frame, head) for frame, head in heads.items()}
        assert len(people) == 1
        (person,) = people
        assert clip.present[:, person].mean() > 0.95
        for frame, head in heads.items():
            nose = clip.body.xy[frame - FIRST, person, 0]
            np.testing.assert_allclose(nose, head, atol=35)


def test_nobody_else_stays(clip):
    assert (clip.present.sum(1) == 2).mean() > 0.9
    assert clip.present.sum(1).max() <= 3


def test_boxes_are_round_the_whole_of_them(clip):
    for boxes, heads in ((MAN_BOX, MAN), (WOMAN_BOX, WOMAN)):
        for frame, box in boxes.items():
            person = person_at(clip, frame, heads[frame])
            np.testing.assert_allclose(clip.boxes[frame - FIRST, person], box, atol=45)


def test_she_walks_to_the_left_without_leaps(clip):
    person = person_at(clip, 90, WOMAN[90])
    hips = clip.body.xy[:, person, 23:25].mean(1)
    steps = np.diff(hips[np.isfinite(hips).all(1)], axis=0)
    assert hips[-1, 0] - hips[0, 0] == pytest.approx(-385, abs=70)
    assert np.abs(steps).max() < 40


def test_they_are_of_human_size_in_metres(clip):
    world = clip.body.world
    thigh = np.linalg.norm(world[:, :, 23] - world[:, :, 25], axis=-1)
    assert 0.25 < np.nanmedian(thigh) < 0.6
    assert np.nanmax(np.abs(world[:, :, [23, 24]].mean(2))) < 0.1


def test_times_are_the_film_s_own(clip, frames):
    np.testing.assert_allclose(clip.times, clip.indices / 30, atol=1e-3)
    assert clip.indices.tolist() == list(range(FIRST, LAST + 1))
    assert clip.size == (1768, 994)


def test_a_second_run_gives_the_same(clip, frames, pipeline):
    again = Clip.gather("demo.mp4", vitruvian.BLAZEPOSE_33, pipeline.run(frames[:6]))
    shared = min(len(again.ids), len(clip.ids))
    np.testing.assert_array_equal(again.body.xy[:, :shared], clip.body.xy[:6, :shared])


def test_one_is_wanted_and_one_is_given(frames):
    run = Recipe(model="lite", people=1).build(stills=False).run(frames[:12])
    assert [people.ids.tolist() for _, people in run] == [[1]] * 12


def test_the_man_is_found_at_once_by_blazepose_s_detector_alone():
    with vitruvian.open(weights.obtain("demo-film"), detector="blazepose") as film:
        _, people = next(iter(film.people()))
    np.testing.assert_allclose(people.body.xy[:, 0], [(653, 100)], atol=35)


def test_a_frame_of_the_film_by_itself_has_both(frames):
    run = Recipe(model="lite").build(stills=True).run([frames[20]])
    ((_, people),) = run
    noses = people.body.xy[:, 0]
    for head in (MAN[90], WOMAN[90]):
        assert np.linalg.norm(noses - head, axis=1).min() < 35
    assert len(people) <= 3
