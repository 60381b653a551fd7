from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.detect import views
from vitruvian.geometry import regions

sizes = st.tuples(st.integers(1, 6000), st.integers(1, 6000))
inputs = st.sampled_from([64, 224, 256, 384])
corner = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


@given(sizes, inputs, st.floats(100, 900), st.integers(1, 40))
def test_tiles_cover_the_frame_and_are_not_too_many(size, input_size, side, most):
    tiles = list(views.tiles(size, input_size, side, most=most))
    assert 1 <= len(tiles) <= most
    points = np.stack([np.linspace(0, size[0], 23), np.linspace(0, size[1], 23)])
    for x in points[0]:
        for y in points[1]:
            assert any(
                -1 <= (x - t[0, 2]) / t[0, 0] <= input_size + 1
                and -1 <= (y - t[1, 2]) / t[1, 1] <= input_size + 1
                for t in tiles
            )


@given(sizes, inputs)
def test_neighbouring_tiles_share_a_strip(size, input_size):
    tiles = list(views.tiles(size, input_size, 300, overlap=0.25))
    side = tiles[0][0, 0] * input_size
    for axis in (0, 1):
        starts = sorted({float(t[axis, 2]) for t in tiles})
        steps = np.diff(starts)
        assert (steps <= side * 0.75 + 0.5).all()


@given(sizes, inputs)
def test_four_quarter_turns_are_none(size, input_size):
    view = views.whole(size, input_size)
    turned = view
    for _ in range(4):
        turned = views.turned(turned, input_size, 1)
    np.testing.assert_allclose(turned, view, rtol=1e-4, atol=1e-2)
    np.testing.assert_array_equal(views.turned(view, input_size, 0), view)
    np.testing.assert_allclose(
        views.turned(views.turned(view, input_size, 1), input_size, 2),
        views.turned(view, input_size, 3),
        rtol=1e-4,
        atol=1e-2,
    )


@given(sizes, inputs, st.integers(1, 3))
def test_a_turned_view_sees_the_same_part_from_another_side(size, input_size, quarters):
    view = views.whole(size, input_size)
    turned = views.turned(view, input_size, quarters)
    ends = regions.apply(view, corner * input_size)
    # The turned input's first corner shows what was the corner `quarters` further clockwise.
    np.testing.assert_allclose(
        regions.apply(turned, corner * input_size),
        np.roll(ends, -quarters, axis=0),
        atol=1e-3 * max(size),
    )
