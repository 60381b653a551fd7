from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry.anchors import grid


def test_count_and_order_are_mediapipe_s():
    anchors = grid(224, [(8, 2), (16, 2), (32, 6)])
    expected = [
        ((x + 0.5) / cells, (y + 0.5) / cells)
        for cells, per_cell in ((28, 2), (14, 2), (7, 6))
        for y in range(cells)
        for x in range(cells)
        for _ in range(per_cell)
    ]
    assert len(expected) == 2254
    np.testing.assert_allclose(anchors, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "layers", "count"),
    [(192, [(8, 2), (16, 6)], 2016), (128, [(8, 2), (16, 6)], 896), (100, [(32, 1)], 16)],
)
def test_other_detectors_counts(size, layers, count):
    anchors = grid(size, layers)
    assert anchors.shape == (count, 2)
    assert anchors.dtype == np.float32
    assert ((anchors > 0) & (anchors < 1)).all()
