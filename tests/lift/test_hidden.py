from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.lift import lift
from vitruvian.lift.hidden import doubted, strayed
from vitruvian.skeletons import COCO_17, blazepose_to_coco
from vitruvian.types import Landmarks


@pytest.fixture
def two(film):
    """Makes a film of two, so many pixels apart, of whom the first is hidden for a while."""

    def made(aside: float) -> Clip:
        clip, _, _ = film
        body = clip.body
        columns = {name: getattr(body, name).repeat(2, 1) for name in ("z", "presence", "world")}
        xy = np.concatenate([body.xy, body.xy + np.float32([aside, 0])], axis=1)
        visibility = body.visibility.repeat(2, 1)
        visibility[25:35, 0] = 0
        both = Landmarks(body.skeleton, xy=xy, visibility=visibility, **columns)
        return dataclasses.replace(
            clip, ids=np.array([1, 2]), boxes=clip.boxes.repeat(2, 1),
            scores=clip.scores.repeat(2, 1), body=both,
        )  # fmt: skip

    return made


def test_landmarks_beside_a_hidden_stretch_are_not_believed(two):
    visibility = doubted(two(30.0))[0].visibility
    assert np.flatnonzero((visibility[:, 0] == 0).all(-1)).tolist() == list(range(21, 39))
    assert (visibility[:, 1] == 1).all()


def test_they_are_believed_where_nobody_else_is_near(two):
    clip = two(900.0)
    assert doubted(clip)[0].visibility == pytest.approx(clip.body.visibility)


def test_what_strays_to_the_other_body_is_led_through(two):
    clip = two(60.0)
    true = lift(clip).body.world[:, 0]
    strayed = clip.body.xy.copy()
    strayed[22:25, 0] += np.float32([150, 40])
    strayed[25:35, 0] += np.float32([300, 0])
    mixed = dataclasses.replace(clip, body=dataclasses.replace(clip.body, xy=strayed))
    found = lift(mixed)
    assert found.body.world[:, 0] == pytest.approx(true, abs=0.01)
    assert found.body.visibility == pytest.approx(clip.body.visibility)


def test_somebody_of_whom_nothing_else_was_read_is_believed(two):
    clip = two(30.0)
    clip.body.visibility[3:57, 0] = 0
    assert (doubted(clip)[0].visibility[:, 0] > 0).any(-1).sum() == 6


def test_times_that_stand_still_say_nothing(two):
    clip = dataclasses.replace(two(30.0), times=np.zeros(60))
    assert doubted(clip)[0].visibility == pytest.approx(clip.body.visibility)


def leapt(clip, first, last):
    """A clip whose first person was read with arms and legs elsewhere for a while."""
    xy = clip.body.xy.copy()
    xy[first:last, 0, 13:23] += np.float32([200, 150])
    xy[first:last, 0, 25:] += np.float32([200, -150])
    return dataclasses.replace(clip, body=dataclasses.replace(clip.body, xy=xy))


def never_hidden(clip):
    visibility = np.ones_like(clip.body.visibility)
    return dataclasses.replace(clip, body=dataclasses.replace(clip.body, visibility=visibility))


def test_what_is_read_between_two_leaps_beside_somebody_is_not_believed(two):
    clip = leapt(never_hidden(two(60.0)), 20, 25)
    visibility = doubted(clip)[0].visibility
    unseen = np.flatnonzero((visibility[:, 0] == 0).all(-1))
    assert unseen.tolist() == list(range(20, 25))
    assert (visibility[:, 1] == 1).all()


def test_a_leap_is_believed_where_nobody_else_is_near(two):
    clip = leapt(never_hidden(two(900.0)), 20, 30)
    assert (doubted(clip)[0].visibility == 1).all()


def test_17_keypoints_are_doubted_likewise(two):
    clip = leapt(never_hidden(two(60.0)), 20, 25)
    some = list(blazepose_to_coco)
    body = clip.body
    columns = {
        name: getattr(body, name)[:, :, some]
        for name in ("xy", "z", "visibility", "presence", "world")
    }
    body, _ = doubted(dataclasses.replace(clip, body=Landmarks(COCO_17, **columns)))
    visibility = body.visibility
    assert (visibility[20:25, 0] == 0).all()
    assert (visibility[:15] == 1).all()


def kicked(clip):
    """A clip whose first person was read with the left leg elsewhere for a while."""
    xy = clip.body.xy.copy()
    xy[20:28, 0, [25, 27, 29, 31]] += np.float32([250, -200])
    return dataclasses.replace(clip, body=dataclasses.replace(clip.body, xy=xy))


def test_one_limb_that_is_read_on_the_other_body_is_led_past_that(two):
    clip = never_hidden(two(60.0))
    true, found = lift(clip).body.world[:, 0], lift(kicked(clip)).body.world[:, 0]
    assert found == pytest.approx(true, abs=0.06)


def test_one_limb_is_believed_where_nobody_else_is_near(two):
    clip = never_hidden(two(900.0))
    true, found = lift(clip).body.world[:, 0], lift(kicked(clip)).body.world[:, 0]
    assert np.linalg.norm(found - true, axis=-1)[24, 27] > 0.1


def test_only_the_limb_itself_strays_and_only_beside_somebody(two):
    clip = kicked(never_hidden(two(60.0)))
    xy = clip.body.xy[:, 0].astype(np.float64)
    read, beside = np.ones(60, bool), np.ones(60, bool)
    lost = strayed(xy, read, beside, 30.0)
    assert np.flatnonzero(lost.any(0)).tolist() == [25, 27, 29, 31]
    assert np.flatnonzero(lost.any(1)).tolist() == list(range(20, 28))
    assert not strayed(xy, read, ~beside, 30.0).any()
