from __future__ import annotations

import numpy as np
import pytest

from vitruvian import InputError, InteractiveSegmenter, Mask, People, Stroke, UnknownNameError
from vitruvian.segment.limbs import limb_distance
from vitruvian.segment.select import pointed_at, select
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks

SIZE = (240, 180)
NOBODY = People.none()


def circle(x, y, radius):
    down, across = np.mgrid[: SIZE[1], : SIZE[0]]
    return (across - x) ** 2 + (down - y) ** 2 < radius**2


def painted(*things, noise=6):
    image = np.full((SIZE[1], SIZE[0], 3), (60, 110, 70), np.float32)
    for where, colour in things:
        image[where] = colour
    image += np.random.default_rng(1).normal(0, noise, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def iou(mask, truth):
    found = np.asarray(mask) > 0.5
    return (found & truth).sum() / (found | truth).sum()


RED, BLUE = circle(80, 90, 40), circle(180, 80, 30)


@pytest.fixture
def two_things():
    return painted((RED, (200, 60, 50)), (BLUE, (60, 70, 210)))


@pytest.mark.parametrize(("x", "y", "truth"), [(80, 90, RED), (60, 75, RED), (180, 80, BLUE)])
def test_a_click_selects_the_thing_it_is_on(two_things, x, y, truth):
    mask = select(two_things, NOBODY, [Stroke([(x, y)])])
    assert mask.dtype == np.float32
    assert mask.shape == truth.shape
    assert mask.min() >= 0
    assert mask.max() <= 1
    assert iou(mask, truth) > 0.93


def test_another_click_adds_and_one_that_excludes_takes_away(two_things):
    first, second = Stroke([(80, 90)]), Stroke([(180, 80)])
    both = select(two_things, NOBODY, [first, second])
    assert iou(both, RED | BLUE) > 0.9
    less = select(two_things, NOBODY, [first, second, Stroke([(180, 80)], "exclude")])
    assert iou(less, RED) > 0.9


def test_what_is_far_from_a_further_stroke_stays_as_it_was(two_things):
    first = Stroke([(80, 90)])
    one = select(two_things, NOBODY, [first]) > 0.5
    two = select(two_things, NOBODY, [first, Stroke([(180, 80)])]) > 0.5
    near = circle(180, 80, 60)
    assert (one != two)[~near].mean() < 0.002


def test_the_pixels_under_the_strokes_are_always_as_told(two_things):
    strokes = [Stroke([(80, 90)]), Stroke([(20, 20)]), Stroke([(90, 100), (95, 105)], "exclude")]
    mask = select(two_things, NOBODY, strokes)
    assert mask[90, 80] == mask[20, 20] == 1
    assert mask[100, 90] == mask[105, 95] == 0


def test_a_lasso_selects_what_it_encloses(two_things):
    ring = [(130, 30), (235, 30), (235, 130), (130, 130)]
    assert iou(select(two_things, NOBODY, [Stroke(ring, "lasso")]), BLUE) > 0.9


def test_a_stroke_that_excludes_may_come_first(two_things):
    strokes = [Stroke([(180, 80)], "exclude"), Stroke([(80, 90)])]
    assert iou(select(two_things, NOBODY, strokes), RED) > 0.9


def test_where_nothing_stands_out_it_says_so():
    with pytest.raises(InputError, match="nothing stands out at 100,60; click on something else"):
        select(painted(noise=0), NOBODY, [Stroke([(100, 60)])])


def test_one_row_of_pixels_is_a_picture_too():
    image = np.zeros((1, 50, 3), np.uint8)
    image[:, 20:30] = 255
    assert select(image, NOBODY, [Stroke([(18, 0), (32, 0)])]).shape == (1, 50)


@pytest.fixture
def couple(figure):
    """Two people in one colour, side by side, with exclusive masks, on a ground of that colour."""
    xy = np.stack([figure(90, 30, 130), figure(150, 30, 130)])
    flat = np.full((2, 33), 0.9, np.float32)
    x, y = np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32)
    away = np.stack([limb_distance(body, flat[0], x, y) for body in xy])
    bodies = away < 1
    bodies[1] &= ~bodies[0]
    body = Landmarks(BLAZEPOSE_33, xy, flat, flat.copy(), flat.copy())
    boxes = np.concatenate([xy.min(1), xy.max(1)], 1)
    image = painted((bodies.any(0), (190, 140, 120)))
    people = People(boxes, flat[:, 0], np.array([1, 2]), body=body, masks=np.float32(bodies) * 0.97)
    return image, people, bodies


def test_a_click_on_a_person_selects_that_person_only(couple):
    image, people, bodies = couple
    for row, x in enumerate((90, 150)):
        mask = select(image, people, [Stroke([(x, 80)])])
        assert iou(mask, bodies[row]) > 0.9
        assert (mask[bodies[1 - row]] > 0.5).mean() < 0.05


def test_a_click_on_the_other_adds_them_and_a_lasso_round_both_selects_both(couple):
    image, people, bodies = couple
    clicks = [Stroke([(90, 80)]), Stroke([(150, 80)])]
    assert iou(select(image, people, clicks), bodies.any(0)) > 0.9
    lasso = Stroke([(20, 2), (220, 2), (220, 178), (20, 178)], "lasso")
    assert pointed_at([lasso], people.masks) == {0, 1}
    assert iou(select(image, people, [lasso]), bodies.any(0)) > 0.9


def test_the_segmenter_remembers_its_strokes(two_things):
    segmenter = InteractiveSegmenter()
    segmenter.set_image(Frame(two_things), people=NOBODY)
    first = segmenter.click(80, 90)
    assert isinstance(first, Mask)
    assert first.category().dtype == np.bool_
    assert first.category(0.99).sum() <= first.category(0.01).sum()
    segmenter.click(180, 80)
    assert iou(segmenter.click(180, 80, include=False), RED) > 0.9
    segmenter.undo()
    assert [stroke.kind for stroke in segmenter.strokes] == ["include", "include"]
    segmenter.clear()
    assert segmenter.strokes == ()
    segmenter.undo()
    assert iou(segmenter.stroke([(165, 80), (195, 80)]), BLUE) > 0.9
    segmenter.set_image(two_things, people=NOBODY)
    assert segmenter.strokes == ()
    assert iou(segmenter.lasso([(130, 30), (235, 30), (235, 130), (130, 130)]), BLUE) > 0.9


def test_a_stroke_that_is_refused_is_forgotten(two_things):
    segmenter = InteractiveSegmenter()
    with pytest.raises(InputError, match="call set_image first"):
        segmenter.click(1, 1)
    segmenter.set_image(two_things, people=NOBODY)
    with pytest.raises(InputError, match="click on what is wanted first"):
        segmenter.click(80, 90, include=False)
    with pytest.raises(InputError, match="outside of the picture"):
        segmenter.click(500, 90)
    assert segmenter.strokes == ()


def test_pictures_and_masks_must_fit(two_things, couple):
    segmenter = InteractiveSegmenter()
    with pytest.raises(InputError, match="uint8"):
        segmenter.set_image(two_things.astype(np.float32))
    with pytest.raises(InputError, match=r"the masks are \(2, 180, 240\)"):
        segmenter.set_image(two_things[:90], people=couple[1])
    with pytest.raises(UnknownNameError, match="'full'"):
        InteractiveSegmenter(pose="ful")


def test_a_mask_is_an_array_and_cuts_out(two_things):
    mask = Mask(np.float32(RED))
    assert np.asarray(mask).sum() == RED.sum()
    assert np.array(mask, np.float64).dtype == np.float64
    rgba = mask.cut_out(two_things)
    assert rgba.shape == (180, 240, 4)
    np.testing.assert_array_equal(rgba[..., 3] == 255, RED)
    np.testing.assert_array_equal(rgba[..., :3], two_things)
    with pytest.raises(InputError, match=r"must be \(180, 240, 3\)"):
        mask.cut_out(two_things[:10])


def test_a_cat_by_one_click(data):
    import cv2

    image = cv2.imread(str(data / "mediapipe" / "cat_large.jpg"))[..., ::-1].copy()
    alpha = cv2.imread(str(data / "mediapipe" / "cat_large_mask.png"), cv2.IMREAD_UNCHANGED)
    assert iou(select(image, NOBODY, [Stroke([(400, 400)])]), alpha[..., 3] > 127) > 0.93


def test_a_person_by_one_click(data):
    import cv2

    image = cv2.imread(str(data / "mediapipe" / "pose.jpg"))[..., ::-1].copy()
    drawn = cv2.imread(str(data / "mediapipe" / "pose_segmentation.png"))
    segmenter = InteractiveSegmenter()
    segmenter.set_image(image)
    assert len(segmenter.people) == 1
    assert iou(segmenter.click(480, 330), drawn[..., 0] > 127) > 0.96
