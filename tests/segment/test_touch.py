"""A model of the user's, made here: what it is shown, and what becomes of its output."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from vitruvian import InputError, InteractiveSegmenter, Stroke
from vitruvian.segment.touch import activated, focus, normalized
from vitruvian.weights.metadata import Metadata
from vitruvian.weights.tflite import ModelWriter


def write(path, channels, *, size=64, weights=None, bias=0.0, inputs=4):
    """A model that mixes the input's channels, pixel by pixel."""
    writer = ModelWriter("click")
    taken = writer.tensor("image", (1, size, size, inputs), np.float32)
    given = writer.tensor("mask", (1, size, size, channels), np.float32)
    mix = np.zeros((channels, 1, 1, inputs), np.float32)
    mix[:, 0, 0, :] = 0 if weights is None else weights
    kernel = writer.constant("mix", mix)
    offset = writer.constant("offset", np.full(channels, bias, np.float32))
    writer.operator(
        "CONV_2D", [taken, kernel, offset], [given], "Conv2DOptions",
        strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1,
    )  # fmt: skip
    path.write_bytes(writer.finish([taken], [given]))
    return path


@pytest.fixture
def image():
    """Grey, with a red corner; twice the model's size and not square."""
    image = np.full((96, 128, 3), 128, np.uint8)
    image[:48, :64] = 255, 0, 0
    return image


def test_the_fourth_channel_is_the_click(tmp_path, image):
    path = write(tmp_path / "click.tflite", 1, weights=[0, 0, 0, 1])
    segmenter = InteractiveSegmenter(path)
    segmenter.set_image(image)
    values = segmenter.click(100, 20).values
    assert values.shape == (96, 128)
    y, x = np.unravel_index(values.argmax(), values.shape)
    assert abs(x - 100) <= 2
    assert abs(y - 20) <= 2
    away = np.ones(values.shape, bool)
    away[12:29, 92:109] = False
    assert not values[away].any()
    assert len(segmenter.people) == 0


def test_the_picture_is_rgb_from_0_to_1_and_stretched(tmp_path, image):
    segmenter = InteractiveSegmenter(write(tmp_path / "red.tflite", 1, weights=[1, 0, 0, 0]))
    segmenter.set_image(image)
    values = segmenter.click(1, 1).values
    np.testing.assert_allclose(values[4:40, 4:56], 1, atol=1e-3)
    np.testing.assert_allclose(values[60:, 80:], 128 / 255, atol=2e-3)


def test_of_two_masks_the_second_is_the_foreground(tmp_path, image):
    weights = np.array([[0, 0, 0, 0], [1, 0, 0, 0]], np.float32)
    segmenter = InteractiveSegmenter(write(tmp_path / "two.tflite", 2, weights=weights))
    segmenter.set_image(image)
    np.testing.assert_allclose(segmenter.click(1, 1).values[4:40, 4:56], 1, atol=1e-3)


def test_dots_grow_with_the_picture_as_mediapipes_do():
    assert focus([Stroke([(20, 20)])], (200, 100)).sum() == 255 * 5
    large = focus([Stroke([(1000, 600)])], (2048, 1200))
    assert large.max() == 255
    assert np.flatnonzero(large.any(0)).tolist() == list(range(996, 1005))
    line = focus([Stroke([(10, 10), (50, 10)])], (100, 100))
    assert (line[10, 10:51] == 255).all()
    ring = focus([Stroke([(10, 10), (50, 10), (30, 60)], "lasso")], (100, 100))
    assert ring[35, 20] == 255
    assert ring[25, 30] == 0


@pytest.mark.parametrize(
    ("output", "activation", "expected"),
    [
        ([[[0.3]]], None, 0.3),
        ([[[2.0]]], None, 1 / (1 + np.exp(-2))),
        ([[[-200.0]]], None, 0.0),
        ([[[0.3]]], "sigmoid", 1 / (1 + np.exp(-0.3))),
        ([[[0.2, 0.8]]], None, 0.8),
        ([[[1.0, 3.0]]], None, 1 / (1 + np.exp(-2))),
        ([[[0.1, 0.4]]], "softmax", 1 / (1 + np.exp(-0.3))),
        ([[[0.1, 0.4]]], "none", 0.4),
        ([[[5.0, 0.4]]], "sigmoid", 1 / (1 + np.exp(-0.4))),
    ],
)
def test_activations(output, activation, expected):
    found = activated(np.array(output, np.float32), activation)
    assert found.dtype == np.float32
    assert found.shape == (1, 1)
    assert found[0, 0] == pytest.approx(expected, abs=1e-6)


def test_it_knows_no_exclusion(tmp_path, image):
    segmenter = InteractiveSegmenter(write(tmp_path / "click.tflite", 1, weights=[0, 0, 0, 1]))
    segmenter.set_image(image)
    segmenter.click(10, 10)
    with pytest.raises(InputError, match="knows no strokes that exclude"):
        segmenter.click(10, 10, include=False)
    assert len(segmenter.strokes) == 1


def test_files_that_are_no_such_model(tmp_path, image):
    with pytest.raises(InputError, match="there is no model at"):
        InteractiveSegmenter(tmp_path / "none.tflite")
    text = tmp_path / "text.tflite"
    text.write_text("To whom it may concern")
    with pytest.raises(InputError, match="not a TFLite model"):
        InteractiveSegmenter(text)
    with pytest.raises(InputError, match=r"three.tflite takes 1x64x64x3 float32; a model to click"):
        InteractiveSegmenter(write(tmp_path / "three.tflite", 1, inputs=3))
    bundle = tmp_path / "interactive_segmentation.task"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("model.tflite", b"")
    with pytest.raises(InputError, match=r"is a bundle.*give magic_touch.tflite"):
        InteractiveSegmenter(bundle)
    many = InteractiveSegmenter(write(tmp_path / "many.tflite", 5))
    many.set_image(image)
    with pytest.raises(InputError, match="expected a mask"):
        many.click(1, 1)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (Metadata(), [0, 0.2, 1, 1]),
        (Metadata(np.float32([127.5]), np.float32([127.5])), [-1, -0.6, 1, 1]),
        (Metadata(np.float32([0, 1, 5, 0]), np.float32([1, 50, 250, 51])), [0, 1, 1, 5]),
        (Metadata(np.float32([0, 1, 5]), np.float32([1, 50, 250])), [0, 1, 1, 1]),
    ],
)
def test_the_metadata_says_how_pixels_are_scaled(about, expected):
    pixels = np.float32([[[0, 51, 255, 255]]])
    np.testing.assert_allclose(normalized(pixels, about)[0, 0], expected, atol=1e-6)
