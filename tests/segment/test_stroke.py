from __future__ import annotations

import numpy as np
import pytest

from vitruvian import InputError, Stroke, UnknownNameError
from vitruvian.segment.stroke import drawn, inside


@pytest.mark.parametrize(
    "points", [[1, 2], [(1, 2, 3)], [], [(np.nan, 1)], [(np.inf, 1)], "ab", [("a", "b")], None]
)
def test_points_that_are_none_are_refused(points):
    with pytest.raises(InputError, match="stroke needs"):
        Stroke(points)


def test_a_lasso_of_two_points_is_refused():
    with pytest.raises(InputError, match="three points or more"):
        Stroke([(1, 1), (5, 5)], "lasso")


def test_an_unknown_kind_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="'include'"):
        Stroke([(1, 1)], "includ")


@pytest.mark.parametrize("point", [(-1, 5), (5, -1), (40, 5), (5, 30)])
def test_a_click_outside_of_the_picture_is_refused_and_names_the_size(point):
    with pytest.raises(InputError, match="outside of the picture; it is 40 x 30"):
        Stroke([(5, 5), point]).check((40, 30))


def test_a_lasso_may_reach_out_of_the_picture():
    Stroke([(-5, -5), (60, -5), (20, 60)], "lasso").check((40, 30))


def test_the_brush_grows_with_the_picture_and_draws_one_kind_only():
    small = drawn([Stroke([(50, 50)]), Stroke([(10, 10)], "exclude")], "include", (100, 100))
    large = drawn([Stroke([(500, 500)])], "include", (1000, 1000))
    assert small[50, 50]
    assert not small[10, 10]
    assert 0 < small.sum() < large.sum()


def test_a_stroke_is_one_line_and_a_lasso_is_what_it_encloses():
    line = drawn([Stroke([(10, 20), (80, 20)])], "include", (100, 50))
    assert line[20, 10:80].all()
    corners = [(10, 10), (30, 10), (30, 30), (10, 30)]
    assert not drawn([Stroke(corners)], "include", (100, 50))[20, 10]
    lasso = Stroke(corners, "lasso")
    assert drawn([lasso], "lasso", (100, 50))[20, 10]
    ring = inside([lasso], (100, 50))
    assert ring[12:28, 12:28].all()
    assert not ring[:8].any()
    assert inside([Stroke([(1, 1)])], (100, 50)) is None
