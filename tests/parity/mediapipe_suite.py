"""Runs a test module of MediaPipe's own wheel against `vitruvian.compat.mediapipe`.

Started by `test_mediapipe_suite.py` in a process of its own. Nothing of MediaPipe's runs but the
tests: its module names lead to ours, and what the tests need besides (messages, a reader of their
text form, the place of the pictures) is here, since the wheel does not hold it. Prints one JSON
object: what became of every test.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import re
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np

from vitruvian.weights import obtain

OURS = "vitruvian.compat.mediapipe"
TESTS = "mediapipe.tasks.python.test"

STAND_INS = {
    "burger.jpg": "cat_large.jpg",
    "burger_crop.jpg": "cat_large.jpg",
    "thumb_up.jpg": "left_hands.jpg",
    "right_hands.jpg": "left_hands.jpg",
}
"""Pictures that are not there, and others that do where a test does not look at numbers."""

BUNDLES = {
    "pose_landmarker.task": {
        "pose_detector.tflite": "blazepose-detector",
        "pose_landmarks_detector.tflite": "blazepose-lite",
    },
    "hand_landmarker.task": {
        "hand_detector.tflite": "palm-full",
        "hand_landmarks_detector.tflite": "hand-full",
    },
}

NAMES = {
    "mobilenet_v3_small_100_224_embedder.tflite": "mobilenet-v2",
}
"""Models that are in no package, and what Vitruvian has instead."""

OUT_OF_REACH = {
    r"HandLandmarkerTest.test_detect(_in_context)?[01]": "thumb_up.jpg and its landmarks",
    r"HandLandmarkerTest.test_detect_succeeds_with_rotation": "pointing_up_rotated.jpg",
    r"HandLandmarkerTest.test_detect_(for_video|async_calls)[0-2]": "thumb_up and pointing_up",
    r"ImageEmbedderTest.test_embed(_in_context|_async_calls|_for_video)?\d?": "burger.jpg",
    r"ImageEmbedderTest.test_embed_(async|for_video)_succeeds_with_region.*": "burger.jpg",
    r"InteractiveSegmenterLegacyTest.*_mask\d": "cats_and_dogs_mask_dog1.png and …2.png",
    r"InteractiveSegmenterLegacyTest.*with_valid_model_content": "the bytes of ptm_512",
}
"""Tests that compare with files that are not there, and which files."""


class Message(SimpleNamespace):
    """A message read from its text form; a field that is not there reads as nothing."""

    def __getattr__(self, name):
        return [] if name in ("landmark", "classification", "score", "label") else None

    def HasField(self, name):  # noqa: N802
        return name in self.__dict__


def parse(text, message):
    """Fill a message from protobuf's text form."""
    stack = [message]
    for line in text.decode().splitlines():
        line = line.partition("#")[0].strip()
        if line.endswith("{"):
            name, inner = line.rstrip(" :{"), Message()
            if name in ("landmark", "classification"):
                stack[-1].__dict__.setdefault(name, []).append(inner)
            else:
                setattr(stack[-1], name, inner)
            stack.append(inner)
        elif line == "}":
            stack.pop()
        elif line:
            name, value = (part.strip() for part in line.split(":", 1))
            setattr(stack[-1], name, json.loads(value))
    return message


class Data:
    """Where the tests find their files."""

    def __init__(self, folder, made):
        self.folder, self.made = folder, made
        self.loading = True

    def path(self, wanted):
        name = Path(wanted).name
        if name in NAMES:
            return str(obtain(NAMES[name]))
        if name == "ptm_512_hdt_ptm_woid.tflite":
            return "default"
        if name in BUNDLES:
            return str(self._bundle(name))
        for candidate in (self.folder / name, self.folder / STAND_INS.get(name, name)):
            if candidate.is_file():
                return str(candidate)
        if name == "cats_and_dogs_mask_dog1.png":
            size = cv2.imread(str(self.folder / "cats_and_dogs.jpg")).shape[:2]
            cv2.imwrite(str(self.made / name), np.zeros(size, np.uint8))
            return str(self.made / name)
        if self.loading:
            (self.made / name).touch()
            return str(self.made / name)
        raise unittest.SkipTest(f"needs {name}")

    def _bundle(self, name):
        target = self.made / name
        if not target.exists():
            with zipfile.ZipFile(target, "w") as archive:
                for member, model in BUNDLES[name].items():
                    archive.write(obtain(model), member)
        return target


class Lead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Leads MediaPipe's names to our modules, and its tests' names to its files."""

    def __init__(self, packages, made_up):
        self.packages, self.made_up = packages, made_up

    def find_spec(self, name, path=None, target=None):
        if name in self.made_up or name.startswith("mediapipe"):
            file = self.packages / (name.replace(".", "/") + ".py")
            if name.startswith(f"{TESTS}.") and name not in self.made_up and file.is_file():
                return importlib.util.spec_from_file_location(name, file)
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if name.split(".")[0] == "absl" and path is None:
            return importlib.machinery.PathFinder.find_spec(name, [str(self.packages)])
        return None

    def create_module(self, spec):
        if spec.name in self.made_up:
            return self.made_up[spec.name]
        ours = OURS + spec.name.removeprefix("mediapipe")
        if spec.name.startswith((TESTS, "mediapipe.tasks.cc")):
            return ModuleType(spec.name)
        return importlib.import_module(ours)

    def exec_module(self, module):
        """It has run already."""


def module(name, **members):
    made = ModuleType(name)
    made.__dict__.update(members)
    return made


def made_up(data):
    text_format = module("google.protobuf.text_format", Parse=parse)
    protobuf = module("google.protobuf", text_format=text_format)
    results = module("landmarks_detection_result_pb2", LandmarksDetectionResult=Message)
    results.__name__ = f"mediapipe.tasks.cc.components.containers.proto.{results.__name__}"
    modules = [
        module("google", protobuf=protobuf),
        protobuf,
        text_format,
        results,
        module(f"{TESTS}.test_utils", get_test_data_path=data.path),
    ]
    # Messages that the tests name and never make.
    formats = importlib.import_module(f"{OURS}.framework.formats")
    formats.detection_pb2 = module("detection_pb2", Detection=Message)
    location = SimpleNamespace(BoundingBox=Message, RelativeKeypoint=Message)
    formats.location_data_pb2 = module("location_data_pb2", LocationData=location)
    return {made.__name__: made for made in modules}


class Outcome(unittest.TestResult):
    """What became of every test."""

    def __init__(self):
        super().__init__()
        self.all = {}

    def _note(self, test, text):
        self.all[name_of(test)] = text

    def addSuccess(self, test):  # noqa: N802
        self._note(test, "passed")

    def addSkip(self, test, reason):  # noqa: N802
        self._note(test, f"skipped: {reason}")

    def addFailure(self, test, error):  # noqa: N802
        self._note(test, "failed: " + self._exc_info_to_string(error, test))

    addError = addFailure  # noqa: N815


def name_of(test):
    """``PoseLandmarkerTest.test_detect0``, without the parameters."""
    return ".".join(test.id().split(" ")[0].split(".")[-2:])


def out_of_reach(name):
    return next((why for tests, why in OUT_OF_REACH.items() if re.fullmatch(tests, name)), None)


def main(packages, folder, name):
    with tempfile.TemporaryDirectory() as made:
        data = Data(Path(folder), Path(made))
        sys.meta_path.insert(0, Lead(Path(packages), made_up(data)))
        tests = importlib.import_module(f"{TESTS}.vision.{name}")
        data.loading = False
        outcome = Outcome()
        suite = unittest.defaultTestLoader.loadTestsFromModule(tests)
        for test in (test for group in suite for test in group):
            why = out_of_reach(name_of(test))
            if why is None:
                test.run(outcome)
            else:
                outcome.addSkip(test, f"needs {why}")
    print(json.dumps(outcome.all))


if __name__ == "__main__":
    main(*sys.argv[1:])
