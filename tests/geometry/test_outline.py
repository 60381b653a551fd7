from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.geometry.outline import body_boxes
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks

K = len(BLAZEPOSE_33)


def body(xy: np.ndarray) -> Landmarks:
    flat = np.zeros(xy.shape[:-1], np.float32)
    return Landmarks(BLAZEPOSE_33, xy.astype(np.float32), flat, flat, flat)


def standing() -> np.ndarray:
    """Somebody who stands upright: 300 pixels from the ears to the toes, torso of 100."""
    height = {"eye": 0, "ear": 0, "mouth": 12, "shoulder": 50, "elbow": 90, "wrist": 130}
    height |= {"hip": 150, "knee": 220, "ankle": 290, "heel": 298, "foot": 300}
    height |= {"pinky": 140, "index": 142, "thumb": 138, "nose": 5}
    xy = np.zeros((1, K, 2), np.float32)
    for i, name in enumerate(BLAZEPOSE_33.landmarks):
        side = {"left": 20, "right": -20, "middle": 0}[BLAZEPOSE_33.side(i)]
        part = next(word for word in name.split("_") if word in height)
        xy[0, i] = (100 + side, 60 + height[part])
    return xy


@given(st.integers(0, 10**6))
def test_the_box_holds_every_landmark_with_room(seed):
    xy = np.random.default_rng(seed).uniform(-50, 900, (3, K, 2)).astype(np.float32)
    boxes = body_boxes(body(xy))
    assert boxes.shape == (3, 4)
    assert (boxes[:, None, :2] <= xy).all()
    assert (boxes[:, None, 2:] >= xy).all()


def test_the_crown_is_above_the_ears_and_moves_with_the_body():
    xy = standing()
    (x0, y0, x1, y1) = body_boxes(body(xy))[0]
    crown = xy[..., 1].min() - y0
    assert 15 < crown < 60
    assert 0 < y1 - xy[..., 1].max() < 20
    wider = standing()
    wider[..., 0] = 100 + 3 * (wider[..., 0] - 100)
    left, _, right, _ = body_boxes(body(wider))[0]
    assert 0 < wider[..., 0].min() - left < 20
    assert 0 < right - wider[..., 0].max() < 20
    moved = body_boxes(body(xy * 3 + 7))[0]
    np.testing.assert_allclose(moved, np.array([x0, y0, x1, y1]) * 3 + 7, rtol=1e-5)


def test_upside_down_the_crown_is_below():
    xy = standing()
    xy[..., 1] = 500 - xy[..., 1]
    _, y0, _, y1 = body_boxes(body(xy))[0]
    assert y1 - xy[..., 1].max() > 15
    assert 0 < xy[..., 1].min() - y0 < 20


def test_nobody_has_no_boxes():
    assert body_boxes(body(np.zeros((0, K, 2)))).shape == (0, 4)


@pytest.mark.parametrize("lying", [False, True])
def test_who_is_seen_from_the_side_is_as_broad_as_a_body(lying):
    xy = standing()
    xy[..., 0] = 100 + 0.05 * (xy[..., 0] - 100)
    if lying:
        xy = xy[..., ::-1].copy()
    (x0, y0, x1, y1) = body_boxes(body(xy))[0]
    width, length = (y1 - y0, x1 - x0) if lying else (x1 - x0, y1 - y0)
    assert 0.3 < width / length < 0.5
    middle = (y0 + y1) / 2 if lying else (x0 + x1) / 2
    assert middle == pytest.approx(100, abs=3)
