from __future__ import annotations

import numpy as np
import pytest

from vitruvian.segment import Outline
from vitruvian.segment.limbs import limb_distance, torso_length, within_limbs
from vitruvian.segment.outline import steadied
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

SIZE = (400, 300)


def bodies(*xy):
    flat = np.full((len(xy), 33), 0.9, np.float32)
    return Landmarks(BLAZEPOSE_33, np.stack(xy), flat, flat.copy(), flat.copy())


def truth(xy, size=SIZE):
    """The pixels of a drawn body."""
    x, y = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
    return limb_distance(xy, np.ones(33, np.float32), x, y) < 1


def people(*xy, masks, ids=None):
    n = len(xy)
    ids = np.arange(1, n + 1) if ids is None else np.array(ids)
    boxes = np.stack([np.concatenate([b.min(0), b.max(0)]) for b in xy])
    return People(boxes, np.ones(n, np.float32), ids=ids, body=bodies(*xy), masks=masks)


def frame(time=0.0, size=SIZE):
    return Frame(np.zeros((*size[::-1], 3), np.uint8), time=time)


@pytest.fixture
def pair(figure):
    """Two people who overlap, each with a mask of both, as the model gives them."""
    a, b = figure(180, 60), figure(215, 70, arms="out")
    ours, theirs = truth(a), truth(b)
    both = (0.9 * ours + 0.6 * (theirs & ~ours)).astype(np.float32)
    more = (0.9 * theirs + 0.6 * (ours & ~theirs)).astype(np.float32)
    return people(a, b, masks=np.stack([both, more])), ours & ~theirs, theirs & ~ours


def test_limbs_are_near_and_the_rest_is_far(figure):
    xy = figure(200, 60)
    x, y = np.arange(400, dtype=np.float32), np.arange(300, dtype=np.float32)
    away = limb_distance(xy, np.ones(33, np.float32), x, y)
    knee = np.rint(xy[BLAZEPOSE_33.index("left_knee")]).astype(int)
    assert away[knee[1], knee[0]] < 0.1
    assert away[10, 10] > 9
    assert (limb_distance(xy, np.zeros(33, np.float32), x, y) >= away).all()
    core = within_limbs(xy, np.ones(33, np.float32), SIZE)
    assert core.any()
    assert (away[core] < 1).mean() > 0.95
    assert not within_limbs(xy, np.zeros(33, np.float32), SIZE).any()
    assert torso_length(2 * xy) == pytest.approx(2 * torso_length(xy))


def test_landmarks_that_are_missing_or_far_away_do_no_harm(figure):
    xy = figure(200, 60)
    xy[BLAZEPOSE_33.index("left_wrist")] = np.nan
    xy[BLAZEPOSE_33.index("right_wrist")] = 1e9
    x, y = np.arange(400, dtype=np.float32), np.arange(300, dtype=np.float32)
    assert np.isfinite(limb_distance(xy, np.ones(33, np.float32), x, y)).all()
    assert within_limbs(xy, np.ones(33, np.float32), SIZE).any()


def test_nobody_keeps_what_is_the_others(pair):
    everyone, only_a, only_b = pair
    found = Outline()(frame(), everyone).masks
    before = everyone.masks
    assert (before[0][only_b] > 0.5).all()
    assert (found[0][only_b] > 0.5).mean() < 0.1
    assert (found[1][only_a] > 0.5).mean() < 0.1
    assert (found[0][only_a] > 0.5).mean() > 0.9
    assert (found[1][only_b] > 0.5).mean() > 0.9
    assert not ((found[0] > 0.5) & (found[1] > 0.5)).any()


def test_it_only_takes_away_and_never_writes_into_what_it_was_given(pair):
    everyone, *_ = pair
    kept = everyone.masks.copy()
    everyone.masks.flags.writeable = False
    found = Outline()(frame(), everyone).masks
    assert (found <= kept + 1e-6).all()
    np.testing.assert_array_equal(everyone.masks, kept)


def test_people_apart_keep_their_masks(figure):
    a, b = figure(80, 60), figure(320, 70)
    masks = np.stack([truth(a), truth(b)]).astype(np.float32) * 0.8
    found = Outline()(frame(), people(a, b, masks=masks)).masks
    np.testing.assert_allclose(found, masks)


def test_people_without_masks_pass(figure):
    everyone = people(figure(80, 60), masks=None)
    assert Outline()(frame(), everyone) is everyone
    assert len(Outline()(frame(), People.none())) == 0


def test_who_covers_a_patch_is_remembered(pair):
    everyone, *_ = pair
    stage = Outline()
    stage(frame(0.0), everyone)
    level = everyone.having(masks=np.minimum(everyone.masks, 0.5))
    again, fresh = stage(frame(0.04), level).masks, Outline()(frame(0.04), level).masks
    assert not ((again[0] > 0.3) & (again[1] > 0.3)).any()
    assert (np.abs(again - fresh) > 0.05).any()


def test_doubt_is_settled_by_the_last_mask_and_sureness_is_not():
    mask = np.array([[0, 0.25, 0.5, 0.75, 1]], np.float32)
    last = np.array([[1, 1, 1, 0, 0]], np.float32)
    x = (mask - 0.5) ** 2
    sure = x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 - 624.717 * x))))
    expected = mask + (last - mask) * (1 - np.minimum(1, sure)) * 0.7
    np.testing.assert_allclose(steadied(mask, last), expected, atol=0.01)
    assert steadied(mask, last)[0, 2] == pytest.approx(0.85, abs=0.01)


@pytest.mark.parametrize(
    ("steady", "gap", "ids", "mixed"),
    [
        (True, 0.04, (1,), True),
        (False, 0.04, (1,), False),
        (True, 2.0, (1,), False),
        (True, 0.0, (1,), False),
        (True, 0.04, (2,), False),
        (True, 0.04, (-1,), False),
    ],
)
def test_flicker_goes_only_where_the_last_frame_speaks_of_the_same_person(
    figure, steady, gap, ids, mixed
):
    xy = figure(200, 60)
    body = truth(xy)
    stage = Outline(steady=steady)
    stage(frame(1.0), people(xy, masks=np.float32(body)[None]))
    weak = np.float32(0.5 * body)[None]
    found = stage(frame(1.0 + gap), people(xy, masks=weak, ids=ids)).masks[0]
    assert found[body].mean() == pytest.approx(0.85 if mixed else 0.5, abs=0.01)


def test_after_a_reset_or_another_size_nothing_is_remembered(figure):
    xy = figure(200, 60)
    stage = Outline()
    sure, weak = (np.float32(share * truth(xy))[None] for share in (1, 0.5))
    stage(frame(0.0), people(xy, masks=sure))
    stage.reset()
    np.testing.assert_allclose(stage(frame(0.04), people(xy, masks=weak)).masks, weak)
    wide = np.float32(0.5 * truth(xy, (500, 300)))[None]
    found = stage(frame(0.08, (500, 300)), people(xy, masks=wide)).masks
    np.testing.assert_allclose(found, wide)


def test_a_single_pixel_of_overlap_and_empty_masks_are_fine(figure):
    a, b = figure(80, 60), figure(320, 70)
    masks = np.zeros((3, *SIZE[::-1]), np.float32)
    masks[:2, 299, 399] = 0.7
    found = Outline()(frame(), people(a, b, a, masks=masks)).masks
    assert found[:2, 299, 399].max() == pytest.approx(0.7, abs=0.01) or found[:2].sum() <= 0.71
    assert not found[2].any()


@pytest.mark.parametrize("step", [(12, 7), (-12, 0), (0, -90), (1000, 0)])
def test_the_last_mask_moves_along_with_the_person(figure, step):
    before, after = figure(200, 60), figure(200 + step[0], 60 + step[1])
    stage = Outline()
    stage(frame(0.0), people(before, masks=np.float32(truth(before))[None]))
    body = truth(after)
    found = stage(frame(0.04), people(after, masks=np.float32(0.5 * body)[None])).masks[0]
    if body.any():
        seen_before = truth(before).sum()
        assert found[body].mean() > 0.5 + 0.35 * min(1, body.sum() / seen_before) - 0.15
    assert not found[~body].any()
