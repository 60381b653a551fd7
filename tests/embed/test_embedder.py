from __future__ import annotations

import zipfile

import numpy as np
import pytest

from vitruvian import ImageEmbedder
from vitruvian.embed.embedder import quantized
from vitruvian.errors import InputError, SourceError, UnknownNameError
from vitruvian.source.decode import read_picture
from vitruvian.types import Frame
from vitruvian.weights.metadata import Metadata
from vitruvian.weights.tflite import ModelWriter


@pytest.fixture(scope="module")
def embedder():
    return ImageEmbedder()


@pytest.fixture(scope="module")
def picture(two_people_file):
    return read_picture(two_people_file)


@pytest.fixture
def mean_model(tmp_path):
    """Writes a model that gives the mean colour of a picture, of one or two heads."""

    def write(dtype=np.float32, shape=(1, 4, 8, 3), heads=1):
        writer = ModelWriter("mean of a picture")
        image = values = writer.tensor("image", shape, dtype)
        if dtype == np.uint8:
            values = writer.tensor("floats", shape, np.float32)
            writer.operator("CAST", [image], [values], "CastOptions")
        axes = writer.constant("axes", np.array([1, 2], np.int32))
        means = []
        for head in range(heads):
            means.append(writer.tensor(f"mean{head}", (1, shape[3]), np.float32))
            writer.operator("MEAN", [values, axes], [means[-1]], "ReducerOptions", keepDims=False)
        path = tmp_path / "mine.tflite"
        path.write_bytes(writer.finish([image], means))
        return path

    return write


def halves(left, right, size=(40, 20)):
    """A picture whose halves have two colours."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[:, : size[0] // 2], image[:, size[0] // 2 :] = left, right
    return image


def test_like_pictures_are_more_alike_than_others(embedder, picture):
    vector = embedder.embed(picture)
    assert vector.shape == (1280,)
    assert vector.dtype == np.float32
    darker = embedder.embed((picture * 0.8).astype(np.uint8))
    noise = np.random.default_rng(0).integers(0, 255, picture.shape).astype(np.uint8)
    alike = ImageEmbedder.cosine_similarity(vector, darker)
    assert ImageEmbedder.cosine_similarity(vector, vector) == pytest.approx(1)
    assert alike > 0.8
    assert ImageEmbedder.cosine_similarity(vector, embedder.embed(noise)) < alike - 0.3


def test_path_array_and_frame_give_the_same(embedder, picture, two_people_file):
    vector = embedder.embed(picture)
    np.testing.assert_array_equal(embedder.embed(two_people_file), vector)
    np.testing.assert_array_equal(embedder.embed(str(two_people_file)), vector)
    np.testing.assert_array_equal(embedder.embed(Frame(picture)), vector)


def test_a_box_is_like_the_same_piece_cut_out(embedder, picture):
    part = embedder.embed(picture, box=(20, 30, 140, 170))
    cut = embedder.embed(np.ascontiguousarray(picture[30:170, 20:140]))
    assert ImageEmbedder.cosine_similarity(part, cut) > 0.99
    assert ImageEmbedder.cosine_similarity(part, embedder.embed(picture)) < 0.95


def test_a_box_is_stretched_to_the_input(mean_model):
    embedder = ImageEmbedder(mean_model())
    red, blue = (200, 0, 0), (0, 0, 100)
    image = halves(red, blue)
    np.testing.assert_allclose(embedder.embed(image, box=(0, 0, 20, 20)) * 255, red, atol=1)
    np.testing.assert_allclose(embedder.embed(image, box=(20, 5, 40, 15)) * 255, blue, atol=1)


def test_a_region_is_a_turned_square(mean_model):
    embedder = ImageEmbedder(mean_model(shape=(1, 8, 8, 3)))
    image = halves((200, 0, 0), (0, 0, 100), size=(40, 40))
    upright = embedder.embed(image, region=(10, 20, 16, 0.0))
    np.testing.assert_allclose(upright * 255, (200, 0, 0), atol=1)
    np.testing.assert_allclose(embedder.embed(image, region=(10, 20, 16, np.pi / 2)), upright)
    over = embedder.embed(image, region=(20, 20, 20, np.pi / 2)) * 255
    assert 60 < over[0] < 140


def test_metadata_say_what_pixels_the_model_wants(mean_model, monkeypatch):
    image = halves((255, 0, 0), (255, 0, 0))
    np.testing.assert_allclose(ImageEmbedder(mean_model()).embed(image), [1, 0, 0], atol=1e-6)
    asked = Metadata(np.float32([127.5]), np.float32([127.5]))
    monkeypatch.setattr("vitruvian.weights.metadata.read_metadata", lambda path: asked)
    np.testing.assert_allclose(ImageEmbedder(mean_model()).embed(image), [1, -1, -1], atol=1e-6)


def test_a_model_of_whole_numbers_gets_whole_numbers(mean_model):
    image = halves((250, 10, 0), (250, 10, 0))
    vector = ImageEmbedder(mean_model(np.uint8)).embed(image)
    np.testing.assert_array_equal(vector, [250, 10, 0])


def test_every_head_has_a_vector(mean_model, picture):
    embedder = ImageEmbedder(mean_model(heads=2), l2_normalize=True)
    first, second = embedder.heads(picture)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, embedder.embed(picture))


def test_length_first_then_whole_numbers(mean_model):
    image = halves((30, 40, 0), (30, 40, 0))
    path = mean_model(np.uint8)
    np.testing.assert_allclose(ImageEmbedder(path, l2_normalize=True).embed(image), [0.6, 0.8, 0])
    both = ImageEmbedder(path, l2_normalize=True, quantize=True).embed(image)
    assert both.dtype == np.int8
    assert both.tolist() == [77, 102, 0]
    assert ImageEmbedder(path, quantize=True).embed(image).tolist() == [127, 127, 0]
    black = ImageEmbedder(path, l2_normalize=True).embed(np.zeros((9, 9, 3), np.uint8))
    assert black.tolist() == [0, 0, 0]


def test_halves_are_rounded_away_from_zero_and_held_within_a_byte():
    values = np.float32([0.5, 1.5, -0.5, -1.5, 126.9, 200, -200]) / 128
    assert quantized(values).tolist() == [1, 2, -1, -2, 127, 127, -128]


@pytest.mark.usefixtures("lent_cache")
def test_a_task_is_opened(tmp_path, mean_model, picture):
    task = tmp_path / "mine.task"
    with zipfile.ZipFile(task, "w") as archive:
        archive.write(mean_model(), "embedder.tflite")
    np.testing.assert_array_equal(
        ImageEmbedder(task).embed(picture), ImageEmbedder(mean_model()).embed(picture)
    )
    with zipfile.ZipFile(task, "a") as archive:
        archive.write(mean_model(), "other.tflite")
    with pytest.raises(InputError, match="holds 2 models, expected one"):
        ImageEmbedder(task)


def test_a_model_that_takes_no_picture_is_refused(tmp_path, mean_model):
    with pytest.raises(InputError, match="an image embedder takes 1xHxWx3"):
        ImageEmbedder(mean_model(shape=(1, 4, 4, 1)))
    with pytest.raises(UnknownNameError, match="did you mean 'mobilenet-v2'"):
        ImageEmbedder("mobilenet-v3")
    with pytest.raises(InputError, match="there is no file"):
        ImageEmbedder(tmp_path / "none.tflite")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"box": (5, 5, 5, 9)}, "x0 < x1"),
        ({"box": (0, 0, np.nan, 9)}, "four numbers"),
        ({"box": (1, 2, 3)}, "four numbers"),
        ({"region": (5, 5, 0, 0)}, "side above 0"),
        ({"region": (5, 5, 9, 0), "box": (0, 0, 9, 9)}, "not both"),
    ],
)
def test_a_part_that_is_none_is_refused(embedder, picture, part, said):
    with pytest.raises(InputError, match=said):
        embedder.embed(picture, **part)


def test_what_is_no_picture_is_refused(embedder, tmp_path):
    with pytest.raises(SourceError):
        embedder.embed(tmp_path / "none.png")
    with pytest.raises(InputError, match="uint8"):
        embedder.embed(np.zeros((8, 8, 3)))


def test_the_cosine_of_two_vectors():
    similarity = ImageEmbedder.cosine_similarity
    assert similarity(np.array([3.0, 4.0]), np.array([4.0, 3.0])) == pytest.approx(0.96)
    small, large = np.array([1, -128], np.int8), np.array([1, 127], np.int8)
    assert similarity(small, large) == pytest.approx(-1, abs=1e-3)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (np.ones(3), np.ones(4), "one length"),
        (np.ones((2, 2)), np.ones((2, 2)), "one length"),
        (np.ones(3), np.ones(3, np.int8), "both be quantized"),
        (np.ones(0), np.ones(0), "not be empty"),
        (np.ones(3), np.zeros(3), "zeros"),
    ],
)
def test_vectors_that_cannot_be_compared_are_refused(a, b, said):
    with pytest.raises(InputError, match=said):
        ImageEmbedder.cosine_similarity(a, b)
