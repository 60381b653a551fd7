"""A hand made of bones and joints is known in every angle: the fit must give it back."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.fit import Articulate, HandFit, bone_lengths, fit_hand, fit_hands
from vitruvian.fit.hand_model import (
    FINGERS,
    LIMITS,
    PALM,
    PROPORTIONS,
    forward,
    hand_frame,
    measured,
    outside,
    roots,
)
from vitruvian.geometry.knuckles import KNUCKLES
from vitruvian.skeletons import BLAZEPOSE_33, HAND_21
from vitruvian.types import Frame, Landmarks, People

RIGHT = np.array(
    [
        [0, 0, 0],
        [2.8, -2, -0.8],
        [2.5, -8.2, 0],
        [0.3, -8.6, 0.2],
        [-1.8, -8, 0],
        [-3.6, -7.2, -0.2],
    ]
)
"""The palm of a right hand that is shown to the camera, fingers up, in centimetres."""
PALM_OF = {"right": RIGHT / 100, "left": RIGHT / 100 * (-1, 1, 1)}
LENGTHS = PROPORTIONS * 0.0646
SIDES = pytest.mark.parametrize("side", ["left", "right"])


def made(side, angles, turn=0.0, lengths=LENGTHS):
    """(T, 21, 3) a hand whose joints have these angles (T, 5, 5)."""
    cos, sin = np.cos(turn), np.sin(turn)
    palm = PALM_OF[side] @ np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
    palm = np.broadcast_to(palm, (len(angles), 6, 3))
    hand = np.zeros((len(angles), 21, 3))
    hand[:, PALM] = palm
    points, _ = forward(roots(palm, right=side == "right"), palm[:, 1:], lengths, angles)
    hand[:, FINGERS[:, 1:]] = points
    return hand


def some_angles(count, seed=0):
    share = np.random.default_rng(seed).uniform(0.1, 0.9, (count, 5, 5))
    angles = LIMITS[..., 0] + share * (LIMITS[..., 1] - LIMITS[..., 0])
    angles[:, 0, 2] = 0
    return angles


def angles_of(hand, side):
    palm = hand[:, PALM].astype(np.float64)
    bases = roots(palm, right=side == "right")
    return measured(bases, palm[:, 1:], hand[:, FINGERS[:, 1:]].astype(np.float64))


def relaxed(count):
    """Fingers that close slowly and never meet."""
    angles = np.zeros((count, 5, 5))
    angles[:, :, 1] = np.linspace(0.1, 0.5, count)[:, None]
    angles[:, :, 3:] = np.linspace(0.2, 0.7, count)[:, None, None]
    return angles


@SIDES
def test_the_frame_points_to_the_thumb_to_the_fingers_and_out_of_the_palm(side):
    thumbward, along, out = hand_frame(PALM_OF[side], right=side == "right").T
    assert thumbward[0] * (1 if side == "right" else -1) > 0.95
    assert along[1] < -0.95
    assert out[2] < -0.95  # towards the camera, to whom the palm is shown


@SIDES
def test_fingers_bend_out_of_the_palm(side):
    angles = np.zeros((1, 5, 5))
    straight = made(side, angles)
    angles[:, 1:, 3] = 1.0
    bent = made(side, angles)
    assert (bent[0, FINGERS[1:, 2:], 2] < straight[0, FINGERS[1:, 2:], 2] - 0.01).all()


@SIDES
def test_angles_are_measured_as_they_were_set(side):
    angles = some_angles(40)
    angles[..., 2] = 0
    angles[:, 0, 3] = np.abs(angles[:, 0, 3]) + 0.3
    found = angles_of(made(side, angles), side)
    np.testing.assert_allclose(found, angles, atol=1e-3)


def test_slopes_are_derivatives():
    palm = np.broadcast_to(PALM_OF["right"], (3, 6, 3))
    bases, angles = roots(palm, right=True), some_angles(3)
    _, slopes = forward(bases, palm[:, 1:], LENGTHS, angles)
    for angle in range(5):
        step = np.zeros(5)
        step[angle] = 1e-6
        after, _ = forward(bases, palm[:, 1:], LENGTHS, angles + step)
        before, _ = forward(bases, palm[:, 1:], LENGTHS, angles - step)
        np.testing.assert_allclose(slopes[..., angle], (after - before) / 2e-6, atol=1e-7)


@SIDES
def test_a_hand_that_is_one_is_left_as_it_is(side):
    hand = made(side, relaxed(20), turn=0.4)
    fitted = fit_hand(
        hand.astype(np.float32), 2000 * hand[..., :2], right=side == "right", steady=0
    )
    expected = hand - hand[:, KNUCKLES].mean(1, keepdims=True)
    assert np.linalg.norm(fitted - expected, axis=-1).max() < 0.004


@pytest.fixture
def trembling():
    """(T, 21, 3) and (T, 21, 2): as a model reads a hand, depth being worst."""
    noise = np.random.default_rng(1).normal(size=(60, 21, 3)) * (0.002, 0.002, 0.006)
    hand = made("right", relaxed(60), turn=0.3)
    xy = 2000 * (hand + noise / 2)[..., :2]
    return (hand + noise).astype(np.float32), xy.astype(np.float32), hand


def test_bones_keep_their_lengths_and_joints_their_limits(trembling):
    raw, xy, _ = trembling
    fitted = fit_hand(raw, xy, right=True)
    lengths = bone_lengths(fitted)
    assert (bone_lengths(raw).std(0) / lengths.mean(0)).mean() > 0.05
    np.testing.assert_allclose(lengths, np.broadcast_to(lengths[0], lengths.shape), rtol=1e-3)
    palm = fitted[:, PALM]
    rays = np.linalg.norm(palm[:, 1:] - palm[:, :1], axis=-1)
    np.testing.assert_allclose(rays, np.broadcast_to(rays[0], rays.shape), rtol=1e-3)
    assert outside(angles_of(fitted, "right"))[..., [0, 1, 3, 4]].max() < 0.01


def test_it_trembles_less_and_lies_nearer_to_the_truth(trembling):
    raw, xy, truth = trembling
    truth = truth - truth[:, KNUCKLES].mean(1, keepdims=True)
    raw = raw - raw[:, KNUCKLES].mean(1, keepdims=True)
    fitted = fit_hand(raw, xy, right=True)

    def jitter(hand):
        return np.linalg.norm(np.diff(hand, 2, axis=0), axis=-1).mean()

    assert jitter(fitted) < 0.5 * jitter(raw)
    assert (
        np.linalg.norm(fitted - truth, axis=-1).mean() < np.linalg.norm(raw - truth, axis=-1).mean()
    )


def test_what_no_finger_can_do_is_undone():
    angles = relaxed(1)
    angles[0, 2, 3] = -1.2  # a middle finger that bends backwards
    hand = made("right", angles)
    assert outside(angles_of(hand, "right"))[0, 2].max() > 1
    fitted = fit_hand(hand.astype(np.float32), 2000 * hand[..., :2], right=True)
    assert outside(angles_of(fitted, "right"))[..., [0, 1, 3, 4]].max() < 0.01


def test_no_finger_goes_through_another():
    hand = made("right", relaxed(1))
    hand[0, FINGERS[1, 1:]] = hand[0, FINGERS[2, 1:]] + 0.001
    fitted = fit_hand(hand.astype(np.float32), 2000 * hand[..., :2], right=True)

    def nearest(shape):
        index, middle = shape[0, FINGERS[1, 1:]], shape[0, FINGERS[2, 1:]]
        return np.linalg.norm(index[:, None] - middle[None], axis=-1).min()

    assert nearest(hand) < 0.002
    assert nearest(fitted) > 0.1 * np.linalg.norm(fitted[0, 9] - fitted[0, 0])


def test_where_no_hand_is_seen_there_is_none(trembling):
    raw, xy, _ = trembling
    raw[10:20] = np.nan
    fitted = fit_hand(raw, xy, right=True)
    assert np.isnan(fitted[10:20]).all()
    assert np.isfinite(fitted[:10]).all()
    assert np.isfinite(fitted[20:]).all()
    assert np.isnan(fit_hand(raw[10:20], xy[10:20], right=True)).all()


def test_frame_by_frame_the_measures_settle(trembling):
    raw, xy, _ = trembling
    fit = HandFit(right=True)
    fitted = np.stack(
        [
            fit(*moment)
            for moment in zip(np.tile(raw, (2, 1, 1)), np.tile(xy, (2, 1, 1)), strict=True)
        ]
    )
    lengths = bone_lengths(fitted[60:])
    np.testing.assert_allclose(lengths, np.broadcast_to(lengths[0], lengths.shape), rtol=1e-3)
    assert outside(angles_of(fitted, "right"))[..., [0, 1, 3, 4]].max() < 0.01


def hands_of(world, xy):
    sure = np.ones(world.shape[:-1], np.float32)
    return Landmarks(HAND_21, xy, sure, sure, sure, world)


def test_a_clip_s_hands_are_fitted_and_its_pixels_stay(trembling):
    raw, xy, _ = trembling
    lead = (len(raw), 1)
    clip = Clip(
        "film",
        (640, 480),
        np.arange(60) / 30,
        np.arange(60),
        np.array([1]),
        np.zeros((*lead, 4), np.float32),
        np.ones(lead, np.float32),
        Landmarks.missing(BLAZEPOSE_33, lead),
        right_hand=hands_of(raw[:, None], xy[:, None]),
    )
    fitted = fit_hands(clip)
    assert fitted.left_hand is None
    np.testing.assert_array_equal(fitted.right_hand.xy, clip.right_hand.xy)
    np.testing.assert_array_equal(fitted.right_hand.world[:, 0], fit_hand(raw, xy, right=True))


def people_with(raw, xy):
    return People(
        np.zeros((1, 4), np.float32),
        np.ones(1, np.float32),
        np.array([4]),
        left_hand=Landmarks.missing(HAND_21, (1,)),
        right_hand=hands_of(raw[None], xy[None]),
    )


@pytest.mark.parametrize("stills", [False, True])
def test_the_stage_learns_in_a_film_and_not_between_pictures(trembling, stills):
    raw, xy, _ = trembling
    stage, fit = Articulate(stills=stills), HandFit(right=True)
    for index in range(5):
        frame = Frame(np.zeros((9, 9, 3), np.uint8), index=index, time=index / 30)
        found = stage(frame, people_with(raw[index], xy[index]))
        if stills:
            fit = HandFit(right=True)
        np.testing.assert_array_equal(found.right_hand.world[0], fit(raw[index], xy[index]))
        assert np.isnan(found.left_hand.world).all()
