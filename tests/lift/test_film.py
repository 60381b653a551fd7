from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.errors import InputError
from vitruvian.lift import OnlineLift, lift
from vitruvian.lift.film import height_of
from vitruvian.measure.bodies import body_errors
from vitruvian.skeletons import COCO_17, HAND_21, blazepose_to_coco
from vitruvian.types import Landmarks


def test_lifting_is_smoother_stiffer_and_nearer(film):
    clip, world, _ = film
    before = body_errors(clip.body.world[:, 0], world)
    after = body_errors(lift(clip).body.world[:, 0], world)
    assert after.acceleration < before.acceleration / 10
    assert after.bones < 1
    assert after.sides < 0.5
    assert after.pa_mpjpe < before.pa_mpjpe


def test_the_path_of_the_hips_is_found(film):
    clip, _, path = film
    root = lift(clip).root[:, 0]
    assert np.abs(np.diff(root[[5, -5], 0]) - np.diff(path[[5, -5], 0])) < 0.1
    assert np.median(root[:, 2]) == pytest.approx(3.5, rel=0.12)


def test_a_given_height_is_the_height(film):
    clip, _, _ = film
    for height in (1.2, 1.9):
        assert height_of(lift(clip, height={1: height}), 0) == pytest.approx(height, rel=0.03)


@pytest.mark.parametrize("height", [0.1, 3.0, -1.7, float("nan"), float("inf")])
def test_heights_that_nobody_has_are_refused(film, height):
    with pytest.raises(InputError, match="height must be between"):
        lift(film[0], height=height)


def test_a_height_for_nobody_is_refused(film):
    with pytest.raises(InputError, match="Ana is not in"):
        lift(film[0], height={"Ana": 1.7})


def test_the_clip_that_was_given_stays_as_it_was(film):
    clip, _, _ = film
    kept = clip.body.world.copy()
    lift(clip)
    assert np.array_equal(clip.body.world, kept)
    assert clip.root is None


def test_one_frame_is_lifted(film):
    clip = film[0]
    one = replace(
        clip, times=clip.times[:1], indices=clip.indices[:1], boxes=clip.boxes[:1],
        scores=clip.scores[:1], body=clip.body[:1],
    )  # fmt: skip
    result = lift(one)
    assert np.isfinite(result.body.world).all()
    assert np.isfinite(result.root).all()


def test_gaps_stay_gaps(film):
    clip = film[0]
    gone = slice(20, 27)
    clip.scores[gone] = np.nan
    for column in (clip.body.xy, clip.body.world, clip.body.visibility, clip.body.z):
        column[gone] = np.nan
    result = lift(clip)
    assert np.isnan(result.body.world[gone]).all()
    assert np.isnan(result.root[gone]).all()
    rest = np.r_[0:20, 27:60]
    assert np.isfinite(result.body.world[rest]).all()


def test_whoever_is_believed_to_be_behind_another_goes_on_moving(film):
    clip, world, path = film
    hidden = slice(24, 36)
    clip.scores[hidden] = 0.1
    clip.body.visibility[hidden] = 0
    clip.body.world[hidden] = clip.body.world[23]
    clip.body.xy[hidden] = clip.body.xy[23] + (60, 30)
    result = lift(clip)
    moved = result.body.world[hidden, 0]
    away = np.linalg.norm(moved - world[hidden], axis=-1).mean()
    assert away < np.linalg.norm(clip.body.world[hidden, 0] - world[hidden], axis=-1).mean()
    assert body_errors(moved, world[hidden]).acceleration < 5
    assert np.abs(result.root[hidden, 0, 0] - path[hidden, 0]).max() < 0.1
    assert body_errors(result.body.world[:, 0], world).bones < 1


def test_somebody_seen_from_the_knees_up_is_whole(film):
    clip, world, _ = film
    for column in (clip.body.xy, clip.body.world, clip.body.z):
        column[:, :, 27:] = np.nan
    result = lift(clip).body.world[:, 0]
    assert np.isfinite(result).all()
    known = list(range(27))
    before = body_errors(clip.body.world[:, 0], world, known)
    assert body_errors(result, world, known).pa_mpjpe < before.pa_mpjpe


def test_17_keypoints_without_depth_are_lifted(film):
    clip, world, _ = film
    body = clip.body
    some = list(blazepose_to_coco)
    flat = Landmarks(
        COCO_17, body.xy[:, :, some], np.full_like(body.z[:, :, some], np.nan),
        body.visibility[:, :, some], body.presence[:, :, some],
    )  # fmt: skip
    result = lift(replace(clip, body=flat))
    assert result.body.world.shape == (60, 1, 17, 3)
    away = result.body.world[:, 0, :, :2] - world[:, some, :2]
    assert np.linalg.norm(away, axis=-1).mean() < 0.15


def test_other_skeletons_pictures_and_mixed_sizes_are_refused(film):
    clip = film[0]
    with pytest.raises(InputError, match="not hand-21"):
        lift(replace(clip, body=Landmarks.missing(HAND_21, (60, 1))))
    with pytest.raises(InputError, match="pictures"):
        lift(replace(clip, files=("a.jpg",) * 60))
    with pytest.raises(InputError, match="size"):
        lift(replace(clip, size=None))


def test_the_order_of_people_and_who_else_is_there_change_nothing(film):
    clip = film[0]
    two = replace(
        clip, ids=np.array([1, 2]), boxes=clip.boxes.repeat(2, 1), scores=clip.scores.repeat(2, 1),
        body=Landmarks(clip.body.skeleton, *(
            getattr(clip.body, name).repeat(2, 1)
            for name in ("xy", "z", "visibility", "presence", "world")
        )),
    )  # fmt: skip
    both = lift(two).body.world
    assert np.array_equal(both[:, 0], both[:, 1])
    assert np.array_equal(both[:, 0], lift(clip).body.world[:, 0])


def test_online_gives_each_frame_once_and_late(film):
    clip, world, _ = film
    live = OnlineLift(clip.size, latency=4)
    given = [live(clip.body[t, 0], clip.times[t]) for t in range(24)]
    assert given[:4] == [None] * 4
    assert [each[0] for each in given[4:]] == pytest.approx(clip.times[:20])
    moved = np.stack([each[1] for each in given[4:]])
    before = body_errors(clip.body.world[:20, 0], world[:20])
    assert body_errors(moved, world[:20]).acceleration < before.acceleration / 3
    live.reset()
    assert live(clip.body[0, 0], 0.0) is None


@pytest.mark.parametrize("latency", [-1, 41])
def test_latency_is_bounded(latency):
    with pytest.raises(InputError, match="0 to 40"):
        OnlineLift((10, 10), latency=latency)
