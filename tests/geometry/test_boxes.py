from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitruvian.geometry.boxes import area, clip, iou, meeting, overlap_of

corners = arrays(np.float32, (4, 2, 2), elements=st.integers(-200, 1000))
boxes = corners.map(lambda pair: np.concatenate([pair.min(1), pair.max(1) + 1], axis=1))


@given(boxes, boxes)
def test_the_share_inside_another_is_a_share_and_larger_than_the_iou(a, b):
    share = overlap_of(a, b)
    assert ((share >= 0) & (share <= 1 + 1e-6)).all()
    assert (share >= iou(a, b) - 1e-6).all()
    np.testing.assert_allclose(np.diag(overlap_of(a, a)), 1, rtol=1e-6)


@given(boxes)
def test_what_lies_wholly_inside_is_inside(a):
    around = a + np.array([-5, -3, 2, 1], np.float32)
    np.testing.assert_allclose(np.diag(overlap_of(a, around)), 1, rtol=1e-6)
    np.testing.assert_allclose(np.diag(iou(a, around)), area(a) / area(around), rtol=1e-5)


@given(boxes)
def test_clipping_stays_inside_and_does_nothing_twice(a):
    inside = clip(a, (640, 480))
    assert ((inside[:, ::2] >= 0) & (inside[:, ::2] <= 640)).all()
    assert ((inside[:, 1::2] >= 0) & (inside[:, 1::2] <= 480)).all()
    np.testing.assert_array_equal(clip(inside, (640, 480)), inside)
    assert (area(inside) <= area(a)).all()


def test_area_by_hand():
    rows = np.array([[0, 0, 2, 3], [5, 5, 4, 9], [1, 1, 1, 9]], np.float32)
    assert area(rows).tolist() == [6, 0, 0]


def test_boxes_that_share_an_area_meet_and_others_do_not():
    places = np.array([[0, 0, 10, 10], [5, 5, 15, 15], [10, 0, 20, 10], [30, 30, 40, 40]], "f4")
    found = meeting(places)
    np.testing.assert_array_equal(found, found.T)
    assert found.diagonal().all()
    assert np.argwhere(np.triu(found, 1)).tolist() == [[0, 1], [1, 2]]
    assert meeting(np.zeros((0, 4), np.float32)).shape == (0, 0)
