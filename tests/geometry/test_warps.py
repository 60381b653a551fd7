from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitruvian.geometry import regions, warps
from vitruvian.types import Frame, Planes

cv2 = pytest.importorskip("cv2")


def soft_picture(width: int, height: int) -> np.ndarray:
    """Colours that change slowly, so that halved chroma loses next to nothing."""
    y, x = np.mgrid[:height, :width] / 40
    waves = np.stack([np.sin(x + y / 3), np.sin(y - x / 4 + 1), np.cos(x / 2 + y / 2)], -1)
    return np.rint(127.5 + 90 * waves).astype(np.uint8)


def in_planes(image: np.ndarray, *, full: bool, thin: bool = True) -> Frame:
    """The same picture as planes: BT.601, chroma in the middle of its four pixels if thin."""
    kr, kb = 0.299, 0.114
    luma, chroma = (1.0, 1.0) if full else (219 / 255, 224 / 255)
    rgb = image.astype(np.float64)
    y = rgb @ [kr, 1 - kr - kb, kb]
    blue, red = (rgb[..., 2] - y) / (2 * (1 - kb)), (rgb[..., 0] - y) / (2 * (1 - kr))
    halves = []
    for difference in (blue, red):
        if not thin:
            halves.append(difference)
            continue
        rows = (difference[::2] + difference[1::2]) / 2
        halves.append((rows[:, ::2] + rows[:, 1::2]) / 2)
    to_yuv = np.array([[kr, 1 - kr - kb, kb]])
    rows = [
        luma * to_yuv[0],
        chroma * (np.array([0, 0, 1]) - to_yuv[0]) / (2 * (1 - kb)),
        chroma * (np.array([1, 0, 0]) - to_yuv[0]) / (2 * (1 - kr)),
    ]
    inverse = np.linalg.inv(np.array(rows))
    black = 0 if full else 16
    to_rgb = np.column_stack([inverse, -inverse @ [black, 128, 128]]).astype(np.float32)
    planes = Planes(
        np.rint(y * luma + black).astype(np.uint8),
        *(np.rint(half * chroma + 128).astype(np.uint8) for half in halves),
        to_rgb,
    )
    return Frame(planes=planes, render=lambda: image)


IMAGE = soft_picture(320, 240)
PLAIN = Frame(IMAGE)
PLANES = {full: in_planes(IMAGE, full=full) for full in (False, True)}
ALL_CHROMA = in_planes(IMAGE, full=False, thin=False)

inside = st.tuples(
    st.floats(110, 210), st.floats(100, 140), st.floats(20, 90), st.floats(-3.1, 3.1)
).map(lambda values: np.array(values, np.float32))


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("full", [False, True])
@given(place=inside, size=st.sampled_from([16, 64, 128]))
@settings(max_examples=20, deadline=None)
def test_a_crop_of_planes_is_the_crop_of_the_picture(smooth, full, place, size):
    matrix = regions.affine(place, size)
    from_planes = warps.crop(PLANES[full], matrix, (size, size), smooth=smooth)
    from_image = warps.crop(PLAIN, matrix, (size, size), smooth=smooth)
    assert from_planes.shape == from_image.shape == (size, size, 3)
    assert from_planes.dtype == from_image.dtype == np.float32
    assert np.abs(from_planes - from_image).max() < 0.04
    assert abs((from_planes - from_image).mean()) < 0.005


@given(place=inside, size=st.sampled_from([16, 64, 128]))
@settings(max_examples=20, deadline=None)
def test_a_crop_of_full_chroma_is_the_crop_of_the_picture(place, size):
    matrix = regions.affine(place, size)
    gap = warps.crop(ALL_CHROMA, matrix, (size, size)) - warps.crop(PLAIN, matrix, (size, size))
    assert np.abs(gap).max() < 0.02


@pytest.mark.parametrize("axis", [0, 1])
def test_chroma_is_sampled_where_it_lies(axis):
    """On a steep ramp of colour half a pixel to the side would show."""
    ramp = 20 + 4 * np.mgrid[:52, :52][axis]
    image = np.stack([ramp, np.full_like(ramp, 128), 255 - ramp], -1).astype(np.uint8)
    matrix = regions.affine(np.array([26, 26, 32, 0], np.float32), 32)
    gap = warps.crop(in_planes(image, full=True), matrix, (32, 32)) - warps.crop(
        Frame(image), matrix, (32, 32)
    )
    assert np.abs(gap.mean((0, 1)) * 255).max() < 0.35


@given(place=inside)
@settings(max_examples=20, deadline=None)
def test_pixel_i_of_a_crop_is_the_picture_at_the_matrix_times_i(place):
    matrix = regions.affine(place, 32)
    crop = warps.crop(PLAIN, matrix, (32, 32))
    row, column = np.mgrid[:32, :32]
    at = regions.apply(matrix, np.stack([column, row], -1).astype(np.float32))
    x0, y0 = np.floor(at[..., 0]).astype(int), np.floor(at[..., 1]).astype(int)
    fx, fy = (at[..., 0] - x0)[..., None], (at[..., 1] - y0)[..., None]
    rgb = IMAGE.astype(np.float64)
    top = rgb[y0, x0] * (1 - fx) + rgb[y0, x0 + 1] * fx
    bottom = rgb[y0 + 1, x0] * (1 - fx) + rgb[y0 + 1, x0 + 1] * fx
    # OpenCV rounds positions to 1/32 pixel and values to whole levels.
    np.testing.assert_allclose(crop * 255, top * (1 - fy) + bottom * fy, atol=2.5)


@pytest.mark.parametrize("frame", [PLAIN, PLANES[False], PLANES[True]], ids=["rgb", "tv", "full"])
def test_the_whole_picture_is_itself_and_outside_is_black(frame):
    same = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    crop = warps.crop(frame, same, (320, 240))
    assert np.abs(crop * 255 - IMAGE).mean() < 1.5
    away = np.array([[1, 0, 1000], [0, 1, -1000]], np.float32)
    assert warps.crop(frame, away, (16, 16)).max() < 0.02


@pytest.mark.parametrize("scale", [2, 3.5, 4, 7])
def test_smooth_keeps_the_mean_and_loses_nothing_small(scale):
    rng = np.random.default_rng(4)
    image = rng.integers(0, 256, (256, 256, 3)).astype(np.uint8)
    size = int(256 / scale)
    matrix = np.array([[scale, 0, 0], [0, scale, 0]], np.float32)
    smooth = warps.crop(Frame(image), matrix, (size, size), smooth=True)
    plain = warps.crop(Frame(image), matrix, (size, size))
    inner = slice(1, -1)
    mean = image.mean() / 255
    assert smooth[inner, inner].mean() == pytest.approx(mean, abs=0.01)
    # White noise that is averaged over a cell is quieter than noise that is sampled.
    assert smooth[inner, inner].std() < 0.7 * plain[inner, inner].std()


def test_smooth_does_not_move_the_picture():
    matrix = np.array([[4, 0, 10], [0, 4, 6]], np.float32)
    smooth = warps.crop(PLAIN, matrix, (64, 48), smooth=True)[2:-2, 2:-2]
    plain = warps.crop(PLAIN, matrix, (64, 48))[2:-2, 2:-2]
    assert np.abs(smooth - plain).max() < 0.03


def test_smooth_changes_nothing_where_the_picture_is_not_shrunk():
    matrix = regions.affine(np.array([160, 120, 100, 0.3], np.float32), 64)
    np.testing.assert_array_equal(
        warps.crop(PLAIN, matrix, (64, 64), smooth=True), warps.crop(PLAIN, matrix, (64, 64))
    )


@given(
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.tuples(st.integers(16, 512), st.integers(16, 512)),
)
def test_a_letterbox_holds_the_whole_picture_in_the_middle(size, target):
    matrix = warps.letterbox(size, target)
    low = regions.apply(matrix, np.zeros(2, np.float32))
    high = regions.apply(matrix, np.array(target, np.float32))
    slack = 1e-3 * max(size)
    assert (low <= slack).all()
    assert (high >= np.array(size) - slack).all()
    np.testing.assert_allclose((low + high) / 2, np.array(size) / 2, atol=slack)
    # It touches on one side at least, and is not stretched.
    assert min(np.abs(low)) <= slack
    assert matrix[0, 0] == matrix[1, 1]


def test_a_mask_goes_back_to_where_its_crop_was():
    frame = Frame(np.zeros((200, 300, 3), np.uint8))
    matrix = regions.affine(np.array([150, 100, 80, 0.0], np.float32), 64)
    mask = warps.unwarp(np.ones((64, 64), np.float32), matrix, frame.size)
    assert mask.shape == (200, 300)
    assert mask[65:135, 115:185].min() == pytest.approx(1)
    assert mask[:55].max() == mask[145:].max() == mask[:, :105].max() == mask[:, 195:].max() == 0


@given(place=inside)
@settings(max_examples=10, deadline=None)
def test_crop_and_unwarp_undo_each_other(place):
    crop = warps.crop(PLAIN, regions.affine(place, 128), (128, 128))[..., 1].copy()
    back = warps.unwarp(crop, regions.affine(place, 128), (320, 240))
    x, y = place[:2].astype(int)
    near = (slice(y - 5, y + 6), slice(x - 5, x + 6))
    assert np.abs(back[near] - IMAGE[near][..., 1] / 255).max() < 0.03


def test_a_picture_of_one_pixel_can_be_cropped():
    frame = Frame(np.full((1, 1, 3), 200, np.uint8))
    for smooth in (False, True):
        crop = warps.crop(frame, warps.letterbox((1, 1), (32, 32)), (32, 32), smooth=smooth)
        assert crop.shape == (32, 32, 3)


@pytest.mark.parametrize(("x", "y"), [(-300, 24), (32, -300), (400, 24), (32, 400), (900, 900)])
@pytest.mark.parametrize("angle", [0.0, 0.3, 0.8])
def test_a_crop_beside_the_picture_is_its_border_going_on(x, y, angle):
    image = soft_picture(64, 48)
    region = np.array([x, y, 20, angle], np.float32)
    crop = warps.crop(Frame(image), regions.affine(region, 16), (16, 16), replicate=True)
    far = regions.apply(regions.affine(region, 16), np.array([[8, 8]], np.float32))[0]
    column, row = np.clip(np.rint(far), 0, (63, 47)).astype(int)
    np.testing.assert_allclose(crop[8, 8], image[row, column] / 255, atol=0.05)


@pytest.mark.parametrize("part", range(3))
def test_a_region_that_is_nowhere_is_cropped_like_any_other(part):
    region = np.array([30, 20, 40, 0.1], np.float32)
    region[part] = np.nan
    crop = warps.crop(Frame(soft_picture(64, 48)), regions.affine(region, 16), (16, 16))
    assert crop.shape == (16, 16, 3)


def test_a_crop_is_an_array_of_its_own():
    frame = in_planes(soft_picture(64, 48), full=True)
    before = [plane.copy() for plane in (frame.planes.y, frame.planes.u, frame.planes.v)]
    region = np.array([30, 20, 40, 0.1], np.float32)
    first, second = (warps.crop(frame, regions.affine(region, 32), (32, 32)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    first[:] = 0
    assert second.any()
    for plane, kept in zip((frame.planes.y, frame.planes.u, frame.planes.v), before, strict=True):
        np.testing.assert_array_equal(plane, kept)
