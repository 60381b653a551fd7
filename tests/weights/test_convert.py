"""MoveNet's conversion against the graph's own arithmetic in NumPy, live and recorded.

``VITRUVIAN_RECORD=1`` writes the recording anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from vitruvian import weights
from vitruvian.errors import WeightsError
from vitruvian.runtime import open_session
from vitruvian.weights.arithmetic import OPERATIONS, evaluate
from vitruvian.weights.convert import convert_movenet
from vitruvian.weights.tfjs import Graph, Node, read_graph

GOLDEN = Path(__file__).parents[1] / "golden" / "movenet"
CASES = {"movenet-lightning": (192, 192), "movenet-multipose-192x256": (192, 256)}
ATOL = 1e-4


@pytest.fixture(scope="module")
def picture():
    image = cv2.imread(str(GOLDEN / "two_people.png"))
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """The cases' models, converted here so that the user's cache holds no odd sizes."""
    folder = tmp_path_factory.mktemp("converted")
    return {
        name: convert_movenet(*files_of(name), folder / f"{name}.tflite", size=size)
        for name, size in CASES.items()
    }


def seen_by(name, picture):
    height, width = CASES[name]
    return np.ascontiguousarray(picture[:height, :width])[None]


def files_of(name):
    """The graph and its shard in the cache, wherever the model of some listed size comes from."""
    listed = name.replace("192x256", "256")
    weights.obtain(listed)
    return [weights.directory() / file.name for file in weights.row(listed).files]


@pytest.mark.parametrize("name", CASES)
def test_the_recording_is_what_the_graph_computes(name, picture, arithmetic):
    graph = read_graph(*files_of(name))
    image = seen_by(name, picture).astype(np.int32)
    with np.errstate(over="ignore"):
        truth = evaluate(graph, image, arithmetic)[graph.output]
    path = GOLDEN / f"{name}.npy"
    if os.environ.get("VITRUVIAN_RECORD"):
        np.save(path, truth)
    np.testing.assert_allclose(truth, np.load(path), atol=1e-5)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("threads", [1, 2])
def test_the_converted_model_gives_the_recorded_numbers(name, threads, picture, converted):
    session = open_session(converted[name], threads=threads)
    height, width = CASES[name]
    assert session.inputs == (((1, height, width, 3), np.dtype(np.uint8)),)
    (found,) = session.run(seen_by(name, picture))
    np.testing.assert_allclose(found, np.load(GOLDEN / f"{name}.npy"), atol=ATOL)


def test_both_people_are_found_and_nobody_else(picture, converted):
    name = "movenet-multipose-192x256"
    (found,) = open_session(converted[name]).run(seen_by(name, picture))
    scores = found[0, :, 55]
    assert (scores > 0.6).sum() == 2
    assert (scores > 0.1).sum() == 2
    noses = sorted(found[0, scores > 0.6, 1] * 256)
    # Where they were drawn: 200 and 470 of 640 pixels.
    np.testing.assert_allclose(noses, [80, 188], atol=4)


@pytest.mark.parametrize("size", [(128, 192), (160, 96), (64, 64)])
def test_any_size_agrees_with_the_graph(size, picture, arithmetic, tmp_path):
    name = "movenet-multipose-256"
    graph = read_graph(*files_of(name))
    model = convert_movenet(*files_of(name), tmp_path / "model.tflite", size=size)
    image = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)[None]
    with np.errstate(over="ignore"):
        truth = evaluate(graph, image.astype(np.int32), arithmetic)[graph.output]
    (found,) = open_session(model).run(image)
    # Rows of nobody tie at zero, where either order is right.
    somebody = truth[0, :, 55] > 0.05
    assert somebody.any() or size == (64, 64)
    np.testing.assert_allclose(found[0, somebody], truth[0, somebody], atol=ATOL)
    np.testing.assert_allclose(found[0, :, 55], truth[0, :, 55], atol=ATOL)


def test_conversion_gives_the_same_bytes_twice(tmp_path):
    paths = files_of("movenet-multipose-256")
    once, twice = (
        convert_movenet(*paths, tmp_path / f"{i}.tflite", size=(64, 64)).read_bytes() for i in "ab"
    )
    assert once == twice


def test_an_unknown_operation_is_refused_in_one_line(tmp_path):
    graph = tmp_path / "graph.json"
    graph.write_text(
        '{"signature": {"outputs": {"y": {"name": "y:0"}}}, "weightsManifest": [],'
        ' "modelTopology": {"node": [{"name": "x", "op": "Placeholder"},'
        ' {"name": "y", "op": "Fft", "input": ["x"]}]}}'
    )
    (tmp_path / "shard.bin").touch()
    with pytest.raises(WeightsError, match=r"no rule for 'Fft'") as error:
        convert_movenet(graph, tmp_path / "shard.bin", tmp_path / "out", size=(64, 64))
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"weightsManifest": 3}'])
def test_what_is_no_graph_is_refused(text, tmp_path):
    (tmp_path / "graph.json").write_text(text)
    (tmp_path / "shard.bin").touch()
    with pytest.raises(WeightsError, match=r"graph\.json is not a TensorFlow\.js graph model"):
        read_graph(tmp_path / "graph.json", tmp_path / "shard.bin")


def test_a_shard_cut_short_is_refused(tmp_path):
    spec = '{"name": "w", "shape": [4], "dtype": "float32"}'
    (tmp_path / "graph.json").write_text(f'{{"weightsManifest": [{{"weights": [{spec}]}}]}}')
    (tmp_path / "shard.bin").write_bytes(bytes(15))
    with pytest.raises(WeightsError, match=r"graph\.json is not"):
        read_graph(tmp_path / "graph.json", tmp_path / "shard.bin")


def test_quantised_weights_are_widened(tmp_path):
    (tmp_path / "graph.json").write_text(
        '{"signature": {"outputs": {"y": {"name": "y:0"}}},'
        ' "modelTopology": {"node": [{"name": "x", "op": "Placeholder"},'
        ' {"name": "y", "op": "AddV2", "input": ["x", "w"]}, {"name": "w", "op": "Const"}]},'
        ' "weightsManifest": [{"weights": [{"name": "w", "shape": [2], "dtype": "float32",'
        ' "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}}]}]}'
    )
    (tmp_path / "shard.bin").write_bytes(bytes([2, 255]))
    graph = read_graph(tmp_path / "graph.json", tmp_path / "shard.bin")
    assert graph.constants["w"].dtype == np.float32
    np.testing.assert_array_equal(graph.constants["w"], [0, 126.5])


def test_a_strided_slice_keeps_new_and_shrunk_axes():
    masks = {"begin_mask": 5, "end_mask": 1, "ellipsis_mask": 0}
    attrs = {**masks, "new_axis_mask": 2, "shrink_axis_mask": 8}
    node = Node("y", "StridedSlice", ("x", "begin", "end", "strides"), attrs)
    constants = {
        "begin": np.array([0, 0, 0, 1]),
        "end": np.array([0, 0, 2, 2]),
        "strides": np.ones(4, int),
    }
    x = np.arange(24).reshape(2, 3, 4)
    values = evaluate(Graph("x", "y", (node,), constants), x, OPERATIONS)
    np.testing.assert_array_equal(values["y"], x[:, None, :2, 1])
