from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry import regions
from vitruvian.landmark.rows import distinct, imagined
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
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


@pytest.mark.parametrize(("step", "kept"), [(2000, [True, True]), (10, [True, False])])
def test_of_two_readings_of_one_body_one_is_kept(figure, step, kept):
    body = figure(200, 100)
    assert distinct(people(body, body + step)).tolist() == kept


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


def test_a_large_body_read_elsewhere_than_the_detector_saw_one_is_imagined(figure):
    size, joints = (640, 480), list(blazepose_to_coco)
    read, elsewhere, small = (
        figure(300, 50),
        figure(330, 200, arms="up", turn=2),
        figure(100, 50, 60),
    )

    def judged(body, seen, visibility=0.7):
        sketches = Landmarks.missing(BLAZEPOSE_33, (1,))
        if seen is not None:
            sketches.xy[0, joints] = seen[joints]
        found = people(body)
        found.body.visibility[:] = visibility
        return imagined(found, sketches, size).tolist()

    assert judged(read, elsewhere) == [True]
    assert judged(read, read + 5) == [False]
    assert judged(read, elsewhere, visibility=0.9) == [False]
    assert judged(read, None) == [False]
    assert judged(small, elsewhere) == [False]
    assert imagined(people(read), None, size).tolist() == [False]
