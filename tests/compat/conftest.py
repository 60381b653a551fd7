"""Pictures and landmarkers for the stand-in."""

from __future__ import annotations

import zipfile

import cv2
import numpy as np
import pytest

import vitruvian
from vitruvian.compat.mediapipe import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python import BaseOptions, vision
from vitruvian.weights import obtain


@pytest.fixture(scope="session")
def photo(roof_photo):
    """A man with both arms up and a woman who walks, as RGB, too small to be read in tiles."""
    part = cv2.imread(str(roof_photo))[10:490, 240:770]
    return cv2.cvtColor(cv2.resize(part, (370, 335)), cv2.COLOR_BGR2RGB)


@pytest.fixture(scope="session")
def image(photo):
    """The same as the Tasks take it."""
    return Image(image_format=ImageFormat.SRGB, data=photo)


@pytest.fixture(scope="session")
def blank():
    """A picture of nothing."""
    return Image(image_format=ImageFormat.SRGB, data=np.zeros((48, 64, 3), np.uint8))


@pytest.fixture(scope="session")
def pose_task(tmp_path_factory):
    """A pose landmarker's ``.task``."""
    path = tmp_path_factory.mktemp("task") / "pose_landmarker_lite.task"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(obtain("blazepose-detector"), "pose_detector.tflite")
        archive.write(obtain("blazepose-lite"), "pose_landmarks_detector.tflite")
    return path


@pytest.fixture(scope="session")
def hand_task(tmp_path_factory):
    """A hand landmarker's ``.task``."""
    path = tmp_path_factory.mktemp("task") / "hand_landmarker.task"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(obtain("palm-full"), "hand_detector.tflite")
        archive.write(obtain("hand-full"), "hand_landmarks_detector.tflite")
    return path


TASKS = {
    "pose": (vision.PoseLandmarker, vision.PoseLandmarkerOptions),
    "hand": (vision.HandLandmarker, vision.HandLandmarkerOptions),
}


@pytest.fixture(scope="session")
def make():
    """Makes a landmarker of a kind, ``"pose"`` or ``"hand"``, with options."""

    def make(kind, model="lite", **options):
        task, about = TASKS[kind]
        base = options.pop("base_options", None) or BaseOptions(model_asset_path=str(model))
        return task.create_from_options(about(base_options=base, **options))

    return make


@pytest.fixture(scope="session")
def ours():
    """Frame and people of a picture by our own interface, without a second opinion, as here."""

    def look(picture, **options):
        (seen,) = vitruvian.open(picture, second_opinion=False, **options).people()
        return seen

    return look
