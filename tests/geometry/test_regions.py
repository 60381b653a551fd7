from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.geometry import regions
from vitruvian.skeletons import COCO_17

SHOULDERS = (COCO_17.index("left_shoulder"), COCO_17.index("right_shoulder"))
HIPS = (COCO_17.index("left_hip"), COCO_17.index("right_hip"))

pixels = st.floats(-500, 2500, width=32)
region = st.tuples(pixels, pixels, st.floats(4, 2000, width=32), st.floats(-3, 3, width=32)).map(
    lambda values: np.array(values, np.float32)
)


@given(region, st.sampled_from([64, 224, 256]))
def test_the_map_takes_the_crop_s_corners_to_the_region_s(place, size):
    ends = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float32)
    found = regions.apply(regions.affine(place, size), ends)
    x, y, side, angle = place.astype(float)
    right = np.array([np.cos(angle), np.sin(angle)]) * side / 2
    down = np.array([-np.sin(angle), np.cos(angle)]) * side / 2
    ways = np.stack([-right - down, right - down, right + down, down - right])
    np.testing.assert_allclose(found, ways + np.array([x, y]), atol=0.02)


@given(region)
def test_the_map_takes_the_middle_to_the_middle_and_keeps_shape(place):
    matrix = regions.affine(place, 256)
    middle = regions.apply(matrix, np.array([128, 128], np.float32))
    np.testing.assert_allclose(middle, place[:2], atol=0.02)
    scale = place[2] / 256
    np.testing.assert_allclose(matrix[:, :2].T @ matrix[:, :2], np.eye(2) * scale**2, atol=1e-3)
    assert np.linalg.det(matrix[:, :2]) > 0


@given(region)
def test_a_region_comes_back_from_its_own_alignment_points(place):
    matrix = regions.affine(place, 256)
    # The circle is smaller than the region by ROI_SCALE, and its top lies above the centre.
    top = np.array([128, 128 - 128 / regions.ROI_SCALE], np.float32)
    rim = regions.apply(matrix, top)
    again = regions.from_alignment(place[None, :2], rim[None])[0]
    np.testing.assert_allclose(again[:3], place[:3], rtol=1e-3, atol=0.05)
    turn = np.angle(np.exp(1j * (again[3] - place[3])))
    assert abs(turn) < 0.05


@pytest.mark.parametrize(
    ("rim", "angle"),
    [
        ((100, 20), 0.0),  # head above the hips: upright
        ((180, 100), np.pi / 2),  # head to the right: turned clockwise by a quarter
        ((20, 100), -np.pi / 2),  # head to the left
        ((100, 180), -np.pi),  # upside down; MediaPipe's range is [-pi, pi)
        ((180, 20), np.pi / 4),
        ((20, 180), -3 * np.pi / 4),
    ],
)
def test_rotation_is_mediapipe_s_by_hand(rim, angle):
    centre, rim = np.array([[100, 100]], np.float32), np.array([rim], np.float32)
    ((x, y, side, turn),) = regions.from_alignment(centre, rim)
    assert (x, y) == (100, 100)
    assert side == pytest.approx(2 * 1.25 * np.linalg.norm(rim - centre), rel=1e-6)
    assert turn == pytest.approx(angle, abs=1e-6)
    assert -np.pi <= turn < np.pi


def test_the_region_of_mediapipe_s_own_picture():
    # pose.jpg is 1000 x 667; points and rectangle are those that MediaPipe's tests expect.
    size = np.array([1000, 667], np.float32)
    centre = np.array([[0.49192297, 0.7013345]], np.float32) * size
    rim = np.array([[0.48453212, 0.32265595]], np.float32) * size
    ((x, y, side, angle),) = regions.from_alignment(centre, rim)
    np.testing.assert_allclose([x, y], centre[0])
    assert side / size[0] == pytest.approx(0.6317167, abs=1e-4)
    assert side / size[1] == pytest.approx(0.9471016, abs=1e-4)
    assert angle == pytest.approx(-0.029253244, abs=1e-4)


bodies = st.lists(st.tuples(pixels, pixels), min_size=17, max_size=17).map(
    lambda points: np.array([points], np.float32)
)


@given(bodies)
def test_a_region_from_landmarks_covers_them_all(xy):
    centre = xy[:, list(HIPS)].mean(1)
    if np.linalg.norm(xy[:, list(SHOULDERS)].mean(1) - centre) < 1:
        return
    (place,) = regions.from_landmarks(xy, SHOULDERS, HIPS)
    reach = np.linalg.norm(xy[0] - place[:2], axis=1).max()
    assert reach <= place[2] / 2 * 1.001 + 0.01


def test_landmarks_that_are_not_trusted_do_not_stretch_the_region():
    xy = np.full((2, 17, 2), np.nan, np.float32)
    xy[:, SHOULDERS[0]], xy[:, SHOULDERS[1]] = (110, 50), (90, 50)
    xy[:, HIPS[0]], xy[:, HIPS[1]] = (105, 100), (95, 100)
    xy[1, COCO_17.index("left_ankle")] = (100, 200)
    short, tall = regions.from_landmarks(xy, SHOULDERS, HIPS)
    np.testing.assert_allclose(short[:2], (100, 100))
    assert short[3] == pytest.approx(0, abs=1e-6)
    assert tall[2] == pytest.approx(2 * 1.25 * 100)
    assert 0 < short[2] < tall[2]
    xy[0, HIPS[0]] = np.nan
    assert np.isnan(regions.from_landmarks(xy, SHOULDERS, HIPS)[0]).any()


def test_nobody_gives_no_regions():
    assert regions.from_landmarks(np.zeros((0, 17, 2), np.float32), SHOULDERS, HIPS).shape == (0, 4)
    assert regions.usable(np.zeros((0, 4), np.float32)).shape == (0,)


def test_a_region_that_is_unknown_or_tiny_is_of_no_use():
    places = np.array([[5, 5, 90, 0], [5, 5, 2, 0], [5, np.nan, 90, 0]], np.float32)
    assert regions.usable(places).tolist() == [True, False, False]
