from __future__ import annotations

import threading

import numpy as np
import pytest

import vitruvian
from vitruvian.compat.mediapipe import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.components.containers import Embedding, RectF
from vitruvian.compat.mediapipe.tasks.python.vision import (
    ImageEmbedder,
    ImageEmbedderOptions,
    ImageProcessingOptions,
    RunningMode,
)

MODEL = BaseOptions(model_asset_path="mobilenet-v2")
LEFT = RectF(left=0.0, top=0.0, right=0.5, bottom=1.0)


def embedder(**options):
    return ImageEmbedder.create_from_options(ImageEmbedderOptions(MODEL, **options))


def vector(result):
    (embedding,) = result.embeddings
    return embedding.embedding


def test_options_are_mediapipe_s():
    assert ImageEmbedderOptions(MODEL) == ImageEmbedderOptions(
        base_options=MODEL,
        running_mode=RunningMode.IMAGE,
        l2_normalize=None,
        quantize=None,
        result_callback=None,
    )


def test_it_is_our_own_embedding_as_float64(image, photo):
    with embedder() as task:
        result = task.embed(image)
    assert vector(result).dtype == np.float64
    assert (result.embeddings[0].head_index, result.timestamp_ms) == (0, None)
    np.testing.assert_allclose(vector(result), vitruvian.ImageEmbedder().embed(photo), rtol=1e-5)


def test_norm_and_whole_numbers(image):
    with embedder(l2_normalize=True) as task:
        unit = vector(task.embed(image))
    with embedder(l2_normalize=True, quantize=True) as task:
        whole = vector(task.embed(image))
    assert np.linalg.norm(unit) == pytest.approx(1)
    assert whole.dtype == np.uint8
    assert np.abs(whole.view(np.int8) - np.clip(np.round(unit * 128), -128, 127)).max() <= 1


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_region_is_cut_out_then_turned(photo, quarters):
    half = photo[:, : photo.shape[1] // 2]
    with embedder() as task:
        wanted = task.embed(Image(ImageFormat.SRGB, np.rot90(half, -quarters))).embeddings[0]
        options = ImageProcessingOptions(LEFT, rotation_degrees=90 * quarters)
        got = task.embed(Image(ImageFormat.SRGB, photo), options).embeddings[0]
    assert ImageEmbedder.cosine_similarity(wanted, got) > 0.999


@pytest.mark.parametrize(
    "region", [RectF(0.5, 0, 1, 0.5), RectF(-0.1, 0, 1, 1), RectF(0, 0.9, 0.1, 1)]
)
def test_regions_that_are_none(blank, region):
    with embedder() as task, pytest.raises(ValueError, match="Expected region-of-interest"):
        task.embed(blank, ImageProcessingOptions(region))


def test_films_and_live_streams(image, blank):
    with embedder(running_mode=RunningMode.VIDEO) as task:
        first, second = (vector(task.embed_for_video(image, stamp)) for stamp in (0, 33))
    np.testing.assert_array_equal(first, second)
    results, done = [], threading.Event()

    def take(result, picture, timestamp_ms):
        results.append((vector(result).shape, picture, timestamp_ms))
        done.set()

    with embedder(running_mode=RunningMode.LIVE_STREAM, result_callback=take) as task:
        task.embed_async(blank, 5, ImageProcessingOptions(LEFT))
        assert done.wait(20)
    assert results == [((1280,), blank, 5)]


@pytest.mark.parametrize(
    ("u", "v", "text"),
    [
        ([1.0], [1.0, 2.0], "embeddings of different sizes \\(1 vs. 2\\)"),
        ([1.0, 2.0], np.array([1, 2], np.uint8), "between quantized and float embeddings"),
        ([], [], "on empty embeddings"),
        ([0.0, 0.0], [1.0, 0.0], "on embedding with 0 norm"),
    ],
)
def test_embeddings_that_cannot_be_compared(u, v, text):
    with pytest.raises(ValueError, match=text):
        ImageEmbedder.cosine_similarity(Embedding(np.asarray(u)), Embedding(np.asarray(v)))


def test_bytes_are_compared_as_signed_numbers():
    u = Embedding(np.array([-100, 50], np.int8).view(np.uint8))
    v = Embedding(np.array([100, -50], np.int8).view(np.uint8))
    assert ImageEmbedder.cosine_similarity(u, v) == pytest.approx(-1)
