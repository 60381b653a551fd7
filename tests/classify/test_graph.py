from __future__ import annotations

import time
import zipfile

import numpy as np
import pytest

from vitruvian.classify import NONE, Features, PoseClassifier
from vitruvian.classify.graph import PRECISIONS, as_written, write_tflite
from vitruvian.classify.model import Branch, PoseModel
from vitruvian.classify.network import fit
from vitruvian.errors import InputError, UnknownNameError
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17
from vitruvian.types import Landmarks
from vitruvian.weights import tflite


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_file_and_the_trainer_agree_on_every_row(trained, table, tmp_path, precision):
    path = tmp_path / "poses.tflite"
    path.write_bytes(write_tflite(trained.model, precision=precision))
    model = as_written(trained.model, precision)
    rows = table.inputs(model)
    gap = np.abs(PoseClassifier(path).run(*rows) - model.probabilities(*rows)).max()
    assert gap < 1e-5
    assert path.stat().st_size < 100_000
    rough = np.abs(model.probabilities(*rows) - trained.model.probabilities(*rows)).max()
    assert rough < {"float32": 1e-6, "float16": 0.01, "int8": 0.2}[precision]


@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize(
    ("skeleton", "world", "facing"),
    [
        (BLAZEPOSE_33, True, True),
        (BLAZEPOSE_33, False, False),
        (COCO_17, False, True),
    ],
)
def test_every_kind_of_features_can_be_written(table, tmp_path, skeleton, world, facing, mirror):
    features = Features(skeleton, world, facing, mirror)
    rows = table.points(skeleton, world=world)
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(20, len(features.mirrored[0]))).astype(np.float32)
    network = fit(inputs, np.eye(3, dtype=np.float32)[rng.integers(0, 3, 20)], rng, epochs=2)
    model = PoseModel((Branch(features, network),), ("a", "b", NONE))
    path = tmp_path / "one.tflite"
    path.write_bytes(write_tflite(model))
    np.testing.assert_allclose(PoseClassifier(path).run(rows), model.probabilities(rows), atol=1e-5)


def test_a_row_takes_next_to_no_time(trained, table, tmp_path):
    path = tmp_path / "poses.tflite"
    path.write_bytes(write_tflite(trained.model))
    session = PoseClassifier(path).session
    rows = [part[:1] for part in table.inputs(trained.model)]
    times = []
    for _ in range(300):
        started = time.perf_counter()
        session.run(*rows)
        times.append(time.perf_counter() - started)
    # The quickest of many: a busy machine is no reason to fail.
    assert min(times) < 1e-4


def test_labels_and_metadata_are_in_the_file(trained, tmp_path):
    path = tmp_path / "poses.tflite"
    path.write_bytes(write_tflite(trained.model))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("labels.txt").decode().split("\n") == [*trained.model.labels, ""]
    model = tflite.read(path)
    (note,) = model.metadata
    table = bytes(model.buffers[note.buffer].data)
    assert note.name == b"TFLITE_METADATA"
    assert table[4:8] == b"M001"
    assert b"labels.txt" in table


def test_the_same_training_gives_the_same_bytes(trained):
    assert write_tflite(trained.model) == write_tflite(trained.model)


def test_an_unknown_precision_is_named(trained):
    with pytest.raises(UnknownNameError, match="float16"):
        write_tflite(trained.model, precision="float61")


def test_what_is_not_ours_is_refused(trained, tmp_path):
    path = tmp_path / "x.tflite"
    with pytest.raises(InputError, match="there is no classifier"):
        PoseClassifier(path)
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match="not a classifier of ours"):
        PoseClassifier(path)
    whole = write_tflite(trained.model)
    path.write_bytes(whole[: whole.rindex(b"PK\x03\x04")])
    with pytest.raises(InputError, match="not a classifier of ours"):
        PoseClassifier(path)


def test_missing_landmarks_have_no_answer(trained, table, tmp_path):
    path = tmp_path / "poses.tflite"
    path.write_bytes(write_tflite(trained.model))
    body = Landmarks.missing(BLAZEPOSE_33, (2,))
    body.xy[0], body.world[0] = table.body[0, :, :2], table.body[0, :, 3:]
    answers = PoseClassifier(path).probabilities(body)
    assert np.isfinite(answers[0]).all()
    assert np.isnan(answers[1]).all()
    flat = Landmarks.missing(BLAZEPOSE_33, (1,), world=False)
    with pytest.raises(InputError, match="metres"):
        PoseClassifier(path).probabilities(flat)
