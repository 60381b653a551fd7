"""One known camera: people stand where they stood, and what is doubtful is said."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.geometry.cameras import Camera
from vitruvian.lift.bones import bone_lengths, stature
from vitruvian.lift.moving import STILL, background_drift, feet_drift
from vitruvian.lift.room import HEIGHT, place
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks

SIZE = (1280, 720)
TIMES = np.arange(60) / 30
TILT = np.radians(15)
UP = 1.8
STANDING = {
    "ear": (0.08, -0.75, 0), "shoulder": (0.2, -0.5, 0), "elbow": (0.22, -0.2, 0),
    "wrist": (0.23, 0.05, -0.05), "index": (0.24, 0.15, -0.08), "pinky": (0.24, 0.15, -0.04),
    "thumb": (0.22, 0.1, -0.09), "hip": (0.1, 0, 0), "knee": (0.1, 0.4, -0.02),
    "ankle": (0.1, 0.8, 0.03), "heel": (0.1, 0.85, 0.05), "foot": (0.1, 0.85, -0.2),
    "eye": (0.03, -0.75, -0.1), "mouth": (0.03, -0.68, -0.1),
}  # fmt: skip
PITCH = np.array([[1, 0, 0], [0, np.cos(TILT), -np.sin(TILT)], [0, np.sin(TILT), np.cos(TILT)]]).T
"""From the room's axes (x right, y down, z ahead) to those of a camera that looks down."""


def standing():
    """(33, 3) metres round the hips, y down."""
    rest = np.zeros((33, 3))
    for i, name in enumerate(BLAZEPOSE_33.landmarks):
        part = next((p for p in ("foot", *STANDING) if p in name.split("_")), None)
        side = {"left": 1, "right": -1, "middle": 0}[BLAZEPOSE_33.side(i)]
        rest[i] = STANDING[part] if part else (0, -0.73, -0.12)
        rest[i, 0] *= side
    return rest


TALL = stature(bone_lengths(standing()[None], np.full((1, 33), 0.1)))


def filmed(camera, paths, *, source="walk.mp4", scale=1.0, slide=0.0):
    """A clip of people whose hips go along paths (P, T, 3) in the room, seen from UP metres."""
    world = np.repeat(standing()[None] @ PITCH.T, len(TIMES), 0)[:, None]
    hips = np.stack([(path + np.array([0, UP, 0])) @ PITCH.T for path in paths], axis=1)
    plain = camera.moved(np.eye(3), np.zeros(3))
    xy = plain.project(world + hips[:, :, None])
    xy = (xy + (slide * TIMES)[:, None, None, None] * (1, 0)).astype(np.float32)
    sure = np.full(xy.shape[:-1], 0.95, np.float32)
    made = np.repeat(world, len(paths), 1).astype(np.float32) * np.float32(scale)
    boxes = np.concatenate([xy.min(2), xy.max(2)], axis=-1)
    body = Landmarks(BLAZEPOSE_33, xy, sure, sure, sure, made)
    root = np.zeros((len(TIMES), len(paths), 3), np.float32)
    return Clip(
        source, SIZE, TIMES, np.arange(len(TIMES)), np.arange(1, len(paths) + 1), boxes,
        sure[..., 0], body, root=root,
    )  # fmt: skip


def stood(x, z):
    """The hips of somebody who stands, (T, 3) with y = 0 on the floor."""
    return np.tile([x, -0.85, z], (len(TIMES), 1)).astype(np.float64)


@pytest.fixture
def camera():
    return Camera.from_field_of_view(SIZE, 60)


def test_people_stand_where_they_stood(camera):
    paths = [stood(-0.8, 3.5), stood(0.9, 5.0)]
    clip = filmed(camera, paths, scale=0.8)
    result = place(clip, camera, {1: TALL, 2: TALL})
    for p, path in enumerate(paths):
        np.testing.assert_allclose(result.clip.root[:, p], path, atol=0.02)
    assert result.notes == ()
    assert result.camera.centre[1] == pytest.approx(-UP, abs=0.02)
    feet = result.clip.body.world[:, 0, 31, 1] + result.clip.root[:, 0, 1]
    np.testing.assert_allclose(feet, 0, atol=0.02)
    assert result.heights == {1: TALL, 2: TALL}


def test_a_way_across_the_room(camera):
    path = np.stack([np.linspace(-1, 1, 60), np.full(60, -0.85), np.linspace(3, 5, 60)], axis=1)
    result = place(filmed(camera, [path]), camera, TALL)
    assert np.linalg.norm(result.clip.root[:, 0] - path, axis=-1).max() < 0.08


def test_a_camera_that_is_known_in_its_room_says_where_down_is(camera):
    known = camera.moved(PITCH, PITCH @ (0, UP, 0))
    result = place(filmed(camera, [stood(0, 4)]), known, TALL)
    np.testing.assert_allclose(result.clip.root[:, 0], stood(0, 4), atol=0.02)


def test_what_is_assumed_is_said(camera):
    result = place(filmed(camera, [stood(0, 4), stood(1, 4)]), None, {2: 1.9})
    assert len(result.notes) == 2
    assert "focal length is assumed" in result.notes[0]
    assert f"assumed to be {HEIGHT} m: id 1" in result.notes[1]
    assert result.heights == {1: HEIGHT, 2: 1.9}


def test_feet_of_somebody_who_stands_tell_of_a_camera_that_moves(camera):
    still, panned = (filmed(camera, [stood(0, 4)], slide=slide) for slide in (0, 60))
    assert feet_drift(still) == 0
    assert feet_drift(panned) == pytest.approx(60 * TIMES[-1] / SIZE[0], rel=0.01)
    assert place(still, camera, TALL).notes == ()
    (note,) = place(panned, camera, TALL).notes
    assert note.startswith("the camera moves: the feet of somebody who stands slides over 9%")


def test_the_background_tells_of_a_camera_that_moves(camera):
    noise = np.random.default_rng(0).integers(0, 255, (90, 160 + 40, 1), np.uint8)
    wide = np.repeat(np.repeat(noise, 8, 0), 8, 1).repeat(3, 2)
    clip = filmed(camera, [stood(0, 4)])

    def frames(pace):
        for index, time in enumerate(TIMES.tolist()):
            shift = round(pace * time)
            yield Frame(np.ascontiguousarray(wide[:, shift : shift + 1280]), index=index, time=time)

    assert background_drift(frames(0), clip) < STILL / 10
    assert background_drift(frames(100), clip) == pytest.approx(100 * 1.8 / 1280, rel=0.1)
    assert np.isnan(background_drift(iter(()), clip))
    blank = (
        Frame(np.zeros((720, 1280, 3), np.uint8), index=i, time=t) for i, t in enumerate(TIMES)
    )
    assert np.isnan(background_drift(blank, clip))
    (note,) = place(clip, camera, TALL, frames=frames(100)).notes
    assert re.search(r"the background slides over 1[345]%", note)


def test_what_cannot_be_placed_is_refused(camera):
    clip = filmed(camera, [stood(0, 4)])
    flat = replace(clip, body=replace(clip.body, world=None))
    for wrong, heights, said in (
        (flat, None, "landmarks with world"),
        (replace(clip, files=("a.jpg",) * len(TIMES)), None, "is pictures"),
        (replace(clip, size=None), None, "is pictures"),
        (clip, 3.5, "between 0.4 and 2.75"),
        (clip, {7: 1.8}, "7 is not in walk.mp4"),
        (replace(clip, size=(720, 1280)), None, "calibrated for 1280x720"),
    ):
        with pytest.raises(InputError, match=said):
            place(wrong, camera, heights)
    clip.body.xy[:] = np.nan
    with pytest.raises(InputError, match=r"nobody in walk\.mp4 is seen whole"):
        place(clip, camera)


def test_somebody_who_is_never_seen_whole_has_no_place(camera):
    clip = filmed(camera, [stood(0, 4), stood(1, 4)])
    clip.body.xy[:, 1, 5] = np.nan
    result = place(clip, camera, TALL)
    np.testing.assert_allclose(result.clip.root[:, 0], stood(0, 4), atol=0.02)
    assert np.isnan(result.clip.root[:, 1]).all()
    assert result.notes == ("person 2 is never seen whole, and has no place",)


def test_feet_that_nobody_sees_make_the_floor_a_guess(camera):
    clip = filmed(camera, [stood(0, 4)])
    clip.body.visibility[..., 27:] = 0.1
    result = place(clip, camera, TALL)
    assert result.notes == ("no foot is seen to rest: the floor is a guess by how people stand",)
    np.testing.assert_allclose(result.clip.root[:, 0], stood(0, 4), atol=0.2)


def test_one_frame_is_enough(camera):
    clip = filmed(camera, [stood(0, 4)])
    one = replace(
        clip, times=TIMES[:1], indices=clip.indices[:1], boxes=clip.boxes[:1],
        scores=clip.scores[:1], body=clip.body[:1], root=clip.root[:1],
    )  # fmt: skip
    np.testing.assert_allclose(place(one, camera, TALL).clip.root[0, 0], (0, -0.85, 4), atol=0.05)
