from __future__ import annotations

import numpy as np
import pytest

from vitruvian.lift.bones import BONES, attached, bone_lengths, rigid, stature
from vitruvian.lift.camera import Camera, aim, place
from vitruvian.lift.features import Seen, features, image_scale, moving_mean
from vitruvian.lift.fit import standing as stands
from vitruvian.lift.joints import within_limits
from vitruvian.lift.smoothing import smoothed, vigour


def lengths_of(points):
    return np.linalg.norm(points[:, BONES[:, 0]] - points[:, BONES[:, 1]], axis=-1)


def test_smoothing_keeps_what_is_straight_and_drops_what_shakes():
    time = np.arange(50.0)
    line = (0.3 * time + 2)[:, None]
    assert smoothed(line, np.ones((50, 1)), 0.1) == pytest.approx(line, abs=1e-6)
    noisy = line + np.random.default_rng(0).normal(0, 1, (50, 1))
    calm = smoothed(noisy, np.ones((50, 1)), 0.001)
    assert np.abs(calm - line).mean() < 0.5 * np.abs(noisy - line).mean()
    assert np.abs(np.diff(calm, 2, axis=0)).max() < 0.001


def test_columns_are_smoothed_by_their_own_change():
    noisy = np.random.default_rng(0).normal(0, 1, (50, 1)).repeat(2, 1)
    calm, loose = smoothed(noisy, np.ones((50, 2)), np.array([0.001, 1.0])).T
    assert np.abs(np.diff(calm, 2)).max() < 0.001 < np.abs(np.diff(loose, 2)).max()


def test_a_change_that_is_the_same_at_all_times_is_that_of_all():
    noisy = np.random.default_rng(0).normal(0, 1, (40, 2)).cumsum(0)
    error, change = np.full((40, 2), 0.5), np.array([0.1, 0.7])
    at_each = smoothed(noisy, error, np.tile(change, (38, 1)))
    assert at_each == pytest.approx(smoothed(noisy, error, change), abs=1e-9)


def test_smoothing_knows_no_unit():
    rng = np.random.default_rng(1)
    noisy, error = rng.normal(0, 1, (40, 3)), rng.uniform(0.1, 2, (40, 3))
    change = rng.uniform(0.01, 1, (38, 3))
    metres = smoothed(noisy, error, change)
    assert smoothed(1000 * noisy, 1000 * error, 1000 * change) == pytest.approx(1000 * metres)


def test_smoothing_follows_where_change_is_strong():
    noisy = np.random.default_rng(2).normal(0, 1, (80, 1))
    change = np.where(np.arange(78) < 39, 0.001, 10.0)[:, None]
    result = smoothed(noisy, np.ones((80, 1)), change)
    assert np.abs(np.diff(result[:35], 2, axis=0)).max() < 0.001
    assert np.abs(result - noisy)[45:].mean() < 0.2


def test_vigour_is_strong_while_somebody_moves_and_stays_in_its_bounds():
    path = np.zeros((90, 99))
    wrist, knee = 3 * 15, 3 * 25
    path[40:50, wrist] = np.sin(np.linspace(0, 2 * np.pi, 10))
    found = vigour(path, np.full(99, 0.1), 30.0)
    assert found.shape == (88, 99)
    assert found[:30] == pytest.approx(0.25)
    # The landmark that moves, more than its arm, and that more than the rest of the body.
    assert found[44, wrist] > found[44, 3 * 13] > found[44, knee] > 0.25
    assert found[44, wrist] == found[44, wrist + 1]
    assert vigour(1000 * path, np.full(99, 0.1), 30.0).max() == 25.0
    assert vigour(7 * path, np.full(99, 0.7), 30.0) == pytest.approx(found)


def test_many_paths_are_solved_as_one_by_one():
    rng = np.random.default_rng(2)
    values, error = rng.normal(0, 1, (700, 40)), rng.uniform(0.1, 2, (700, 40))
    change = rng.uniform(0.01, 1, (698, 40))
    alone = [smoothed(values[:, [i]], error[:, [i]], change[:, [i]]) for i in range(40)]
    assert smoothed(values, error, change) == pytest.approx(np.hstack(alone), abs=1e-9)


@pytest.mark.parametrize("where", [0, 1])
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_is_not_smoothed(where, wrong):
    given = [np.ones((20, 3)), np.ones((20, 3))]
    given[where][5, 1] = wrong
    if where == 1 and wrong == np.inf:
        assert smoothed(*given, 1.0) == pytest.approx(np.ones((20, 3)))
    else:
        with pytest.raises(np.linalg.LinAlgError):
            smoothed(*given, 1.0)


def test_smoothing_does_not_lag():
    time = np.arange(90) / 30
    wave = np.sin(2 * np.pi * time)[:, None]
    result = smoothed(wave, np.full((90, 1), 0.01), 0.04)
    shifts = [np.abs(np.roll(result, s) - wave)[5:-5].sum() for s in (-2, -1, 0, 1, 2)]
    assert int(np.argmin(shifts)) == 2


def test_smoothing_bridges_what_is_missing():
    values = np.linspace(0, 1, 30)[:, None]
    error = np.full((30, 1), 0.01)
    broken = values.copy()
    broken[10:15], error[10:15] = 9.0, 1e3
    assert smoothed(broken, error, 0.01) == pytest.approx(values, abs=0.02)


def test_bones_get_one_length_on_both_sides(figure):
    world, _ = figure(40)
    noisy = world + np.random.default_rng(1).normal(0, 0.03, world.shape)
    lengths = bone_lengths(noisy, np.ones((40, 33)))
    result = lengths_of(attached(rigid(noisy, lengths, np.full((40, 33, 3), 0.03)), lengths))
    at = {tuple(sorted(pair)): i for i, pair in enumerate(BONES.tolist())}
    for left, right in (((11, 13), (12, 14)), ((13, 15), (14, 16)), ((23, 25), (24, 26))):
        assert result[:, at[left]] == pytest.approx(result[:, at[right]], abs=1e-9)
        assert np.ptp(result[:, at[left]]) < 1e-9


def test_the_less_sure_end_of_a_bone_moves(figure):
    world, _ = figure(1)
    lengths = bone_lengths(world, np.ones((1, 33)))
    pulled = world.copy()
    pulled[:, 15, 2] += 0.2
    doubt = np.full((1, 33, 3), 0.01)
    doubt[:, 15, 2] = 0.3
    result = rigid(pulled, lengths, doubt)
    assert np.abs(result[0, 13] - world[0, 13]).max() < 0.02
    assert pulled[0, 15, 2] - result[0, 15, 2] > 0.08


def test_stature_follows_the_proportions(figure):
    # Thigh and shank of 0.4 m and a trunk of 0.506 m (0.08 to the side) of 0.779 of the height.
    lengths = bone_lengths(figure()[None], np.ones((1, 33)))
    assert stature(lengths) == pytest.approx((0.4 + 0.4 + 0.506) / 0.779, rel=0.01)


def test_elbows_and_knees_do_not_fold_or_bend_forward(figure):
    body = figure()[None].copy()
    body[0, 15] = body[0, 13] + (0.0, -0.24, 0.01)  # the forearm lies on the upper arm
    body[0, 27] = body[0, 25] + (0.0, 0.37, -0.17)  # the shank goes 25 degrees forward
    body[0, 29] = body[0, 27] + (0.0, 0.05, 0.05)
    body[0, 31] = body[0, 27] + (0.0, 0.05, -0.16)
    result = within_limits(body)[0]
    upper, fore = result[13] - result[11], result[15] - result[13]
    cosine = upper @ fore / np.linalg.norm(upper) / np.linalg.norm(fore)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(150, abs=1)
    assert np.linalg.norm(fore) == pytest.approx(np.linalg.norm(body[0, 15] - body[0, 13]))
    thigh, shank = result[25] - result[23], result[27] - result[25]
    forward = np.degrees(np.arcsin(-shank[2] / np.linalg.norm(shank)))
    assert forward < 16
    assert thigh[1] > 0


def test_poses_within_limits_stay(figure):
    world, _ = figure(30)
    assert within_limits(world) == pytest.approx(world, abs=1e-9)


def test_the_place_is_that_from_which_points_lie_on_their_rays(figure):
    world, path = figure(20)
    points = world + path[:, None]
    rays = points / points[..., 2:]
    assert place(rays, world, np.ones((20, 33))) == pytest.approx(path, abs=1e-6)


def test_feet_that_the_picture_shows_still_stand(figure):
    world, path = figure(40)
    weights = np.ones((40, 33))
    still = path * 0 + (0, 0, 3.0)
    points = world + still[:, None]
    assert (stands(world, points / points[..., 2:], still, weights, 30.0) >= 0).all()
    fast = path.copy()
    fast[:, 0] *= 4
    points = world + fast[:, None]
    assert (stands(world, points / points[..., 2:], fast, weights, 30.0) < 0).all()


def test_the_aimed_camera_looks_at_the_hips_without_a_roll(figure, shown):
    world, path = figure(30)
    points = world + path[:, None] + (0.8, 0.4, 0)
    camera = Camera.assumed((1280, 960))
    xy = shown(points)
    turn = aim(camera, xy, np.ones(30)).turn
    assert turn @ np.swapaxes(turn, 1, 2) == pytest.approx(np.broadcast_to(np.eye(3), turn.shape))
    middle = points[15, 23:25].mean(0)
    seen = turn[15] @ middle
    assert np.abs(seen[:2] / seen[2]).max() < 0.02


def test_scale_is_metres_for_a_unit_of_the_picture(figure):
    world, _ = figure(20)
    ones = np.ones((20, 33))
    seen = Seen(world[..., :2] * 50, world, world[..., 2] * 7, ones, np.ones(20), np.array(200.0))
    assert image_scale(seen) == pytest.approx(np.full(20, 1 / 50))
    inputs, guess = features(seen)
    assert guess == pytest.approx(world)
    assert inputs.shape == (20, 7 * 33 + 2)
    depth, other = (inputs[:, :231].reshape(20, 33, 7)[..., i] for i in (4, 5))
    assert depth == pytest.approx(other, abs=1e-5)


def test_a_moving_mean_is_of_fewer_at_the_ends():
    assert moving_mean(np.array([1.0, 2, 3, 4]), 3) == pytest.approx([1.5, 2, 3, 3.5])
