"""What a camera draws is where OpenCV draws it, and leads back along the same ray."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from vitruvian.errors import InputError
from vitruvian.geometry.cameras import FOCAL, Camera

LENS = np.array([-0.12, 0.09, 0.001, -0.002, 0.01])


@pytest.fixture
def camera():
    turn = cv2.Rodrigues(np.array([0.2, -0.4, 0.1]))[0]
    plain = Camera.from_field_of_view((1280, 720), 65)
    return replace(plain, distortion=LENS).moved(turn, [0.3, -0.2, 4.0])


@pytest.fixture
def points():
    return np.random.default_rng(1).uniform(-1, 1, (200, 3))


def test_it_draws_where_opencv_does(camera, points):
    turn = cv2.Rodrigues(camera.rotation)[0]
    drawn = cv2.projectPoints(points, turn, camera.translation, camera.matrix, LENS)[0][:, 0]
    np.testing.assert_allclose(camera.project(points), drawn, atol=1e-9)


def test_the_way_back_is_the_same_ray(camera, points):
    way = points - camera.centre
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    np.testing.assert_allclose(camera.rays(camera.project(points)), way, atol=1e-9)


def test_what_is_behind_is_not_drawn(camera):
    behind = camera.centre - camera.rotation[2]
    assert np.isnan(camera.project(behind)).all()
    assert np.isnan(camera.undistort([np.nan, 3.0])).any()


def test_a_guess_is_a_guess():
    camera = Camera.guessed((1080, 1920))
    assert camera.assumed
    assert camera.focal == FOCAL * 1920
    wide = Camera.from_field_of_view((200, 100), 90)
    assert wide.focal == pytest.approx(100)
    assert not wide.assumed


def test_a_film_may_be_scaled_or_trimmed(camera):
    half = camera.fitted((640, 360))
    point = np.array([0.2, -0.3, 0.1])
    np.testing.assert_allclose(half.project(point) * 2, camera.project(point), atol=1e-9)
    trimmed = replace(camera, size=(1088, 1920)).fitted((1080, 1920))
    assert trimmed.size == (1080, 1920)
    np.testing.assert_array_equal(trimmed.matrix, camera.matrix)
    with pytest.raises(InputError, match="1280x720, and the film is 720x1280"):
        camera.fitted((720, 1280))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"matrix": np.eye(2)}, "matrix of left must be"),
        ({"matrix": np.full((3, 3), np.nan)}, "matrix of left must be"),
        ({"rotation": 2 * np.eye(3)}, "is no rotation"),
        ({"rotation": np.diag([1.0, 1.0, -1.0])}, "is no rotation"),
        ({"distortion": np.zeros(14)}, "up to 8 numbers"),
        ({"distortion": np.full(2, np.nan)}, "not NaN"),
        ({"size": (0, 5)}, "more than 0"),
    ],
)
def test_impossible_cameras_are_refused(camera, change, said):
    with pytest.raises(InputError, match=said):
        replace(camera, name="left", **change)
    with pytest.raises(InputError, match="1 to 170"):
        Camera.from_field_of_view((4, 4), 0)
