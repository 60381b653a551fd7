"""Whatever MediaPipe refuses is refused with the same type and text."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.compat.mediapipe import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.components.containers import RectF
from vitruvian.compat.mediapipe.tasks.python.vision import ImageProcessingOptions, RunningMode

KINDS = ["pose", "hand"]
IMAGE, VIDEO, LIVE = RunningMode.IMAGE, RunningMode.VIDEO, RunningMode.LIVE_STREAM
NO_MODEL = (
    "ExternalFile must specify at least one of 'file_content', 'file_name', 'file_pointer_meta' "
    "or 'file_descriptor_meta'."
)
NO_CALLBACK = (
    "The vision task is in live stream mode, a user-defined result callback must be provided."
)
A_CALLBACK = (
    "The vision task is in image or video mode, a user-defined result callback should not be "
    "provided."
)
RISING = "Input timestamp must be monotonically increasing."


def ignore(result, image, timestamp_ms):
    """Take a result and do nothing."""


def refused(error, text, call, *arguments, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    assert type(caught.value) is error
    assert str(caught.value) == text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"base_options": BaseOptions()}, ValueError, NO_MODEL),
        ({"base_options": BaseOptions(model_asset_path="")}, ValueError, NO_MODEL),
        (
            {"model": "/no/such/model.task"},
            FileNotFoundError,
            "Unable to open file at /no/such/model.task",
        ),
        (
            {"base_options": BaseOptions(model_asset_buffer=b"words" * 99)},
            RuntimeError,
            "Unable to open zip archive.",
        ),
        ({"model": __file__}, RuntimeError, "Unable to open zip archive."),
        ({"running_mode": LIVE}, ValueError, NO_CALLBACK),
        ({"running_mode": IMAGE, "result_callback": ignore}, ValueError, A_CALLBACK),
        ({"running_mode": VIDEO, "result_callback": ignore}, ValueError, A_CALLBACK),
        (
            {"min_tracking_confidence": -0.1},
            ValueError,
            "Invalid `min_tracking_confidence` option: value must be in the range [0.0, 1.0]",
        ),
        (
            {"min_tracking_confidence": float("nan")},
            ValueError,
            "Invalid `min_tracking_confidence` option: value must be in the range [0.0, 1.0]",
        ),
    ],
)
def test_options(make, kind, options, error, text):
    refused(error, text, make, kind, **options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", ["detection", "presence"])
def test_confidences(make, kind, step):
    name = f"min_{kind}_{step}_confidence"
    text = f"Invalid `{name}` option: value must be in the range [0.0, 1.0]"
    refused(ValueError, text, make, kind, **{name: 1.5})


@pytest.mark.parametrize("kind", KINDS)
def test_counts(make, kind):
    name = f"num_{kind}s"
    text = f"Invalid `{name}` option: value must be 1 or more, not 0"
    refused(ValueError, text, make, kind, **{name: 0})
    with pytest.raises(TypeError):
        make(kind, **{name: 1.5})


@pytest.mark.usefixtures("lent_cache")
def test_the_file_of_another_task(make, pose_task, hand_task):
    text = "No file with name: {}. All files in the model asset bundle are: {}, {}."
    pose = ("pose_detector.tflite", "pose_landmarks_detector.tflite")
    hand = ("hand_detector.tflite", "hand_landmarks_detector.tflite")
    refused(FileNotFoundError, text.format(hand[0], *pose), make, "hand", pose_task)
    refused(FileNotFoundError, text.format(pose[0], *hand), make, "pose", hand_task)


@pytest.fixture(scope="module", params=KINDS)
def tasks(request, make):
    """One task in each mode."""
    made = {
        IMAGE: make(request.param),
        VIDEO: make(request.param, running_mode=VIDEO),
        LIVE: make(request.param, running_mode=LIVE, result_callback=ignore),
    }
    yield made
    for task in made.values():
        task.close()


def call(task, mode, image, options=None, stamp=10_000_000):
    if mode is IMAGE:
        return task.detect(image, options)
    if mode is VIDEO:
        return task.detect_for_video(image, stamp, options)
    return task.detect_async(image, stamp, options)


NAMES = {IMAGE: "image mode", VIDEO: "video mode", LIVE: "live stream mode"}


@pytest.mark.parametrize("asked", NAMES)
@pytest.mark.parametrize("mode", NAMES)
def test_methods_of_another_mode(tasks, blank, mode, asked):
    if mode is asked:
        return
    text = f"Task is not initialized with the {NAMES[asked]}. Current running mode:{NAMES[mode]}"
    refused(ValueError, text, call, tasks[mode], asked, blank)


@pytest.mark.parametrize("mode", NAMES)
@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            ImageProcessingOptions(RectF(0.0, 0.0, 1.0, 1.0)),
            "This task doesn't support region-of-interest.",
        ),
        (
            ImageProcessingOptions(rotation_degrees=45),
            "Expected rotation to be a multiple of 90°.",
        ),
        (
            ImageProcessingOptions(RectF(0.0, 0.0, 1.0, 1.0), rotation_degrees=-1),
            "Expected rotation to be a multiple of 90°.",
        ),
    ],
)
def test_regions_and_rotations(tasks, blank, mode, options, text):
    refused(ValueError, text, call, tasks[mode], mode, blank, options)


@pytest.mark.parametrize("mode", [VIDEO, LIVE])
def test_stamps_must_rise(tasks, blank, mode):
    task = tasks[mode]
    call(task, mode, blank, stamp=100)
    for stamp in (100, 99, 0, -5):
        refused(ValueError, RISING, call, task, mode, blank, stamp=stamp)
    # What was refused for another reason does not count as seen.
    refused(
        ValueError,
        "Expected rotation to be a multiple of 90°.",
        call,
        task,
        mode,
        blank,
        ImageProcessingOptions(rotation_degrees=1),
        stamp=500,
    )
    call(task, mode, blank, stamp=101)
    call(task, mode, blank, stamp=np.int64(102))
    with pytest.raises(TypeError):
        call(task, mode, blank, stamp=103.5)


@pytest.mark.parametrize("mode", NAMES)
def test_things_that_are_no_pictures(tasks, mode):
    with pytest.raises(TypeError, match=r"expected an Image, made as .* not ndarray"):
        call(tasks[mode], mode, np.zeros((4, 4, 3), np.uint8))
    mask = Image(ImageFormat.VEC32F1, np.zeros((4, 4), np.float32))
    with pytest.raises(ValueError, match="expected SRGB, SRGBA or GRAY8, not VEC32F1"):
        call(tasks[mode], mode, mask)
    with pytest.raises(ValueError, match="at least one pixel"):
        call(tasks[mode], mode, Image(ImageFormat.SRGB, np.zeros((0, 4, 3), np.uint8)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", NAMES)
def test_after_the_end(make, blank, kind, mode):
    callback = {"result_callback": ignore} if mode is LIVE else {}
    task = make(kind, running_mode=mode, **callback)
    task.close()
    task.close()
    refused(RuntimeError, "Task runner is currently not running.", call, task, mode, blank)
