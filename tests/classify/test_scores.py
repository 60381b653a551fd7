from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify import class_scores
from vitruvian.classify.picture import confusion_picture, contact_sheet
from vitruvian.errors import InputError


def test_scores_by_hand():
    truth, said = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 3])
    scores = class_scores(truth, said, 3, answers=4)
    assert scores.confusion.tolist() == [[2, 1, 0, 0], [0, 2, 0, 1], [0, 0, 0, 0]]
    assert scores.accuracy == pytest.approx(4 / 6)
    assert scores.f1[:2] == pytest.approx((4 / 5, 4 / 6))
    assert np.isnan(scores.f1[2])
    # A class that never occurs is no merit and no mistake.
    assert scores.macro_f1 == pytest.approx((4 / 5 + 4 / 6) / 2)
    with pytest.raises(InputError, match="do not match"):
        class_scores(truth, said[:2], 3)


def test_the_matrix_is_darkest_where_most_is():
    counts = np.array([[9, 1], [0, 10]])
    picture = confusion_picture(counts, ("dog", "tree"), ("dog", "tree"))
    assert picture.dtype == np.uint8
    assert picture.ndim == 3
    blue = (picture[..., 2].astype(int) - picture[..., 0]) > 60
    red = (picture[..., 0].astype(int) - picture[..., 2]) > 30
    assert blue.sum() > red.sum() > 500


def test_a_sheet_has_room_for_every_picture():
    tile = (np.full((60, 90, 3), 40, np.uint8), ("a/x.jpg", "nobody was found in it"))
    one, seven = contact_sheet([tile]), contact_sheet([tile] * 6 + [(None, ("lost",))])
    assert seven.shape[0] > 1.8 * one.shape[0]
    assert seven.shape[1] == 6 * one.shape[1]
    assert (one == 40).any()
