from __future__ import annotations

import numpy as np

from vitruvian.geometry import regions
from vitruvian.landmark.rows import distinct
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks, People


def people(*bodies) -> People:
    xy = np.stack(bodies).astype(np.float32)
    rest = np.ones(xy.shape[:2], np.float32)
    return People(
        np.zeros((len(xy), 4), np.float32),
        np.ones(len(xy), np.float32),
        regions=regions.from_landmarks(xy, (11, 12), (23, 24)),
        body=Landmarks(BLAZEPOSE_33, xy, rest, rest, rest),
    )


def test_a_body_made_of_the_limbs_of_two_others_is_nobody(figure):
    left, right = figure(200, 100), figure(290, 130)
    legs, arms = np.resize([23, 25, 27, 24, 26, 28], 33), np.resize([11, 13, 15, 12, 14, 16], 33)
    upper = np.arange(33) < 17
    made = np.where(upper[:, None], left[legs], right[arms])
    new, known = np.ones(3, np.bool_), np.zeros(3, np.bool_)
    assert distinct(people(left, right, made), new).tolist() == [True, True, False]
    assert distinct(people(left, made), new[:2]).tolist() == [True, True]
    # Whoever is followed may have to be looked for among the limbs of others.
    assert distinct(people(left, right, made), known).tolist() == [True, True, True]
