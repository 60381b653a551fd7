from __future__ import annotations

import zipfile

import numpy as np
import pytest

from vitruvian import weights
from vitruvian.errors import InputError
from vitruvian.runtime import open_session

DETECTOR, LANDMARKS = "pose_detector.tflite", "pose_landmarks_detector.tflite"


@pytest.fixture
def models():
    """Detector and landmark model, from the common cache."""
    return weights.obtain("blazepose-detector"), weights.obtain("blazepose-lite")


@pytest.fixture
def own(models, own_cache, monkeypatch):
    monkeypatch.setenv("VITRUVIAN_OFFLINE", "1")
    return own_cache


def task_of(path, **entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries.items():
            archive.writestr(f"{name}.tflite", data)
    return path


@pytest.fixture
def task(models, tmp_path, own):
    detector, landmarks = (path.read_bytes() for path in models)
    path = tmp_path / "my pose.task"
    return task_of(path, pose_detector=detector, pose_landmarks_detector=landmarks)


def outputs(path):
    session = open_session(path)
    ((shape, dtype),) = session.inputs
    return [array.shape[1:] for array in session.run(np.zeros(shape, dtype))]


def test_a_task_gives_detector_and_landmarks_with_and_without_mask(task, models, own):
    bundle = weights.open_bundle(task)
    assert bundle.detector.read_bytes() == models[0].read_bytes()
    assert outputs(bundle.landmarks) == [(195,), (1,), (64, 64, 39), (117,)]
    assert outputs(bundle.masked) == [(195,), (1,), (256, 256, 1), (64, 64, 39), (117,)]
    assert bundle.landmarks.parent == own


def test_it_is_done_once(task):
    bundle = weights.open_bundle(task)
    times = [path.stat().st_mtime_ns for path in (bundle.landmarks, bundle.masked)]
    again = weights.open_bundle(task)
    assert again == bundle
    assert [path.stat().st_mtime_ns for path in (again.landmarks, again.masked)] == times


@pytest.mark.parametrize("which", ["landmarks", "masked", "detector"])
def test_what_was_damaged_since_is_done_again(task, which):
    bundle = weights.open_bundle(task)
    path = getattr(bundle, which)
    right = path.read_bytes()
    path.write_bytes(right[:99])
    assert weights.open_bundle(task) == bundle
    assert path.read_bytes() == right
    path.unlink()
    assert weights.open_bundle(task) == bundle
    assert path.read_bytes() == right


def test_a_bare_tflite_has_no_detector(models, own):
    bundle = weights.open_bundle(models[1])
    assert bundle.detector is None
    assert len(outputs(bundle.landmarks)) == 4
    assert len(outputs(bundle.masked)) == 5


def test_a_tflite_without_mask_is_taken_too(models, own, monkeypatch, tmp_path):
    first = weights.open_bundle(models[1])
    bare = tmp_path / "bare.tflite"
    bare.write_bytes(first.landmarks.read_bytes())
    bundle = weights.open_bundle(bare)
    assert bundle.masked is None
    assert len(outputs(bundle.landmarks)) == 4


def test_a_tflite_with_a_zip_at_its_end_is_a_tflite(models, own, tmp_path):
    path = tmp_path / "labelled.tflite"
    path.write_bytes(models[1].read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("labels.txt", "person")
    assert weights.open_bundle(path).detector is None


def test_a_task_for_something_else_is_refused(own, tmp_path):
    path = task_of(tmp_path / "hand.task", hand_detector=b"x")
    with pytest.raises(InputError, match="holds no pose_detector"):
        weights.open_bundle(path)


def test_nothing_is_written_outside_the_cache(models, own, tmp_path):
    entries = {"pose_detector": models[0].read_bytes(), "../../escaped": b"x"}
    path = task_of(tmp_path / "evil.task", **entries)
    with pytest.raises(InputError, match="holds no pose_landmarks_detector"):
        weights.open_bundle(path)
    assert not list(tmp_path.parent.rglob("escaped*"))


def test_a_zip_that_promises_too_much_is_refused(own, tmp_path, monkeypatch):
    monkeypatch.setattr(weights.bundle, "_LARGEST", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.task", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DETECTOR, bytes(100_000))
    with pytest.raises(InputError, match="too large"):
        weights.open_bundle(tmp_path / "bomb.task")


def test_a_task_cut_short_is_refused(task, tmp_path):
    path = tmp_path / "cut.task"
    path.write_bytes(task.read_bytes()[:100_000])
    with pytest.raises(InputError, match=r"cut\.task"):
        weights.open_bundle(path)


def test_a_damaged_entry_is_refused(task, tmp_path):
    data = bytearray(task.read_bytes())
    data[5000:6000] = bytes(1000)
    path = tmp_path / "damaged.task"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"damaged\.task is a damaged \.task"):
        weights.open_bundle(path)


def test_a_text_and_a_missing_file_are_refused(own, tmp_path):
    (tmp_path / "text.task").write_text("hello, I am a model")
    with pytest.raises(InputError, match="not a TFLite model"):
        weights.open_bundle(tmp_path / "text.task")
    with pytest.raises(InputError, match="there is no file"):
        weights.open_bundle(tmp_path / "none.task")
