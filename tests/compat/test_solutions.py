from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import vitruvian
import vitruvian.compat.mediapipe as mp
from vitruvian.compat.mediapipe.framework.formats import classification_pb2, landmark_pb2

POSE, HANDS = mp.solutions.pose, mp.solutions.hands


def xy(landmarks):
    return np.array([(point.x, point.y) for point in landmarks.landmark])


def test_one_person_in_a_picture(photo, ours):
    with POSE.Pose(static_image_mode=True, model_complexity=0, enable_segmentation=True) as pose:
        results = pose.process(photo)
    frame, people = ours(photo, model="lite", people=1, masks=True)
    points = results.pose_landmarks.landmark
    assert isinstance(results.pose_landmarks, landmark_pb2.NormalizedLandmarkList)
    assert len(points) == len(results.pose_world_landmarks.landmark) == 33
    np.testing.assert_allclose(
        xy(results.pose_landmarks) * frame.size, people.body.xy[0], atol=1e-3
    )
    nose = points[POSE.PoseLandmark.NOSE]
    assert nose.HasField("visibility")
    assert not nose.HasField("presence")
    assert results.segmentation_mask.shape == photo.shape[:2]
    assert results.segmentation_mask.dtype == np.float32
    np.testing.assert_array_equal(results.segmentation_mask, people.masks[0])


def test_a_film_is_followed_and_its_masks_are_steadied(photo):
    frames = [np.roll(photo, 2 * i, axis=1) for i in range(3)]

    def masks(**options):
        with POSE.Pose(model_complexity=0, enable_segmentation=True, **options) as pose:
            results = [pose.process(frame) for frame in frames]
        assert all(result.pose_world_landmarks for result in results)
        return [result.segmentation_mask for result in results]

    steady, raw = masks(), masks(smooth_segmentation=False)
    np.testing.assert_array_equal(steady[0], raw[0])
    # What is sure stays as it is; what is not leans on what was there before.
    unsure = np.abs(raw[1] - 0.5) < 0.05
    change = np.abs(steady[1] - raw[1])
    assert change[(raw[1] > 0.999) | (raw[1] < 0.001)].mean() < 0.01
    assert change[unsure].mean() > 0.01


def test_nobody(blank):
    pixels = blank.numpy_view()
    with POSE.Pose(enable_segmentation=True, model_complexity=0) as pose:
        assert pose.process(pixels) == (None, None, None)
    with HANDS.Hands(model_complexity=0) as hands:
        assert hands.process(pixels) == (None, None, None)


def test_hands_are_named_as_in_a_mirror(data):
    image = mp.Image.create_from_file(str(data / "mediapipe" / "left_hands.jpg")).numpy_view()
    with HANDS.Hands(static_image_mode=True) as hands:
        plain, mirrored = hands.process(image), hands.process(image[:, ::-1])
    for results, label, index in ((plain, "Right", 1), (mirrored, "Left", 0)):
        assert len(results.multi_hand_landmarks) == len(results.multi_hand_world_landmarks) == 2
        for handedness in results.multi_handedness:
            assert isinstance(handedness, classification_pb2.ClassificationList)
            (category,) = handedness.classification
            assert (category.label, category.index) == (label, index)
            assert category.score > 0.9
    tip = plain.multi_hand_landmarks[0].landmark[HANDS.HandLandmark.INDEX_FINGER_TIP]
    assert 0 < tip.x < 1
    assert not tip.HasField("visibility")


@pytest.mark.parametrize("make", [POSE.Pose, HANDS.Hands])
def test_what_is_refused(make):
    solution = make(model_complexity=0)
    channels = "Input image must contain three channel rgb data."
    for array in (np.zeros((3, 3, 4), np.uint8), np.zeros((3, 3), np.uint8)):
        with pytest.raises(ValueError, match=channels):
            solution.process(array)
    with pytest.raises(ValueError, match="uint8"):
        solution.process(np.zeros((3, 3, 3)))
    solution.reset()
    solution.close()
    with pytest.raises(ValueError, match="_graph is None in SolutionBase"):
        solution.process(np.zeros((3, 3, 3), np.uint8))
    with pytest.raises(ValueError, match="which is already None"):
        solution.close()
    for options in (
        {"model_complexity": 3},
        {"min_detection_confidence": 2},
        {"min_tracking_confidence": -1},
    ):
        with pytest.raises(ValueError, match=next(iter(options))):
            make(**options)


def test_the_lines_are_sets_of_pairs():
    assert frozenset(vitruvian.BLAZEPOSE_33.bones) == POSE.POSE_CONNECTIONS
    assert frozenset(vitruvian.HAND_21.bones) == HANDS.HAND_CONNECTIONS


def test_messages():
    point = landmark_pb2.NormalizedLandmark(x=0.5, visibility=None)
    assert (point.x, point.y, point.HasField("x"), point.HasField("y")) == (0.5, 0.0, True, False)
    assert not point.HasField("visibility")
    point.presence = 0.25
    assert repr(point) == "x: 0.5\npresence: 0.25\n"
    point.ClearField("presence")
    assert not point.HasField("presence")
    points = landmark_pb2.NormalizedLandmarkList()
    points.landmark.extend([point])
    points.landmark.add(y=0.75)
    assert repr(points) == "landmark {\n  x: 0.5\n}\nlandmark {\n  y: 0.75\n}\n"
    other = landmark_pb2.NormalizedLandmarkList(landmark=[landmark_pb2.NormalizedLandmark()])
    assert other != points
    other.CopyFrom(points)
    assert other == points
    other.landmark[0].x = 1.0
    assert points.landmark[0].x == 0.5
    other.ClearField("landmark")
    assert len(other.landmark) == 0
    for wrong in (lambda: point.HasField("w"), lambda: points.HasField("landmark")):
        with pytest.raises(ValueError, match="field"):
            wrong()
    for wrong in (lambda: point.w, lambda: setattr(point, "w", 1)):
        with pytest.raises(AttributeError, match="'w'"):
            wrong()


def labels():
    label = classification_pb2.Classification(index=0, score=0.9, label="Left")
    return classification_pb2.ClassificationList(classification=[label])


def test_messages_say_what_their_fields_are():
    ((field, entries),) = labels().ListFields()
    assert (field.name, field.label, field.type) == ("classification", 3, 11)
    assert field.is_repeated
    fields = {field.json_name: (field.cpp_type, value) for field, value in entries[0].ListFields()}
    # What a float of 32 bits makes of it, as in protobuf.
    assert fields == {"index": (1, 0), "score": (6, float(np.float32(0.9))), "label": (9, "Left")}
    assert classification_pb2.ClassificationList().ListFields() == []
    names = [field.json_name for field in classification_pb2.Classification.DESCRIPTOR.fields]
    assert names == ["index", "score", "label", "displayName"]


def test_protobuf_reads_messages():
    json_format = pytest.importorskip("google.protobuf.json_format", reason="needs protobuf")
    wanted = {"classification": [{"index": 0, "score": 0.9, "label": "Left"}]}
    assert json_format.MessageToDict(labels()) == wanted


def test_messages_are_copied_and_kept():
    assert pickle.loads(pickle.dumps(labels())) == copy.deepcopy(labels()) == labels()


def test_the_older_name_of_the_solutions():
    import vitruvian.compat.mediapipe.python.solutions.hands as mp_hands
    from vitruvian.compat.mediapipe.python.solutions.pose import PoseLandmark

    assert mp_hands is HANDS
    assert PoseLandmark is POSE.PoseLandmark
    assert mp.python.solutions is mp.solutions


def test_what_is_not_here_is_said_to_be_missing():
    with pytest.raises(AttributeError, match=r"no 'holistic' here; it has .* hands, pose"):
        mp.solutions.holistic  # noqa: B018
    with pytest.raises(AttributeError, match=r"no 'FaceLandmarker' here; it has .*PoseLandmarker"):
        mp.tasks.vision.FaceLandmarker  # noqa: B018
    with pytest.raises(ImportError, match="FaceLandmarker"):
        from vitruvian.compat.mediapipe.tasks.python.vision import FaceLandmarker  # noqa: F401
