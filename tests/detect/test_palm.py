from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from vitruvian import weights
from vitruvian.detect.palm import INPUT_SIZE, PalmFinder, decode
from vitruvian.geometry import warps
from vitruvian.hands import TASKS_TILT
from vitruvian.types import Frame


def written_anchors():
    """SsdAnchorsCalculator: strides 8, 16, 16, 16, two anchors each, equal strides share cells."""
    for stride, count in ((8, 2), (16, 6)):
        cells = INPUT_SIZE // stride
        for y in range(cells):
            for x in range(cells):
                for _ in range(count):
                    yield (x + 0.5) / cells, (y + 0.5) / cells


def test_a_detection_is_decoded_relative_to_its_anchor():
    anchors = list(written_anchors())
    assert len(anchors) == 2016
    raw, logits = np.zeros((2016, 18), np.float32), np.full(2016, -200, np.float32)
    for row, score in ((0, 0.0), (1501, 3.0)):
        logits[row] = score
        raw[row] = np.arange(18) * 1.92
    boxes, keypoints, scores = decode(raw, logits, 0.5)
    assert scores == pytest.approx([0.5, 1 / (1 + np.exp(-3))])
    for box, points, row in zip(boxes, keypoints, (0, 1501), strict=True):
        x, y = anchors[row]
        assert box == pytest.approx((x - 0.01, y - 0.005, x + 0.01, y + 0.025), abs=1e-6)
        expected = [(x + 0.01 * k, y + 0.01 * (k + 1)) for k in range(4, 18, 2)]
        np.testing.assert_allclose(points, expected, atol=1e-6)


def test_nothing_is_found_below_the_bar():
    empty = decode(np.zeros((2016, 18), np.float32), np.full(2016, -1, np.float32), 0.5)
    assert [len(part) for part in empty] == [0, 0, 0]


@pytest.fixture(scope="module")
def palms(data):
    image = cv2.imread(str(data / "mediapipe" / "left_hands.jpg"))[..., ::-1]
    frame = Frame(np.ascontiguousarray(image))
    finder = weights.load("palm-full", PalmFinder)
    return finder.find(frame, warps.letterbox(frame.size, (INPUT_SIZE, INPUT_SIZE)))


def test_palms_are_where_mediapipe_s_own_test_expects_them(data, palms):
    text = (data / "mediapipe" / "hand_detector_result_two_hands.pbtxt").read_text()
    expected = [
        [float(re.search(rf"{name}: (\S+)", part)[1]) for name in ("x_center", "y_center")]
        + [float(re.search(rf"{name}: (\S+)", part)[1]) for name in ("height", "rotation")]
        for part in text.split("hand_rects")[1:]
    ]
    found = palms.regions(TASKS_TILT) / (720, 382, 382, 1)
    assert len(found) == 2
    for rect in expected:
        nearest = found[np.abs(found - rect).sum(1).argmin()]
        np.testing.assert_allclose(nearest, rect, atol=0.01)


def test_without_the_tilt_regions_point_from_the_wrist_to_the_knuckles(palms):
    way = palms.keypoints[:, 2] - palms.keypoints[:, 0]
    angle = np.arctan2(way[:, 0], -way[:, 1])
    np.testing.assert_allclose(palms.regions()[:, 3], angle, atol=1e-5)
    assert len(palms[:1]) == 1
