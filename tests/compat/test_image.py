from __future__ import annotations

import gc

import cv2
import numpy as np
import pytest

from vitruvian.compat.mediapipe import Image, ImageFormat

FORMATS = [
    (ImageFormat.SRGB, 1, np.uint8, 3),
    (ImageFormat.SRGBA, 2, np.uint8, 4),
    (ImageFormat.GRAY8, 3, np.uint8, 1),
    (ImageFormat.GRAY16, 4, np.uint16, 1),
    (ImageFormat.SRGB48, 7, np.uint16, 3),
    (ImageFormat.SRGBA64, 8, np.uint16, 4),
    (ImageFormat.VEC32F1, 9, np.float32, 1),
    (ImageFormat.VEC32F2, 12, np.float32, 2),
    (ImageFormat.VEC32F4, 13, np.float32, 4),
]


@pytest.mark.parametrize(("kind", "number", "dtype", "channels"), FORMATS)
def test_every_format_keeps_its_numbers(kind, number, dtype, channels):
    data = np.arange(4 * 5 * channels).reshape(4, 5, channels).astype(dtype)
    image = Image(image_format=kind, data=data)
    assert kind == number
    assert (image.width, image.height, image.channels) == (5, 4, channels)
    assert image.image_format is kind
    assert image.numpy_view().dtype == dtype
    np.testing.assert_array_equal(image.numpy_view(), data)
    assert image[3, 4, channels - 1] == data[3, 4, -1]
    assert type(image[0, 0, 0]) is (float if dtype == np.float32 else int)


def test_the_pixels_are_a_copy_that_nobody_writes_to():
    data = np.zeros((2, 2, 3), np.uint8)
    image = Image(ImageFormat.SRGB, data)
    data[:] = 7
    assert image.numpy_view().max() == 0
    with pytest.raises(ValueError, match="read-only"):
        image.numpy_view()[0, 0, 0] = 1


def test_rows_may_be_anywhere_in_memory():
    data = np.arange(72, dtype=np.uint8).reshape(4, 6, 3)
    flipped = Image(ImageFormat.SRGB, data[:, ::-1])
    assert flipped.numpy_view()[0, 0].tolist() == [15, 16, 17]


def test_grey_may_have_two_dimensions():
    image = Image(ImageFormat.GRAY8, np.array([[1, 2], [3, 4]], np.uint8))
    assert image.numpy_view().shape == (2, 2, 1)
    assert (image[1, 0], image[1, 0, 0]) == (3, 3)


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (ImageFormat.SRGB, np.zeros(12, np.uint8), "Unsupported number of dimensions:1"),
        (ImageFormat.SRGB, np.zeros((1, 2, 2, 3), np.uint8), "Unsupported number of dimensions:4"),
        (ImageFormat.SRGB, np.zeros((2, 2, 3)), "Unsupported numpy data type: float64"),
        (
            ImageFormat.SRGB,
            np.zeros((2, 2, 3), np.uint16),
            "Unsupported image format: SRGB (expected GRAY16, SRGB48, or SRGBA64 for uint16_t "
            "data)",
        ),
        (
            ImageFormat.VEC32F1,
            np.zeros((2, 2), np.uint8),
            "Unsupported image format: VEC32F1 (expected GRAY8, SRGB, or SRGBA for uint8_t data)",
        ),
        (
            ImageFormat.UNKNOWN,
            np.zeros((2, 2), np.float32),
            "Unsupported image format: UNKNOWN (expected VEC32F1, VEC32F2, or VEC32F4 for float "
            "data)",
        ),
        (
            ImageFormat.SRGB,
            np.zeros((4, 6), np.uint8),
            "Pixel data size is too small: 24 (expected 72)",
        ),
        (
            ImageFormat.SRGB,
            np.zeros((4, 6, 4), np.uint8),
            "SRGB needs data of (4, 6, 3), not (4, 6, 4)",
        ),
    ],
)
def test_arrays_that_do_not_fit(kind, data, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Image(kind, data)
    assert str(caught.value) == text


def test_places_that_are_not_there():
    image = Image(ImageFormat.SRGB, np.zeros((2, 2, 3), np.uint8))
    for key in ((2, 0, 0), (0, 0, 3), (-1, 0, 0)):
        with pytest.raises(IndexError):
            image[key]
    with pytest.raises(ValueError, match=r"Invalid index dimension: 2 \(expected 2 or 3\)"):
        image[0, 0]
    with pytest.raises(TypeError):
        image[0]


def test_rows_are_laid_out_as_in_mediapipe():
    images = [Image(ImageFormat.SRGB, np.zeros((2, w, 3), np.uint8)) for w in (1, 5, 6, 16)]
    assert [image.step for image in images] == [16, 16, 32, 48]
    assert [image.is_contiguous() for image in images] == [False, False, False, True]
    assert [images[3].is_aligned(n) for n in (1, 16, 32)] == [True, True, False]
    assert not images[0].uses_gpu()
    assert not images[0].is_empty()
    assert Image(ImageFormat.SRGB, np.zeros((0, 6, 3), np.uint8)).is_empty()
    with pytest.raises(ValueError, match="power of 2"):
        images[0].is_aligned(3)


@pytest.mark.parametrize(
    ("pixels", "kind"),
    [
        (np.full((3, 4, 3), (10, 20, 30), np.uint8), ImageFormat.SRGB),
        (np.full((3, 4, 4), (10, 20, 30, 40), np.uint8), ImageFormat.SRGBA),
        (np.full((3, 4), 50, np.uint8), ImageFormat.GRAY8),
        (np.full((3, 4), 50 * 256, np.uint16), ImageFormat.GRAY8),
    ],
)
def test_files(tmp_path, pixels, kind):
    path = str(tmp_path / "picture.png")
    cv2.imwrite(path, pixels)
    image = Image.create_from_file(path)
    first = np.atleast_1d(pixels[0, 0]).tolist()
    wanted = {3: first[2::-1], 4: [*first[2::-1], first[-1]], 1: [50]}[image.channels]
    assert image.image_format is kind
    assert image.numpy_view()[0, 0].tolist() == wanted


def test_files_that_are_no_pictures(tmp_path):
    missing = str(tmp_path / "none.png")
    with pytest.raises(FileNotFoundError) as caught:
        Image.create_from_file(missing)
    assert str(caught.value) == f"Can't find file: {missing}"
    for content in (b"", b"words"):
        (tmp_path / "words.png").write_bytes(content)
        with pytest.raises(RuntimeError, match="Failed to load image from file"):
            Image.create_from_file(str(tmp_path / "words.png"))


def test_pixels_that_are_still_looked_at_are_not_written_over():
    kept = []
    for level in range(12):
        image = Image(ImageFormat.SRGB, np.full((48, 64, 3), level, np.uint8))
        kept.append((level, image.numpy_view()[level:] if level % 2 else image.numpy_view()))
        Image(ImageFormat.SRGB, np.full((48, 64, 3), 200, np.uint8))
        del image
    for level, view in kept:
        assert (view == level).all()


def test_a_picture_that_is_kept_while_it_goes_does_not_change():
    kept = []

    class Keeper:
        def __init__(self, image):
            self.itself, self.image = self, image

        def __del__(self):
            kept.append(self.image)

    for level in range(4):
        Keeper(Image(ImageFormat.GRAY8, np.full((30, 20), level, np.uint8)))
        gc.collect()
        Image(ImageFormat.GRAY8, np.full((30, 20), 200, np.uint8))
    assert [int(image[29, 19]) for image in kept] == [0, 1, 2, 3]


def test_pictures_that_are_there_at_once_have_memory_of_their_own():
    for _ in range(3):
        images = [Image(ImageFormat.GRAY8, np.full((40, 30), n, np.uint8)) for n in range(5)]
        assert [int(image[39, 29]) for image in images] == list(range(5))


def test_memory_is_used_again():
    data = np.zeros((480, 640, 3), np.uint8)
    places, others = set(), []
    for _ in range(20):
        image = Image(ImageFormat.SRGB, data)
        places.add(image.numpy_view().ctypes.data)
        others.append(np.ones(data.shape, np.uint8))  # takes what memory is free
    assert len(places) <= 3
    assert all(array.all() for array in others)
