from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vitruvian.geometry.boxes import iou

corners = arrays(np.float32, (3, 2, 2), elements=st.integers(0, 1000))
boxes = corners.map(lambda pair: np.concatenate([pair.min(1), pair.max(1) + 1], axis=1))


@given(boxes, boxes)
def test_overlap_is_a_share_and_goes_both_ways(a, b):
    table = iou(a, b)
    assert ((table >= 0) & (table <= 1 + 1e-6)).all()
    np.testing.assert_array_equal(table, iou(b, a).T)
    np.testing.assert_array_equal(np.diag(iou(a, a)), 1)


@given(boxes, boxes, st.integers(-500, 500), st.sampled_from([0.5, 2.0, 4.0]))
def test_overlap_does_not_depend_on_where_or_how_large(a, b, shift, scale):
    np.testing.assert_allclose(
        iou(a * scale + shift, b * scale + shift), iou(a, b), rtol=1e-5, atol=1e-6
    )


def test_known_overlaps_and_nothing_for_empty_boxes():
    box = np.array([[0, 0, 2, 2]], np.float32)
    others = np.array([[1, 0, 3, 2], [2, 0, 4, 2], [1, 1, 1, 1]], np.float32)
    np.testing.assert_allclose(iou(box, others), [[1 / 3, 0, 0]], rtol=1e-6)
    assert iou(others[2:], others[2:]).tolist() == [[0.0]]
    assert iou(box[:0], others).shape == (0, 3)
