"""Known bodies before known cameras: they come back, and cameras that lie are found out."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.geometry.cameras import Camera
from vitruvian.lift.points import adjusted, triangulate_points
from vitruvian.lift.triangulate import assigned, triangulate
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks

SIZE = (1280, 960)
TIMES = np.arange(45) / 30
STANDING = {
    "ear": (0.08, 0.0, 1.6), "shoulder": (0.2, 0.02, 1.35), "elbow": (0.22, 0.05, 1.05),
    "wrist": (0.23, -0.05, 0.8), "hip": (0.1, 0.0, 0.85), "knee": (0.1, -0.02, 0.45),
    "ankle": (0.1, 0.03, 0.06), "heel": (0.1, 0.06, 0.02), "foot": (0.1, -0.18, 0.02),
    "index": (0.24, -0.08, 0.7), "pinky": (0.25, -0.04, 0.7), "thumb": (0.21, -0.1, 0.74),
    "eye": (0.03, -0.1, 1.64), "mouth": (0.03, -0.1, 1.56),
}  # fmt: skip


def body(phase, times=TIMES):
    """(T, 33, 3) metres, z up: somebody on a round walk, with arms that swing."""
    rest = np.zeros((33, 3))
    for i, name in enumerate(BLAZEPOSE_33.landmarks):
        part = next((p for p in ("foot", *STANDING) if p in name.split("_")), None)
        side = {"left": 1, "right": -1, "middle": 0}[BLAZEPOSE_33.side(i)]
        rest[i] = STANDING[part] if part else (0, -0.12, 1.6)
        rest[i, 0] *= side
    moved = np.repeat(rest[None], len(times), 0)
    swing = 0.25 * np.sin(5 * times + phase)
    for side, sign in (("left", 1), ("right", -1)):
        for part in ("wrist", "index", "pinky", "thumb"):
            moved[:, BLAZEPOSE_33.index(f"{side}_{part}"), 1] += sign * swing
        moved[:, BLAZEPOSE_33.index(f"{side}_knee"), 1] -= sign * swing / 2
    turn = phase + 0.6 * times
    cos, sin = np.cos(turn), np.sin(turn)
    x, y = moved[..., 0].copy(), moved[..., 1].copy()
    moved[..., 0] = cos[:, None] * x - sin[:, None] * y + 1.2 * np.cos(turn)[:, None]
    moved[..., 1] = sin[:, None] * x + cos[:, None] * y + 1.2 * np.sin(turn)[:, None]
    return moved


def cameras(count=4):
    """Round the room at different heights, each with a lens that bends a little."""
    made = []
    for i in range(count):
        bearing = 2 * np.pi * i / count + 0.3
        place = np.array([5 * np.cos(bearing), 5 * np.sin(bearing), 1.2 + 0.4 * i])
        ahead = np.array([0, 0, 0.9]) - place
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, (0, 0, 1))
        right /= np.linalg.norm(right)
        turn = np.stack([right, np.cross(ahead, right), ahead])
        lens = np.array([-0.05, 0.02, 0.001, -0.001])
        plain = replace(Camera.from_field_of_view(SIZE, 70), distortion=lens, name=f"cam{i}")
        made.append(plain.moved(turn, -turn @ place))
    return made


def filmed(camera, bodies, *, times=TIMES, ids=None, noise=0.0, seed=0):
    """A clip of people (P, T, 33, 3) as a camera shows them."""
    exact = np.stack([camera.project(each) for each in bodies], axis=1)
    xy = (exact + np.random.default_rng(seed).normal(0, noise, exact.shape)).astype(np.float32)
    sure = np.full(xy.shape[:-1], 0.9, np.float32)
    world = np.zeros((*xy.shape[:-1], 3), np.float32)
    boxes = np.concatenate([xy.min(2), xy.max(2)], axis=-1)
    numbers = np.arange(len(times), dtype=np.int64)
    ids = np.arange(1, len(bodies) + 1) if ids is None else np.asarray(ids)
    landmarks = Landmarks(BLAZEPOSE_33, xy, sure, sure, sure, world)
    return Clip(f"{camera.name}.mp4", SIZE, times, numbers, ids, boxes, sure[..., 0], landmarks)


def in_room(result, person=0):
    """(T, 33, 3) in the calibration's axes."""
    clip = result.clip
    there = clip.body.world[:, person].astype(np.float64) + clip.root[:, person][:, None]
    return there @ result.turn


def test_points_come_back_exactly():
    rig, truth = cameras(), body(0.0).reshape(-1, 3)
    xy = np.stack([camera.project(truth) for camera in rig])
    points, error = triangulate_points(rig, xy, np.ones(xy.shape[:2]))
    np.testing.assert_allclose(points, truth, atol=1e-6)
    assert error.max() < 1e-6
    pair, _ = triangulate_points(rig[:2], xy[:2], np.ones((2, len(truth))))
    np.testing.assert_allclose(pair, truth, atol=1e-6)


def test_one_camera_cannot_tell_and_nonsense_is_outvoted():
    rig, truth = cameras(), body(0.0)[::9].reshape(-1, 3)
    xy = np.stack([camera.project(truth) for camera in rig])
    xy[2, ::3] += 150
    points, error = triangulate_points(rig, xy, np.ones(xy.shape[:2]))
    np.testing.assert_allclose(points, truth, atol=2e-3)
    assert error[2, ::3].min() > 100
    xy[1:, 0] = np.nan
    points, _ = triangulate_points(rig, xy, np.ones(xy.shape[:2]))
    assert np.isnan(points[0]).all()
    assert np.isfinite(points[1:]).all()


def test_a_clip_is_the_body_in_the_room():
    rig, truth = cameras(), body(0.5)
    result = triangulate([filmed(camera, [truth]) for camera in rig], rig)
    np.testing.assert_allclose(in_room(result), truth, atol=1e-6)
    assert result.residual < 1e-3
    assert result.offsets == (0, 0, 0, 0)
    # y points down: a head lies over the feet.
    assert (result.clip.body.world[:, 0, 0, 1] < result.clip.body.world[:, 0, 31, 1]).all()
    drawn = rig[0].project(truth)
    np.testing.assert_allclose(result.clip.body.xy[:, 0], drawn, atol=1e-2)
    assert np.linalg.det(result.turn) == pytest.approx(1)


@pytest.mark.parametrize("seed", [0, 1])
def test_three_people_are_matched_over_four_cameras_in_any_order(seed):
    rng = np.random.default_rng(seed)
    rig, people = cameras(), [body(phase) for phase in (0.0, 2.1, 4.2)]
    orders = [rng.permutation(3) for _ in rig]
    clips = [
        filmed(camera, [people[i] for i in order], ids=[10, 20, 30], noise=3, seed=v)
        for v, (camera, order) in enumerate(zip(rig, orders, strict=True))
    ]
    result = triangulate(clips, rig)
    assert len(result.members) == 3
    for person, group in enumerate(result.members):
        who = {int(orders[v][(10, 20, 30).index(i)]) for v, i in group}
        assert len(who) == 1
        assert sorted(v for v, _ in group) == [0, 1, 2, 3]
        off = np.linalg.norm(in_room(result, person) - people[who.pop()], axis=-1)
        assert np.median(off) < 0.02
        assert result.clip.ids[person] == dict(group)[0]


def test_somebody_lost_and_found_again_is_one_person_and_a_stranger_is_left_out():
    rig, truth, stranger = cameras(3), body(0.0), body(3.0)
    clips = [filmed(camera, [truth]) for camera in rig]
    both = filmed(rig[1], [truth, truth, stranger])
    both.scores[20:, 0] = np.nan
    both.scores[:20, 1] = np.nan
    result = triangulate([clips[0], both, clips[2]], rig)
    assert [set(group) for group in result.members] == [{(0, 1), (1, 1), (1, 2), (2, 1)}]
    np.testing.assert_allclose(in_room(result), truth, atol=1e-6)


def test_swapped_legs_and_short_gaps_are_put_right():
    rig, truth = cameras(), body(0.0)
    clips = [filmed(camera, [truth]) for camera in rig]
    both = np.array([[23, 25, 27, 29, 31], [24, 26, 28, 30, 32]])
    clips[1].body.xy[5:15, :, both.ravel()] = clips[1].body.xy[5:15, :, both[::-1].ravel()]
    for clip in clips[1:]:
        clip.scores[20:24] = np.nan
    result = triangulate(clips, rig)
    off = np.linalg.norm(in_room(result) - truth, axis=-1)
    assert off[5:15].max() < 1e-3
    assert np.isfinite(off).all()
    assert off[20:24].max() < 0.05
    assert (result.clip.body.visibility[20:24] == 0).all()
    for clip in clips[1:]:
        clip.scores[10:40] = np.nan
    assert np.isnan(triangulate(clips, rig).clip.scores[12:38]).all()


def test_a_wrong_calibration_is_refused_and_named():
    rig, truth = cameras(), body(0.0)
    clips = [filmed(camera, [truth]) for camera in rig]
    turn = cv2.Rodrigues(np.array([0, np.radians(1.0), 0]))[0]
    off = rig[2].moved(turn @ rig[2].rotation, turn @ rig[2].translation)
    with pytest.raises(InputError, match=r"cam2.mp4 is off by \d+ pixels, 0\.\d+ of a person"):
        triangulate(clips, [rig[0], rig[1], off, rig[3]])
    with pytest.raises(InputError, match=r"no two cameras agree|do not agree"):
        triangulate(clips[:2], [rig[0], replace(rig[2], name="x")])


def test_cameras_that_are_a_little_off_are_put_right():
    rig, people = cameras(), [body(phase) for phase in (0.0, 2.1)]
    clips = [filmed(camera, people, noise=1, seed=v) for v, camera in enumerate(rig)]
    rng = np.random.default_rng(5)
    shaken = []
    for camera in rig:
        turn = cv2.Rodrigues(rng.normal(0, np.radians(0.25), 3))[0]
        shaken.append(camera.moved(turn @ camera.rotation, turn @ camera.translation))
    before, after = triangulate(clips, shaken), triangulate(clips, shaken, adjust=True)
    assert before.residual > 2.5
    assert after.residual < 1.5
    for person in range(2):
        truth = people[person]
        found = in_room(after, person)
        length = [np.linalg.norm(x[:, 11] - x[:, 23], axis=-1).mean() for x in (truth, found)]
        assert length[1] == pytest.approx(length[0], rel=0.02)


def test_adjusting_good_cameras_leaves_them_alone():
    rig, truth = cameras(), body(0.0)[::5].reshape(-1, 3)
    xy = np.stack([camera.project(truth) for camera in rig])
    for one, other in zip(rig, adjusted(rig, xy, np.ones(xy.shape[:2])), strict=True):
        np.testing.assert_allclose(one.centre, other.centre, atol=1e-6)


def test_clocks_that_differ():
    rig = cameras(2)
    long = np.arange(120) / 30
    truth = body(0.0, long) + 0.3 * np.sin(3 * long**1.3)[:, None, None] * (1, 0.5, 0)
    first, second = (filmed(camera, [truth], times=long) for camera in rig)
    late = replace(second, times=second.times + 0.4)
    given = triangulate([first, late], rig, offsets=[0, 0.4])
    np.testing.assert_allclose(in_room(given), truth, atol=1e-4)
    told = triangulate([first, late], rig, offsets="estimate")
    assert told.offsets[1] == pytest.approx(0.4, abs=0.01)
    with pytest.raises(InputError, match="as many offsets"):
        triangulate([first, late], rig, offsets=[0.4])
    with pytest.raises(InputError, match="'estimate'"):
        triangulate([first, late], rig, offsets="guess")
    with pytest.raises(InputError, match="nobody is in cam1"):
        triangulate([first, late], rig, offsets=[0, 99])


def test_clips_find_their_cameras_by_name_or_by_order():
    rig, truth = cameras(3), body(0.0)
    clips = [filmed(camera, [truth]) for camera in rig]
    assert [camera.name for camera in assigned(clips[:0:-1], rig)] == ["cam2", "cam1"]
    strange = [replace(clip, source="a.mp4") for clip in clips]
    assert assigned(strange, rig) == tuple(rig)
    with pytest.raises(InputError, match="2 clips and 3 cameras"):
        assigned(strange[:2], rig)
    with pytest.raises(InputError, match="two cameras and more"):
        triangulate(clips[:1], rig[:1])
    with pytest.raises(InputError, match="calibrated for 1280x960"):
        triangulate([clips[0], replace(clips[1], size=(500, 960))], rig[:2])
