from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.detect import BlazePoseFinder, Finder
from vitruvian.detect.blazepose import decode, weighted_nms
from vitruvian.runtime import open_session
from vitruvian.types import Frame

RECORDING = Path(__file__).parents[1] / "golden" / "blazepose" / "detector.npz"
VIEW = np.array([[1, 0, 80], [0, 1, 48]], np.float32)


@pytest.fixture(scope="module")
def frame(two_people_file) -> Frame:
    """The picture with a border of 64 pixels, as it was when the recording was made."""
    image = cv2.cvtColor(cv2.imread(str(two_people_file)), cv2.COLOR_BGR2RGB)
    return Frame(np.pad(image, [(64, 64), (64, 64), (0, 0)], mode="edge"))


@pytest.fixture(scope="module")
def recorded():
    """The detector's two outputs for two_people.png."""
    answers = open_session(RECORDING)._answers
    ((raw, logits),) = (sorted(a.values(), key=lambda x: -x.size) for a in answers.values())
    return raw[0], logits.ravel()


def written_decode(raw, logits, min_score):
    """TensorsToDetectionsCalculator, one anchor after the other."""
    centres = [
        ((x + 0.5) / cells, (y + 0.5) / cells)
        for cells, per_cell in ((28, 2), (14, 2), (7, 6))
        for y in range(cells)
        for x in range(cells)
        for _ in range(per_cell)
    ]
    found = []
    for (ax, ay), row, logit in zip(centres, raw.tolist(), logits.tolist(), strict=True):
        score = 1 / (1 + math.exp(-min(max(logit, -100), 100)))
        if score < min_score:
            continue
        x, y, w, h = row[0] / 224 + ax, row[1] / 224 + ay, row[2] / 224, row[3] / 224
        box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
        points = [[row[i] / 224 + ax, row[i + 1] / 224 + ay] for i in (4, 6, 8, 10)]
        found.append((box, points, score))
    return found


def overlap(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
    return both / union if union > 0 else 0


def written_nms(found, threshold):
    """NonMaxSuppressionCalculator with WEIGHTED, one detection after the other."""
    rest, kept = sorted(found, key=lambda one: -one[2]), []
    while rest:
        best = rest[0]
        group = [best] + [one for one in rest[1:] if overlap(best[0], one[0]) > threshold]
        rest = [one for one in rest[1:] if overlap(best[0], one[0]) <= threshold]
        total = sum(one[2] for one in group)
        box = [sum(one[0][i] * one[2] for one in group) / total for i in range(4)]
        points = [
            [sum(one[1][k][i] * one[2] for one in group) / total for i in (0, 1)] for k in range(4)
        ]
        kept.append((box, points, best[2]))
    return kept


@pytest.mark.parametrize("min_score", [0.0001, 0.01, 0.5])
def test_decoding_is_mediapipe_s_written_down_once_more(recorded, min_score):
    faces, points, scores = decode(*recorded, min_score)
    expected = written_decode(*recorded, min_score)
    assert len(expected) > 3
    assert len(scores) == len(expected)
    np.testing.assert_allclose(faces, [one[0] for one in expected], atol=1e-5)
    np.testing.assert_allclose(points, [one[1] for one in expected], atol=1e-5)
    np.testing.assert_allclose(scores, [one[2] for one in expected], atol=1e-6)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_blending_is_mediapipe_s_written_down_once_more(recorded, threshold):
    found = weighted_nms(*decode(*recorded, 0.01), threshold)
    expected = written_nms(written_decode(*recorded, 0.01), threshold)
    assert len(found[2]) == len(expected)
    for column, values in zip(found, zip(*expected, strict=True), strict=True):
        np.testing.assert_allclose(column, values, atol=1e-5)


boxes = st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 15)] * 2, st.integers(1, 100))


@given(st.lists(boxes, min_size=1, max_size=12, unique_by=lambda box: box[4]))
def test_blending_any_boxes(rows):
    table = np.array(rows, np.float32).reshape(-1, 5)
    faces = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], 1)
    points = np.tile(faces[:, None, :2], (1, 4, 1))
    scores = table[:, 4] / 100
    found = weighted_nms(faces, points, scores, 0.45)
    listed = zip(faces.tolist(), points.tolist(), scores.tolist(), strict=True)
    expected = written_nms(list(listed), 0.45)
    assert len(found[2]) == len(expected)
    for column, values in zip(found, zip(*expected, strict=True), strict=True):
        np.testing.assert_allclose(column, values, rtol=1e-4, atol=1e-4)
    assert (np.diff(found[2]) <= 0).all()


def test_blending_nothing_gives_nothing():
    none = np.zeros((0, 4), np.float32), np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32)
    assert [column.shape for column in weighted_nms(*none)] == [(0, 4), (0, 4, 2), (0,)]


def test_the_ends_of_the_scale_are_no_trouble(recorded):
    assert len(decode(*recorded, 1.0)[2]) == 0
    assert len(decode(*recorded, 0.0)[2]) > len(decode(*recorded, 0.001)[2]) > 0


def test_the_finder_finds_both_people_without_weights(frame):
    finder: Finder = BlazePoseFinder(RECORDING)
    found = finder.find(frame, VIEW)
    assert len(found) == 2
    left, right = found.regions[np.argsort(found.regions[:, 0])]
    # Their hips in the picture, and standing upright.
    np.testing.assert_allclose(left[:2] - 64, (81, 102), atol=6)
    np.testing.assert_allclose(right[:2] - 64, (187, 107), atol=6)
    assert np.abs(found.regions[:, 3]).max() < 0.1
    assert ((found.regions[:, 2] > 140) & (found.regions[:, 2] < 260)).all()
    assert found.scores.min() > 0.9
    assert np.isnan(found.keypoints).all()
    assert len(BlazePoseFinder(RECORDING, min_score=0.999).find(frame, VIEW)) == 0
