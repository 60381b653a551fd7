"""tfjs-models' interface: options, results, and what MoveNet, BlazePose and hands give."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vitruvian.compat import tfjs
from vitruvian.compat.tfjs.names import HAND_KEYPOINTS
from vitruvian.errors import InputError, VitruvianError
from vitruvian.measure import oks
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17
from vitruvian.source.decode import read_picture
from vitruvian.types import Frame

MULTI = tfjs.movenet.modelType.MULTIPOSE_LIGHTNING
THUNDER = tfjs.movenet.modelType.SINGLEPOSE_THUNDER
MOVENET = tfjs.SupportedModels.MoveNet


@pytest.fixture(scope="module")
def photo(data):
    return read_picture(data / "mediapipe" / "pose.jpg")


@pytest.fixture(scope="module")
def two(two_people_file):
    return read_picture(two_people_file)


def xy(pose):
    return np.array([(point.x, point.y) for point in pose.keypoints], np.float32)


@pytest.mark.parametrize(
    ("model", "config", "words"),
    [
        ("MoveNot", None, "MoveNot is not a supported model name"),
        ("PoseNet", None, "use MoveNet"),
        ("BlazePose", None, "runtime to be either 'tfjs' or 'mediapipe', but got undefined"),
        ("BlazePose", {"runtime": "wasm"}, "but got wasm"),
        ("BlazePose", {"runtime": "tfjs", "modelType": "huge"}, "no modelType is called 'huge'"),
        ("BlazePose", {"runtime": "tfjs", "enableSmoothin": True}, "enableSmoothing"),
        ("MoveNet", {"modelType": "Thunder"}, "Invalid architecture Thunder"),
        ("MoveNet", {"minPoseScore": 1.5}, "minPoseScore should be between"),
        ("MoveNet", {"modelType": MULTI, "multiPoseMaxDimension": 100}, "multiple of 32"),
        ("MoveNet", {"modelType": MULTI, "trackerType": "centroid"}, "Tracker type"),
        ("MoveNet", {"modelType": MULTI, "trackerConfig": {"maxTracks": 0}}, "'maxTracks'"),
        ("MoveNet", {"modelType": MULTI, "trackerConfig": {"maxAge": 0}}, "'maxAge'"),
        ("MoveNet", {"modelUrl": "nowhere.tflite"}, "nowhere.tflite"),
        ("MoveNet", {"minPoseScore": "high"}, "wrong type"),
        ("MoveNet", ["modelType"], "mapping"),
        ("MediaPipeHands", {"maxHands": 2}, "runtime"),
        ("MediaPipeHands", {"runtime": "tfjs", "modelType": "heavy"}, "lite or full"),
    ],
)
def test_a_useless_configuration_is_refused_in_one_line(model, config, words):
    with pytest.raises(VitruvianError) as caught:
        tfjs.create_detector(model, config)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["SinglePose.Lightning", THUNDER, MULTI])
def test_movenet_finds_the_person_in_a_photograph(kind, photo):
    detector = tfjs.create_detector(MOVENET, {"modelType": kind, "multiPoseMaxDimension": 256})
    detector.estimate_poses(photo)
    (pose, *_) = detector.estimate_poses(photo)
    blaze = tfjs.create_detector("BlazePose", {"runtime": "tfjs", "modelType": "lite"})
    (other,) = blaze.estimate_poses(photo)
    truth = xy(other)[[BLAZEPOSE_33.index(name) for name in COCO_17.landmarks]]
    area = float(np.prod(np.ptp(truth, axis=0)))
    assert [point.name for point in pose.keypoints] == list(COCO_17.landmarks)
    assert oks(xy(pose)[None], truth[None], [area])[0, 0] > 0.75
    assert 0.25 <= pose.score <= 1
    assert (pose.box is not None) == (kind == MULTI)


def test_multipose_tracks_two_people_by_either_tracker(two):
    for kind in tfjs.TrackerType:
        detector = tfjs.create_detector(MOVENET, {"modelType": MULTI, "trackerType": kind})
        first = detector.estimate_poses(two, timestamp=0)
        again = detector.estimate_poses(two[:, ::1], timestamp=40)
        assert sorted(pose.id for pose in first) == list(range(1, len(first) + 1))
        assert [pose.id for pose in again] == [pose.id for pose in first]
        later = detector.estimate_poses(two, timestamp=5000)
        assert min(pose.id for pose in later) > len(first)


def test_without_tracking_there_are_no_ids(two):
    detector = tfjs.create_detector(MOVENET, {"modelType": MULTI, "enableTracking": False})
    poses = detector.estimate_poses(two, timestamp=0)
    assert poses
    assert all(pose.id is None for pose in poses)


def test_boxes_hold_their_keypoints(two):
    detector = tfjs.create_detector(MOVENET, {"modelType": MULTI})
    height, width = two.shape[:2]
    for pose in detector.estimate_poses(two):
        sure = np.array([point.score for point in pose.keypoints]) > 0.4
        inside = xy(pose)[sure] / (width, height)
        box = pose.box
        assert (inside > (box.x_min - 0.1, box.y_min - 0.1)).all()
        assert (inside < (box.x_max + 0.1, box.y_max + 0.1)).all()


def test_a_picture_without_people_has_none_and_nothing_starts_afresh():
    detector = tfjs.create_detector(MOVENET)
    assert detector.estimate_poses(np.zeros((48, 64, 3), np.uint8)) == []
    assert detector.estimate_poses(None) == []


def test_a_canvas_with_alpha_is_a_picture(photo):
    detector = tfjs.create_detector(MOVENET)
    (plain,) = detector.estimate_poses(photo)
    detector.reset()
    alpha = np.dstack([photo, np.full(photo.shape[:2], 255, np.uint8)])
    (pose,) = detector.estimate_poses(alpha)
    np.testing.assert_array_equal(xy(pose), xy(plain))


@pytest.mark.parametrize("image", ["photo.jpg", np.zeros((4, 4)), np.zeros((4, 4, 3))])
def test_what_is_no_picture_is_refused(image):
    detector = tfjs.create_detector(MOVENET)
    with pytest.raises(InputError):
        detector.estimate_poses(image)


def test_the_crop_follows_and_smoothing_needs_times(photo):
    raw = tfjs.create_detector(MOVENET, {"enableSmoothing": False})
    smooth = tfjs.create_detector(MOVENET)
    moved = np.roll(photo, 12, axis=1)
    pictures = (photo, photo, moved)
    loose = [raw.estimate_poses(image, timestamp=i * 33)[0] for i, image in enumerate(pictures)]
    tight = [smooth.estimate_poses(image, timestamp=i * 33)[0] for i, image in enumerate(pictures)]
    jump = np.linalg.norm(xy(loose[2]) - xy(loose[1]), axis=1).mean()
    eased = np.linalg.norm(xy(tight[2]) - xy(tight[1]), axis=1).mean()
    assert 0 < eased < jump


def test_blazepose_gives_metres_ids_boxes_masks_and_more_than_one(two):
    config = {"runtime": "mediapipe", "modelType": "lite", "enableSegmentation": True}
    detector = tfjs.create_detector("BlazePose", config)
    poses = detector.estimate_poses(two, {"maxPoses": 4})
    assert len(poses) == 2
    pose = poses[0]
    assert [point.name for point in pose.keypoints] == list(BLAZEPOSE_33.landmarks)
    assert len(pose.keypoints_3d) == 33
    image = pose.segmentation.mask.to_image_data()
    assert image.shape == (*two.shape[:2], 4)
    assert image[..., 3].max() > 128
    assert (image[..., 1:3] == 0).all()
    assert pose.segmentation.mask_value_to_label(255) == "person"
    with pytest.raises(InputError, match="maxPoses 0"):
        detector.estimate_poses(two, {"maxPoses": 0})


def test_blazepose_flips_and_follows_a_film(photo):
    detector = tfjs.create_detector("BlazePose", {"runtime": "tfjs", "modelType": "lite"})
    # As in the published example, where it says nothing either.
    (plain,) = detector.estimate_poses(photo, {"enableSmoothing": True})
    assert xy(detector.estimate_poses(photo)[0]).tolist() == xy(plain).tolist()
    (flipped,) = detector.estimate_poses(photo, {"flipHorizontal": True})
    # The picture is flipped before it is read, so what was left is right.
    (mirrored,) = detector.estimate_poses(np.ascontiguousarray(photo[:, ::-1]))
    np.testing.assert_array_equal(xy(flipped), xy(mirrored))
    partners, width = list(BLAZEPOSE_33.mirror), photo.shape[1]
    gap = (width - 1 - xy(flipped)[partners, 0]) - xy(plain)[:, 0]
    assert np.abs(gap).max() < 0.05 * np.ptp(xy(plain)[:, 1])
    frames = [Frame(photo, index=i, time=i / 30) for i in range(3)]
    assert {detector.estimate_poses(frame)[0].id for frame in frames} == {1}


def test_json_has_the_names_of_javascript(two):
    detector = tfjs.create_detector("BlazePose", {"runtime": "tfjs", "modelType": "lite"})
    pose = json.loads(json.dumps(detector.estimate_poses(two)[0].to_json()))
    assert set(pose) == {"keypoints", "score", "keypoints3D", "box", "id"}
    assert set(pose["keypoints"][0]) == {"x", "y", "z", "score", "name"}
    assert set(pose["box"]) == {"yMin", "xMin", "yMax", "xMax", "width", "height"}
    assert pose["box"]["width"] == pytest.approx(pose["box"]["xMax"] - pose["box"]["xMin"])


def test_flipped_hands_change_sides(data):
    picture = read_picture(data / "mediapipe" / "left_hands.jpg")
    detector = tfjs.create_detector("MediaPipeHands", {"runtime": "tfjs"})
    sides = {
        flip: [
            hand.handedness
            for hand in detector.estimate_hands(
                picture, {"staticImageMode": True, "flipHorizontal": flip}
            )
        ]
        for flip in (False, True)
    }
    # The published labels are those of a picture in a mirror; these are two left hands.
    assert sides == {False: ["Right", "Right"], True: ["Left", "Left"]}


def test_a_mask_is_flipped_with_its_keypoints(photo):
    detector = tfjs.create_detector(
        "BlazePose", {"runtime": "tfjs", "modelType": "lite", "enableSegmentation": True}
    )
    (pose,) = detector.estimate_poses(photo, {"flipHorizontal": True})
    hip = next(point for point in pose.keypoints if point.name == "left_hip")
    assert pose.segmentation.mask.values[int(hip.y), int(hip.x)] > 0.5


def test_hands_have_the_published_names_and_labels(data):
    picture = read_picture(data / "mediapipe" / "left_hands.jpg")
    detector = tfjs.create_detector("MediaPipeHands", {"runtime": "tfjs"})
    hands = detector.estimate_hands(picture, {"staticImageMode": True})
    assert len(hands) == 2
    for hand in hands:
        assert [point.name for point in hand.keypoints] == list(HAND_KEYPOINTS)
        assert "pinky_finger_tip" in HAND_KEYPOINTS
        assert hand.handedness in ("Left", "Right")
        assert 0.5 <= hand.score <= 1
        assert set(hand.to_json()) == {"keypoints", "keypoints3D", "handedness", "score"}
    detector.dispose()


def test_utilities_tell_names_sides_and_pairs():
    assert tfjs.get_keypoint_index_by_name("MediaPipeHands")["pinky_finger_tip"] == 20
    assert tfjs.get_keypoint_index_by_side("BlazePose")["middle"] == [0]
    assert len(tfjs.get_adjacent_pairs("BlazePose")) == 35
    with pytest.raises(InputError, match="not supported"):
        tfjs.get_adjacent_pairs("OpenPose")
