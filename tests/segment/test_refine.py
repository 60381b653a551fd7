from __future__ import annotations

import cv2
import numpy as np

from vitruvian.segment.refine import cut, feathered, fitted


def disc(size=120):
    y, x = np.mgrid[:size, :size]
    return (x - size / 2) ** 2 + (y - size / 2) ** 2 < (size / 4) ** 2


def coloured(inside, noise=12):
    image = np.where(inside[..., None], [200, 60, 60], [40, 90, 160]).astype(np.float32)
    image += np.random.default_rng(0).normal(0, noise, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def test_a_cut_finds_the_border_and_is_the_same_every_time():
    truth = disc()
    image = coloured(truth)
    labels = np.full(truth.shape, cv2.GC_PR_BGD, np.uint8)
    labels[30:90, 30:90] = cv2.GC_PR_FGD
    labels[0] = labels[-1] = cv2.GC_BGD
    kept = labels.copy()
    found = cut(image, labels)
    np.testing.assert_array_equal(labels, kept)
    assert (found != truth).mean() < 0.01
    np.testing.assert_array_equal(found, cut(image, labels))


def test_where_one_side_is_empty_the_labels_are_the_answer():
    image = coloured(disc())
    assert not cut(image, np.full((120, 120), cv2.GC_PR_BGD, np.uint8)).any()
    assert cut(image, np.full((120, 120), cv2.GC_FGD, np.uint8)).all()


def test_a_coarse_mask_takes_the_fine_pictures_edge():
    truth = disc(480)
    image = coloured(truth, noise=4)
    small, scale = fitted(image, 120)
    assert (small.shape, scale) == ((120, 120, 3), 0.25)
    rough = cv2.resize(truth.astype(np.float32), (120, 120)) > 0.5
    fine = feathered(rough.astype(np.float32), small, image, 3)
    plain = cv2.resize(rough.astype(np.float32), (480, 480), interpolation=cv2.INTER_NEAREST)
    assert fine.shape == (480, 480)
    assert 0 <= fine.min() < 0.1 < 0.9 < fine.max() <= 1
    assert ((fine > 0.5) != truth).sum() < 0.5 * ((plain > 0.5) != truth).sum()


def test_a_small_picture_is_left_as_it_is():
    image = coloured(disc())
    assert fitted(image, 320) == (image, 1.0)
