"""MobileNetV2's conversion against the network computed in NumPy from the tensors as they came."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vitruvian import weights
from vitruvian.errors import WeightsError
from vitruvian.runtime import open_session
from vitruvian.weights import mobilenet
from vitruvian.weights.mobilenet import convert_mobilenet
from vitruvian.weights.statedict import read_state_dict

STAGES = "1 16 1 1, 6 24 2 2, 6 32 3 2, 6 64 4 2, 6 96 3 1, 6 160 3 2, 6 320 1 1"


@pytest.fixture(scope="module")
def published():
    """The state dict as it is published."""
    weights.obtain("mobilenet-v2")
    (file,) = weights.row("mobilenet-v2").files
    return weights.directory() / file.name


def normed(tensors, name, x):
    """Batch normalisation as it is defined, over channels that come first."""
    gain, shift, mean, variance = (
        tensors[f"{name}.{part}"][:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (x - mean) / np.sqrt(variance + 1e-5) * gain + shift


def pointwise(tensors, name, x):
    return np.tensordot(tensors[f"{name}.weight"][:, :, 0, 0], x, 1)


def around(x, stride):
    """The nine neighbours of every pixel, zero beyond the border on all sides."""
    _, height, width = x.shape
    wide = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    return {
        (i, j): wide[:, i : i + height : stride, j : j + width : stride]
        for i in range(3)
        for j in range(3)
    }


def depthwise(tensors, name, x, stride):
    kernel = tensors[f"{name}.weight"][:, 0]
    return sum(kernel[:, i, j, None, None] * seen for (i, j), seen in around(x, stride).items())


def network(tensors, image):
    """The features of an (H, W, 3) picture in 0..1."""
    x = (image - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    x = np.moveaxis(x, -1, 0)
    kernel = tensors["features.0.0.weight"]
    x = sum(np.tensordot(kernel[:, :, i, j], seen, 1) for (i, j), seen in around(x, 2).items())
    x = normed(tensors, "features.0.1", x).clip(0, 6)
    index = 0
    for stage in STAGES.split(", "):
        expansion, channels, repeats, first = map(int, stage.split())
        for repeat in range(repeats):
            index += 1
            name, y, at = f"features.{index}.conv", x, 0
            if expansion > 1:
                y = normed(tensors, f"{name}.1", pointwise(tensors, f"{name}.0", y)).clip(0, 6)
                at = 3
            stride = 1 if repeat else first
            y = depthwise(tensors, f"{name}.{at}", y, stride)
            y = normed(tensors, f"{name}.{at + 1}", y).clip(0, 6)
            y = normed(tensors, f"{name}.{at + 4}", pointwise(tensors, f"{name}.{at + 3}", y))
            assert len(y) == channels
            x = x + y if y.shape == x.shape and stride == 1 else y
    last = normed(tensors, "features.18.1", pointwise(tensors, "features.18.0", x)).clip(0, 6)
    return last.mean((1, 2))


def test_it_computes_what_the_network_computes(published, tmp_path, two_people_file):
    picture = cv2.resize(cv2.imread(str(two_people_file)), (224, 224))
    image = (picture[..., ::-1] / 255).astype(np.float32)
    tensors = {name: t.astype(np.float32) for name, t in read_state_dict(published).items()}
    truth = network(tensors, image)
    session = open_session(convert_mobilenet(published, tmp_path / "made.tflite"))
    (vector,) = session.run(image[None])
    assert vector.shape == (1, 1280)
    assert truth.max() > 1
    np.testing.assert_allclose(vector[0], truth, atol=1e-4)


def test_the_state_dict_is_used_up(published):
    tensors = read_state_dict(published)
    folded = mobilenet.layers(tensors)
    assert len(folded) == 52
    assert len(tensors) == 6 * len(folded)
    assert {f"{layer.name}.weight" for layer in folded} <= tensors.keys()


@pytest.mark.parametrize("spoil", ["missing", "shape"])
def test_another_network_is_refused(published, tmp_path, monkeypatch, spoil):
    tensors = read_state_dict(published)
    if spoil == "missing":
        del tensors["features.9.conv.0.weight"]
    else:
        tensors["features.9.conv.0.weight"] = np.zeros((3, 3, 1, 1), np.float32)
    monkeypatch.setattr(mobilenet, "read_state_dict", lambda path: tensors)
    with pytest.raises(WeightsError, match=r"is not a MobileNetV2: .*9"):
        convert_mobilenet(published, tmp_path / "made.tflite")
    assert list(tmp_path.iterdir()) == []
