from __future__ import annotations

import threading

import numpy as np
import pytest

import vitruvian
from vitruvian.compat.mediapipe import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.components.containers import (
    BoundingBox,
    Landmark,
    NormalizedLandmark,
)
from vitruvian.compat.mediapipe.tasks.python.vision import (
    ImageProcessingOptions,
    PoseLandmark,
    PoseLandmarker,
    PoseLandmarkerOptions,
    PoseLandmarkerResult,
    PoseLandmarksConnections,
    RunningMode,
)

VIDEO, LIVE = RunningMode.VIDEO, RunningMode.LIVE_STREAM


def xy(landmarks):
    return np.array([(point.x, point.y) for point in landmarks])


def test_options_are_mediapipe_s():
    options = PoseLandmarkerOptions(BaseOptions(model_asset_path="full"))
    assert options == PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path="full"),
        running_mode=RunningMode.IMAGE,
        num_poses=1,
        min_pose_detection_confidence=0.5,
        min_pose_presence_confidence=0.5,
        min_tracking_confidence=0.5,
        output_segmentation_masks=False,
        result_callback=None,
    )


def test_names_and_lines_are_those_of_the_skeleton():
    names = [landmark.name.lower() for landmark in PoseLandmark]
    assert names == list(vitruvian.BLAZEPOSE_33.landmarks)
    lines = [(line.start, line.end) for line in PoseLandmarksConnections.POSE_LANDMARKS]
    assert len(lines) == 35
    assert set(lines) == set(vitruvian.BLAZEPOSE_33.bones)


def test_a_picture_gives_what_our_own_interface_gives(make, image, photo, ours):
    with make("pose", num_poses=4, output_segmentation_masks=True) as landmarker:
        result = landmarker.detect(image)
    frame, people = ours(photo, model="lite", people=4, masks=True)
    assert len(result.pose_landmarks) == len(people) >= 2
    for n, landmarks in enumerate(result.pose_landmarks):
        assert all(type(point) is NormalizedLandmark for point in landmarks)
        np.testing.assert_allclose(xy(landmarks) * frame.size, people.body.xy[n], atol=1e-3)
        world = result.pose_world_landmarks[n]
        assert all(type(point) is Landmark for point in world)
        metres = [(point.x, point.y, point.z) for point in world]
        np.testing.assert_allclose(metres, people.body.world[n], atol=1e-6)
        assert landmarks[0].z == pytest.approx(people.body.z[n, 0] / frame.size[0])
        assert world[7].visibility == landmarks[7].visibility == people.body.visibility[n, 7]
        mask = result.segmentation_masks[n]
        assert mask.image_format == ImageFormat.VEC32F1
        assert mask.numpy_view().shape == (*photo.shape[:2], 1)
    assert result.ids == people.ids.tolist()
    assert result.scores == people.scores.tolist()
    box, ours = result.boxes[0], people.boxes[0]
    assert isinstance(box, BoundingBox)
    assert abs(box.origin_x + box.width - ours[2]) <= 1


def test_extra_fields_are_not_in_the_way(blank, make):
    with make("pose") as landmarker:
        nobody = landmarker.detect(blank)
    assert nobody == PoseLandmarkerResult([], [])
    assert repr(nobody) == (
        "PoseLandmarkerResult(pose_landmarks=[], pose_world_landmarks=[], segmentation_masks=None)"
    )
    assert PoseLandmarkerResult([], [], ids=[1]) == nobody


@pytest.mark.usefixtures("lent_cache")
@pytest.mark.parametrize("given", ["path", "buffer", "default"])
def test_models_come_from_files_and_from_memory(make, pose_task, image, given):
    if given == "path":
        landmarker = PoseLandmarker.create_from_model_path(str(pose_task))
    elif given == "buffer":
        base = BaseOptions(model_asset_buffer=pose_task.read_bytes())
        landmarker = make("pose", base_options=base)
    else:
        landmarker = PoseLandmarker.create_from_model_path("lite")
    with landmarker:
        assert len(landmarker.detect(image).pose_landmarks) == 1


def test_the_gpu_is_said_to_be_ignored(make, caplog):
    base = BaseOptions(model_asset_path="lite", delegate=BaseOptions.Delegate.GPU)
    make("pose", base_options=base).close()
    assert "the GPU delegate is ignored" in caplog.text


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_results_of_a_turned_picture_are_in_the_picture_as_given(make, photo, quarters):
    turned = Image(ImageFormat.SRGB, np.rot90(photo, quarters))
    options = ImageProcessingOptions(rotation_degrees=90 * quarters)
    with make("pose", output_segmentation_masks=True) as landmarker:
        plain = landmarker.detect(Image(ImageFormat.SRGB, photo))
        result = landmarker.detect(turned, options)
        again = landmarker.detect(
            turned, ImageProcessingOptions(rotation_degrees=90 * quarters - 360)
        )
    assert again == PoseLandmarkerResult(
        result.pose_landmarks, result.pose_world_landmarks, again.segmentation_masks
    )
    x, y = xy(plain.pose_landmarks[0]).T
    wanted = {1: (y, 1 - x), 2: (1 - x, 1 - y), 3: (1 - y, x)}[quarters]
    np.testing.assert_allclose(xy(result.pose_landmarks[0]), np.stack(wanted, 1), atol=1e-5)
    x, y = xy(plain.pose_world_landmarks[0]).T
    wanted = {1: (y, -x), 2: (-x, -y), 3: (-y, x)}[quarters]
    np.testing.assert_allclose(xy(result.pose_world_landmarks[0]), np.stack(wanted, 1), atol=1e-5)
    mask = result.segmentation_masks[0].numpy_view()
    flat = plain.segmentation_masks[0].numpy_view()
    np.testing.assert_allclose(mask, np.rot90(flat, quarters), atol=1e-5)
    box = result.boxes[0]
    inside = xy(result.pose_landmarks[0]) * (turned.width, turned.height)
    assert (inside[11:13] >= (box.origin_x, box.origin_y)).all()
    assert (inside[11:13] <= (box.origin_x + box.width, box.origin_y + box.height)).all()


def test_grey_and_alpha_are_read(make, photo):
    alpha = np.concatenate([photo, np.full((*photo.shape[:2], 1), 255, np.uint8)], 2)
    with make("pose") as landmarker:
        plain = landmarker.detect(Image(ImageFormat.SRGB, photo))
        assert landmarker.detect(Image(ImageFormat.SRGBA, alpha)) == plain
        grey = photo.mean(2).astype(np.uint8)
        again = landmarker.detect(Image(ImageFormat.SRGB, np.stack([grey] * 3, 2)))
        assert landmarker.detect(Image(ImageFormat.GRAY8, grey)) == again


def test_a_film_gives_what_our_own_interface_gives(make, photo):
    # A shake of the camera, so that every frame is another.
    frames = [np.roll(photo, 2 * i, axis=1) for i in range(8)]
    own = vitruvian.open(frames, model="lite", people=2, rate=25).people()
    with make("pose", num_poses=2, running_mode=VIDEO) as landmarker:
        for frame, people in own:
            image = Image(ImageFormat.SRGB, frame.image)
            result = landmarker.detect_for_video(image, frame.index * 40)
            assert result.ids == people.ids.tolist()
            ours = people.body.xy / frame.size
            theirs = [xy(landmarks) for landmarks in result.pose_landmarks]
            np.testing.assert_allclose(theirs, ours, atol=1e-4)
    assert result.ids == [1, 2]


def test_another_size_begins_anew_with_new_ids(make, photo):
    smaller = np.ascontiguousarray(photo[: len(photo) - 40])
    with make("pose", running_mode=VIDEO) as landmarker:
        first = landmarker.detect_for_video(Image(ImageFormat.SRGB, photo), 0)
        same = landmarker.detect_for_video(Image(ImageFormat.SRGB, photo), 33)
        other = landmarker.detect_for_video(Image(ImageFormat.SRGB, smaller), 66)
    assert first.ids == same.ids == [1]
    assert other.ids == [2]


@pytest.mark.parametrize("mode", [RunningMode.IMAGE, VIDEO])
def test_confidence_decides_who_is_let_in(make, image, mode):
    def look(**options):
        with make("pose", running_mode=mode, num_poses=4, **options) as landmarker:
            if mode is VIDEO:
                return landmarker.detect_for_video(image, 0)
            return landmarker.detect(image)

    assert len(look().pose_landmarks) >= 1
    assert look(min_pose_detection_confidence=1.0).pose_landmarks == []
    assert look(min_pose_presence_confidence=1.0).pose_landmarks == []


def test_a_live_stream(make, image, blank):
    results, threads, done = [], set(), threading.Semaphore(0)

    def take(result, picture, timestamp_ms):
        results.append((len(result.pose_landmarks), picture, timestamp_ms))
        threads.add(threading.current_thread())
        done.release()

    with make("pose", running_mode=LIVE, result_callback=take) as landmarker:
        for stamp, picture in ((5, image), (40, blank)):
            landmarker.detect_async(picture, stamp)
            assert done.acquire(timeout=20)
    assert results == [(1, image, 5), (0, blank, 40)]
    assert threading.current_thread() not in threads


def test_threads_may_share_a_task(make, image):
    with make("pose") as landmarker:
        alone = landmarker.detect(image)
        results = []
        threads = [
            threading.Thread(target=lambda: results.append(landmarker.detect(image)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [alone] * 3
