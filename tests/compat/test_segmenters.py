from __future__ import annotations

import numpy as np
import pytest

from vitruvian.compat.mediapipe import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python import BaseOptions, vision
from vitruvian.compat.mediapipe.tasks.python.components.containers import NormalizedKeypoint, RectF

Legacy = vision.InteractiveSegmenterLegacy
LegacyOptions = vision.InteractiveSegmenterLegacyOptions
Region = vision.InteractiveSegmenterLegacyRegionOfInterest
Mode = vision.InteractiveSegmenterBrushMode
MODEL = BaseOptions(model_asset_path="default")
WIDTH, HEIGHT = 200, 120


@pytest.fixture(scope="module")
def scene():
    """A red square on the left and a blue disc on the right, on grey."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    red = (abs(x - 50) <= 30) & (abs(y - 60) <= 30)
    blue = (x - 150) ** 2 + (y - 60) ** 2 <= 900
    pixels[red], pixels[blue] = (220, 40, 40), (40, 60, 220)
    return Image(ImageFormat.SRGB, pixels), red, blue


def at(x, y):
    return Region(Region.Format.KEYPOINT, NormalizedKeypoint(x, y))


def stroke(mode, *points):
    points = [vision.InteractiveSegmenterStrokePoint(x, y) for x, y in points]
    return vision.InteractiveSegmenterStroke(mode, points, is_completed=True)


def likeness(mask, truth):
    found = mask.numpy_view()[..., 0] > 0.5
    return (found & truth).sum() / (found | truth).sum()


def test_a_click_gives_what_it_is_on(scene):
    image, red, blue = scene
    with Legacy.create_from_model_path("default") as segmenter:
        on_red, on_blue = (segmenter.segment(image, at(x, 0.5)) for x in (0.25, 0.75))
    assert likeness(on_red.confidence_masks[1], red) > 0.9
    assert likeness(on_blue.confidence_masks[1], blue) > 0.9
    rest, thing = on_red.confidence_masks
    assert thing.image_format == ImageFormat.VEC32F1
    np.testing.assert_allclose(rest.numpy_view() + thing.numpy_view(), 1, atol=1e-6)
    assert on_red.category_mask is None


def test_masks_come_as_they_are_wanted(scene):
    image, red, _ = scene
    options = LegacyOptions(MODEL, output_confidence_masks=False, output_category_mask=True)
    with Legacy.create_from_options(options) as segmenter:
        result = segmenter.segment(image, at(0.25, 0.5))
    assert result.confidence_masks is None
    assert result.category_mask.image_format == ImageFormat.GRAY8
    assert set(np.unique(result.category_mask.numpy_view())) == {0, 1}
    assert likeness(result.category_mask, red) > 0.9


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_clicks_and_masks_are_in_the_picture_as_given(scene, quarters):
    image, red, _ = scene
    turned = Image(ImageFormat.SRGB, np.rot90(image.numpy_view(), quarters))
    x, y = {1: (0.5, 0.75), 2: (0.75, 0.5), 3: (0.5, 0.25)}[quarters]
    options = vision.ImageProcessingOptions(rotation_degrees=90 * quarters)
    with Legacy.create_from_model_path("default") as segmenter:
        result = segmenter.segment(turned, at(x, y), options)
    assert likeness(result.confidence_masks[1], np.rot90(red, quarters)) > 0.9


def test_a_click_where_nothing_is_gives_nothing(scene):
    with Legacy.create_from_model_path("default") as segmenter:
        for x, y in ((0, 0), (1, 1)):
            rest, thing = segmenter.segment(scene[0], at(x, y)).confidence_masks
            assert thing.numpy_view()[60, 50] < 0.5
            assert rest.numpy_view().shape == (HEIGHT, WIDTH, 1)


@pytest.mark.parametrize(
    ("region", "text"),
    [
        (Region(Region.Format.KEYPOINT), "Unrecognized format."),
        (
            Region(Region.Format.UNSPECIFIED, NormalizedKeypoint(0.5, 0.5)),
            "RegionOfInterest format not specified.",
        ),
        (at(1.5, 0.5), "expected points with x and y in [0, 1], not [[1.5, 0.5]]"),
        (at(None, 0.5), "expected a keypoint with x and y"),
    ],
)
def test_clicks_that_are_refused(scene, region, text):
    with Legacy.create_from_model_path("default") as segmenter, pytest.raises(ValueError) as caught:  # noqa: PT011
        segmenter.segment(scene[0], region)
    assert str(caught.value) == text


def test_other_things_that_are_refused(scene):
    image, *_ = scene
    missing = BaseOptions(model_asset_path="/no/such/model.tflite")
    for make, options in (
        (Legacy, LegacyOptions),
        (vision.InteractiveSegmenter, vision.InteractiveSegmenterOptions),
    ):
        with pytest.raises(FileNotFoundError, match="Unable to open file at /no/such"):
            make.create_from_options(options(missing))
        with pytest.raises(ValueError, match="ExternalFile must specify at least one of"):
            make.create_from_options(options(BaseOptions()))
    segmenter = Legacy.create_from_model_path("default")
    region = vision.ImageProcessingOptions(RectF(0.1, 0.0, 1.0, 0.9))
    with pytest.raises(ValueError, match="support region-of-interest"):
        segmenter.segment(image, at(0.5, 0.5), region)
    segmenter.close()
    with pytest.raises(RuntimeError, match="not running"):
        segmenter.segment(image, at(0.5, 0.5))


def test_strokes_add_and_take_away(scene):
    image, red, blue = scene
    with vision.InteractiveSegmenter.create_from_model_path("default") as segmenter:
        segmenter.set_image(image)
        first = stroke(Mode.POSITIVE, (0.2, 0.5), (0.3, 0.5))
        alone = segmenter.segment([first])
        both = segmenter.segment([first, stroke(Mode.POSITIVE, (0.75, 0.5))])
        again = segmenter.segment(
            [
                first,
                stroke(Mode.POSITIVE, (0.75, 0.5)),
                stroke(Mode.NEGATIVE, (0.7, 0.5), (0.8, 0.5)),
            ]
        )
    assert alone.image_format == ImageFormat.VEC32F1
    assert (alone.width, alone.height) == (WIDTH, HEIGHT)
    assert likeness(alone, red) > 0.9
    assert likeness(both, red | blue) > 0.9
    assert again.numpy_view()[60, 150] < 0.5 < again.numpy_view()[60, 50]


def test_a_lasso_may_reach_out_of_the_picture(scene):
    image, red, _ = scene
    corners = [(-0.1, -0.1), (0.5, -0.1), (0.5, 1.1), (-0.1, 1.1)]
    with vision.InteractiveSegmenter.create_from_model_path("default") as segmenter:
        segmenter.set_image(image)
        mask = segmenter.segment([stroke(Mode.LASSO, *corners)])
    assert mask.numpy_view()[60, 50] > 0.5
    assert mask.numpy_view()[60, 150] < 0.5
    assert mask.numpy_view().shape == (*red.shape, 1)


def test_strokes_that_are_refused(scene):
    segmenter = vision.InteractiveSegmenter.create_from_model_path("default")
    with pytest.raises(RuntimeError, match="call set_image first"):
        segmenter.segment([stroke(Mode.POSITIVE, (0.5, 0.5))])
    with pytest.raises(TypeError, match="expected an Image"):
        segmenter.set_image(scene[0].numpy_view())
    segmenter.set_image(scene[0])
    for strokes, text in (
        ([], "expected a stroke on what is wanted"),
        ([stroke(Mode.NEGATIVE, (0.5, 0.5))], "expected a stroke on what is wanted"),
        ([stroke(Mode.UNSPECIFIED, (0.5, 0.5))], "POSITIVE, NEGATIVE or LASSO"),
        ([stroke(Mode.POSITIVE, (0.5, -0.1))], "x and y in"),
        ([stroke(Mode.POSITIVE, (float("nan"), 0.5))], "x and y in"),
        ([stroke(Mode.POSITIVE)], "needs a point"),
    ):
        with pytest.raises(ValueError, match=text):
            segmenter.segment(strokes)
    segmenter.close()
    segmenter.close()
    with pytest.raises(RuntimeError, match="not running"):
        segmenter.set_image(scene[0])
