from __future__ import annotations

import builtins

import numpy as np
import pytest

import vitruvian.compat.mediapipe as mp
from vitruvian.compat.mediapipe.framework.formats import landmark_pb2
from vitruvian.compat.mediapipe.tasks.python.components.containers import (
    BoundingBox,
    Detection,
    NormalizedKeypoint,
    NormalizedLandmark,
)
from vitruvian.compat.mediapipe.tasks.python.vision import (
    HandLandmarksConnections,
    drawing_styles,
    drawing_utils,
)

RED, WHITE, BLUE = drawing_utils.RED_COLOR, drawing_utils.WHITE_COLOR, drawing_utils.BLUE_COLOR
LINE = HandLandmarksConnections.Connection(0, 1)


@pytest.fixture
def canvas():
    return np.zeros((100, 200, 3), np.uint8)


def pair(**second):
    first = NormalizedLandmark(x=0.1, y=0.5)
    return [first, NormalizedLandmark(**({"x": 0.9, "y": 0.5} | second))]


def dots(image, color=RED):
    return sorted({(x // 40) for _, x in np.argwhere((image == color).all(2))})


def test_lines_then_dots_with_a_rim(canvas):
    drawing_utils.draw_landmarks(canvas, pair(), [LINE])
    assert canvas[50, 100].tolist() == list(WHITE)
    assert canvas[50, 22].tolist() == list(RED)
    assert canvas[54, 20].tolist() == list(WHITE)
    assert dots(canvas) == [0, 4]


def test_messages_and_pairs_are_drawn_alike(canvas):
    other = canvas.copy()
    drawing_utils.draw_landmarks(canvas, pair(), [LINE])
    points = landmark_pb2.NormalizedLandmarkList()
    points.landmark.extend(
        landmark_pb2.NormalizedLandmark(x=point.x, y=point.y, z=0) for point in pair()
    )
    mp.solutions.drawing_utils.draw_landmarks(other, points, frozenset({(0, 1)}))
    np.testing.assert_array_equal(canvas, other)


@pytest.mark.parametrize(
    "hidden", [{"visibility": 0.4}, {"presence": 0.4}, {"x": 1.01}, {"y": -0.01}, {"x": None}]
)
def test_what_is_not_in_sight_is_not_drawn(canvas, hidden):
    drawing_utils.draw_landmarks(canvas, pair(**hidden), [LINE])
    assert dots(canvas) == [0]
    assert not canvas[:, 60:].any()


def test_the_edge_belongs_to_the_picture(canvas):
    drawing_utils.draw_landmarks(canvas, pair(x=1.0, y=1.0, visibility=0.5))
    assert dots(canvas) == [0, 4]


def test_specs_by_landmark_and_by_line(canvas):
    spec = drawing_utils.DrawingSpec
    drawing_utils.draw_landmarks(
        canvas,
        pair(),
        [LINE],
        {0: spec(color=BLUE), 1: spec(color=RED)},
        {(0, 1): spec(color=(1, 2, 3), thickness=5)},
    )
    assert dots(canvas, BLUE) == [0]
    assert dots(canvas, RED) == [4]
    assert canvas[52, 100].tolist() == [1, 2, 3]


def test_nothing_is_drawn_where_nothing_is_wanted(canvas):
    drawing_utils.draw_landmarks(canvas, [], [LINE])
    drawing_utils.draw_landmarks(canvas, None)
    drawing_utils.draw_landmarks(canvas, pair(), [LINE], None, None)
    drawing_utils.draw_landmarks(canvas, pair(), None, is_drawing_landmarks=False)
    assert not canvas.any()


def test_what_is_refused(canvas):
    text = "out of range. Invalid connection from landmark #0 to landmark #2"
    with pytest.raises(ValueError, match=text):
        drawing_utils.draw_landmarks(canvas, pair(), [(0, 2)])
    four = np.zeros((10, 10, 4), np.uint8)
    detection = Detection(BoundingBox(1, 1, 3, 3), [])
    for draw in (
        lambda: drawing_utils.draw_landmarks(four, pair()),
        lambda: drawing_utils.draw_detection(four, detection),
        lambda: drawing_utils.draw_axis(four, np.eye(3), np.ones(3)),
    ):
        with pytest.raises(ValueError, match="three channel bgr data"):
            draw()


def test_a_detection_is_a_box_and_points(canvas):
    points = [NormalizedKeypoint(0.5, 0.5), NormalizedKeypoint(2, 2)]
    drawing_utils.draw_detection(canvas, Detection(BoundingBox(10, 20, 60, 50), [], points))
    assert canvas[20, 40].tolist() == canvas[70, 40].tolist() == list(WHITE)
    assert canvas[50, 102].tolist() == list(RED)


def test_axes_point_where_they_should(canvas):
    # In front of the camera, which looks along -z: x goes right, y goes up.
    drawing_utils.draw_axis(canvas, np.eye(3), np.array([0, 0, -0.5]), axis_length=0.2)
    red, green = (np.argwhere((canvas == c).all(2)) for c in (RED, drawing_utils.GREEN_COLOR))
    assert red[:, 1].max() > 130
    assert abs(red[:, 0].mean() - 50) < 3
    assert green[:, 0].min() < 35
    assert abs(green[:, 1].mean() - 100) < 3


def test_styles():
    pose = drawing_styles.get_default_pose_landmarks_style()
    assert set(pose) == set(range(33))
    assert (pose[0].color, pose[11].color, pose[12].color) == (WHITE, (0, 138, 255), (231, 217, 0))
    assert pose[9].color == pose[11].color
    assert pose[0].thickness == 2
    hand = drawing_styles.get_default_hand_landmarks_style()
    assert set(hand) == set(range(21))
    assert {(spec.circle_radius, spec.thickness) for spec in hand.values()} == {(5, -1)}
    assert hand[0] == hand[17] != hand[18]
    lines = drawing_styles.get_default_hand_connections_style()
    assert set(lines) == {(c.start, c.end) for c in HandLandmarksConnections.HAND_CONNECTIONS}
    assert (lines[0, 5].thickness, lines[5, 6].thickness) == (3, 2)
    assert lines[5, 6].color == hand[8].color
    assert mp.solutions.drawing_styles.get_default_pose_landmarks_style() == pose


def test_pixels_of_points():
    place = mp.solutions.drawing_utils._normalized_to_pixel_coordinates
    assert place(0.5, 0.25, 200, 100) == (100, 25)
    assert place(1.0, 0.0, 200, 100) == (199, 0)
    assert place(1.01, 0.5, 200, 100) is None


def test_plotting_needs_matplotlib(monkeypatch):
    plain = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return plain(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        drawing_utils.plot_landmarks(pair())
