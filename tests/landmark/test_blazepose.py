from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitruvian.errors import InputError
from vitruvian.geometry import regions
from vitruvian.landmark import BodyReader
from vitruvian.landmark.blazepose import Reading, decode, project, refine, sigmoid
from vitruvian.runtime import open_session, record
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDING = GOLDEN / "blazepose" / "landmarks-lite.npz"
PLACES = np.array([[144, 161, 256, 0], [256, 168, 256, 0]], np.float32)
JOINTS = {
    "nose": ((80, 40), (188, 55)),
    "left_shoulder": ((95, 56), (202, 69)),
    "right_shoulder": ((64, 55), (174, 70)),
    "left_wrist": ((130, 88), (245, 98)),
    "right_wrist": ((34, 89), (158, 98)),
    "left_hip": ((89, 102), (195, 107)),
    "right_hip": ((72, 102), (178, 107)),
    "left_ankle": ((103, 154), (201, 155)),
    "right_ankle": ((60, 154), (158, 155)),
}
"""Read off the picture by eye: the person on the left, the one on the right."""


@pytest.fixture(scope="module")
def frame(two_people_file) -> Frame:
    """The picture with a border of 64 pixels, as it was when the recording was made."""
    image = cv2.cvtColor(cv2.imread(str(two_people_file)), cv2.COLOR_BGR2RGB)
    return Frame(np.pad(image, [(64, 64), (64, 64), (0, 0)], mode="edge"))


@pytest.fixture(scope="module")
def outputs():
    """What the model gave for the first person, by name."""
    answer = next(iter(open_session(RECORDING)._answers.values()))
    sizes = {195: "landmarks", 1: "flag", 64 * 64 * 39: "heatmap", 117: "world"}
    return {sizes[array.size]: array for array in answer.values()}


def written_refine(points, heatmap):
    """RefineLandmarksFromHeatmapCalculator, cell by cell: kernel 7, least confidence 0.5."""
    height, width, count = heatmap.shape
    moved = [list(point) for point in points.tolist()]
    for k in range(count):
        column, row = int(moved[k][0] * width), int(moved[k][1] * height)
        if not (0 <= column < width and 0 <= row < height):
            continue
        total = x = y = most = 0.0
        for r in range(max(0, row - 3), min(height, row + 4)):
            for c in range(max(0, column - 3), min(width, column + 4)):
                weight = 1 / (1 + math.exp(-heatmap[r, c, k]))
                total, most = total + weight, max(most, weight)
                x, y = x + c * weight, y + r * weight
        if most >= 0.5 and total > 0:
            moved[k][:2] = x / width / total, y / height / total
    return moved


def test_refining_is_mediapipe_s_written_down_once_more(outputs):
    points = outputs["landmarks"].reshape(39, 5)[:, :3] / np.float32(256)
    heatmap = outputs["heatmap"].reshape(64, 64, 39)
    found = refine(points, heatmap)
    np.testing.assert_allclose(found, written_refine(points, heatmap), atol=1e-5)
    assert np.abs(found - points)[:, :2].max() > 1e-3
    np.testing.assert_array_equal(found[:, 2], points[:, 2])


@given(st.integers(0, 10**6), st.floats(-6, 3))
def test_refining_any_heat_also_at_the_rim_and_outside(seed, level):
    rng = np.random.default_rng(seed)
    heatmap = (rng.normal(0, 2, (16, 12, 7)) + level).astype(np.float32)
    points = rng.uniform(-0.3, 1.3, (7, 3)).astype(np.float32)
    np.testing.assert_allclose(refine(points, heatmap), written_refine(points, heatmap), atol=1e-4)


def test_a_landmark_without_heat_stays_where_it_is():
    points = np.full((2, 3), 0.5, np.float32)
    heatmap = np.full((64, 64, 2), -1.0, np.float32)
    heatmap[34, 33, 1] = 5.0
    found = refine(points, heatmap)
    np.testing.assert_array_equal(found[0], points[0])
    assert (found[1, :2] > 0.5).all()


def test_decoding_names_what_the_tensors_mean(outputs):
    reading = decode(
        outputs["landmarks"], outputs["flag"], outputs["heatmap"], outputs["world"], None
    )
    rows = outputs["landmarks"].reshape(39, 5)
    assert reading.score == pytest.approx(float(outputs["flag"].item()))
    np.testing.assert_allclose(reading.points[:, 2], rows[:, 2] / 256, rtol=1e-6)
    for k in range(39):
        assert reading.visibility[k] == pytest.approx(1 / (1 + math.exp(-rows[k, 3])), abs=1e-5)
        assert reading.presence[k] == pytest.approx(1 / (1 + math.exp(-rows[k, 4])), abs=1e-5)
    np.testing.assert_array_equal(reading.world, outputs["world"].reshape(39, 3)[:33])
    assert reading.mask is None
    masked = decode(*outputs_in_order(outputs), mask=np.zeros((1, 256, 256, 1), np.float32))
    assert masked.mask.shape == (256, 256)
    assert (masked.mask == 0.5).all()


def outputs_in_order(outputs):
    return [outputs[name] for name in ("landmarks", "flag", "heatmap", "world")]


def test_sigmoid_does_not_overflow():
    x = np.array([-1e4, -3, 0, 3, 1e4], np.float32)
    np.testing.assert_allclose(sigmoid(x), [0, 0.0474259, 0.5, 0.9525741, 1], atol=1e-6)


def reading_of(seed: int) -> Reading:
    rng = np.random.default_rng(seed)
    sure = np.full(39, 0.8, np.float32)
    points = rng.uniform(0, 1, (39, 3)).astype(np.float32)
    points[33:35, :2] = (0.5, 0.5), (0.5, 0.1)
    return Reading(points, sure, sure, rng.normal(0, 1, (33, 3)).astype(np.float32), 0.9)


@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(20, 800), st.floats(-200, 900))
def test_projection_is_mediapipe_s_written_down_once_more(seed, angle, side, x):
    reading = reading_of(seed)
    body, following = project(reading, np.array([x, 2 * x - 50, side, angle], np.float32))
    cos, sin = math.cos(angle), math.sin(angle)
    for k in range(33):
        u, v, z = (float(value) for value in reading.points[k])
        u, v = (u - 0.5) * side, (v - 0.5) * side
        expected = (u * cos - v * sin + x, u * sin + v * cos + 2 * x - 50)
        np.testing.assert_allclose(body.xy[k], expected, rtol=1e-3, atol=0.02)
        assert body.z[k] == pytest.approx(z * side, rel=1e-4)
        a, b, c = (float(value) for value in reading.world[k])
        turned = (a * cos - b * sin, a * sin + b * cos, c)
        np.testing.assert_allclose(body.world[k], turned, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(following[:2], (x, 2 * x - 50), rtol=1e-3, atol=0.02)
    assert following[2] == pytest.approx(2 * 0.4 * 1.25 * side, rel=1e-3)
    assert abs(np.angle(np.exp(1j * (following[3] - angle)))) < 1e-3


def test_a_reading_is_not_changed_by_laying_it_on_the_picture():
    reading = reading_of(3)
    before = reading.world.copy(), reading.points.copy()
    reading.world.flags.writeable = reading.points.flags.writeable = False
    project(reading, np.array([10, 20, 50, 1], np.float32))
    np.testing.assert_array_equal(reading.world, before[0])
    np.testing.assert_array_equal(reading.points, before[1])


@pytest.mark.parametrize("person", [0, 1])
def test_the_reader_reads_both_people_joint_by_joint_without_weights(frame, person):
    reader = BodyReader(RECORDING)
    (reading,) = reader.read(frame, PLACES[person : person + 1])
    body, following = project(reading, PLACES[person])
    assert reading.score > 0.99
    for name, at in JOINTS.items():
        joint = body.xy[BLAZEPOSE_33.index(name)]
        np.testing.assert_allclose(joint - 64, at[person], atol=8, err_msg=name)
    hips = body.xy[[23, 24]].mean(0)
    np.testing.assert_allclose(following[:2], hips, atol=3)
    assert abs(following[3]) < 0.1
    # In metres, with the hips' midpoint as origin: the size of a person.
    assert np.abs(body.world[[23, 24]].mean(0)).max() < 0.03
    tall = body.world[[27, 28], 1].mean() - body.world[0, 1]
    assert 1.0 < tall < 2.0
    assert body.world[11, 0] > body.world[12, 0]


def test_several_regions_come_back_in_their_order(frame):
    reader = BodyReader(RECORDING)
    alone = [reader.read(frame, PLACES[i : i + 1])[0] for i in (0, 1)]
    for rows in ([0, 1], [1, 0, 1], [0, 0, 1, 1, 0]):
        readings = reader.read(frame, PLACES[rows])
        for row, reading in zip(rows, readings, strict=True):
            np.testing.assert_array_equal(reading.points, alone[row].points)
    assert reader.read(frame, PLACES[:0]) == []
    reader.close()
    reader.close()
    np.testing.assert_array_equal(reader.read(frame, PLACES)[1].points, alone[1].points)
    reader.close()


def test_a_reader_that_has_rested_goes_on_as_before(frame):
    reader = BodyReader(RECORDING)
    before = reader.read(frame, PLACES)
    for _ in range(200):
        reader.rest()
    for one, two in zip(before, reader.read(frame, PLACES), strict=True):
        np.testing.assert_array_equal(one.points, two.points)
    reader.close()


def test_another_model_is_not_taken_for_a_landmark_model():
    with pytest.raises(InputError, match="a pose landmark model takes 1x256x256x3"):
        BodyReader(GOLDEN / "blazepose" / "detector.npz")


def test_a_model_of_the_right_input_and_other_outputs_is_refused(frame, tmp_path):
    class Other:
        inputs = (((1, 256, 256, 3), np.dtype(np.float32)),)

        def run(self, crop):
            return (np.zeros(195, np.float32), np.zeros(5, np.float32))

    path = tmp_path / "other.npz"
    crop = np.zeros((1, 256, 256, 3), np.float32)
    with record(Other(), path) as session:
        session.run(crop)
    black = Frame(np.zeros((256, 256, 3), np.uint8))
    with pytest.raises(InputError, match="gives flag, heatmap, world; this one does not"):
        BodyReader(path).read(black, np.array([[128, 128, 256, 0]], np.float32))
    assert regions.ROI_SCALE == 1.25
