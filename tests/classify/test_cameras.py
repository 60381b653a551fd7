"""What a model of pairs is trained on: other bodies, what is behind them, a detector's errors."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify.articulation import articulated
from vitruvian.classify.cameras import disturbed, seen_from_somewhere
from vitruvian.classify.occlusion import hidden
from vitruvian.skeletons import COCO_17

HIPS = [COCO_17.index("left_hip"), COCO_17.index("right_hip")]


@pytest.fixture(scope="module")
def bodies():
    """(400, 2, 17, 3): two upright people half a metre apart, the same pair again and again."""
    one = np.zeros((17, 3), np.float32)
    for side, x in (("left", 0.2), ("right", -0.2)):
        for name, y in (
            ("eye", 1.65), ("ear", 1.62), ("shoulder", 1.4), ("elbow", 1.1), ("wrist", 0.85),
            ("hip", 0.9), ("knee", 0.5), ("ankle", 0.08),
        ):  # fmt: skip
            one[COCO_17.index(f"{side}_{name}")] = x, y, 0
    one[0] = 0, 1.62, 0.1
    return np.repeat(np.stack([one, np.add(one, (0, 0, 0.5))])[None], 400, 0).astype(np.float32)


def test_another_body_has_hips_where_they_were_and_limbs_of_about_their_lengths(bodies):
    others = articulated(bodies, np.random.default_rng(0))
    moved = np.linalg.norm((others - bodies)[:, :, HIPS].mean(2), axis=-1)
    assert np.percentile(moved, 95) < 0.1
    for start, end in (("left_hip", "left_knee"), ("right_elbow", "right_wrist")):
        ends = [COCO_17.index(start), COCO_17.index(end)]
        before, after = (np.linalg.norm(np.diff(x[:, :, ends], axis=2), axis=-1) for x in
                         (bodies, others))  # fmt: skip
        assert after.mean() / before.mean() == pytest.approx(1, abs=0.03)
        assert 0.03 < (after / before).std() < 0.12
    assert np.abs(others - bodies).std((0, 1))[COCO_17.index("left_wrist")].mean() > 0.05


def test_who_stands_behind_somebody_is_hidden_and_who_stands_in_front_is_not(bodies):
    seen, depths = bodies[:1, :, :, :2] * (1, -1), bodies[:1, :, :, 2] + 4
    behind = hidden(seen.astype(np.float32), depths)[0]
    assert not behind[0].any()
    assert behind[1, HIPS].all()
    assert behind[1, COCO_17.index("left_knee")]


def test_what_is_hidden_is_more_often_wrong_and_more_often_missing(bodies):
    rng = np.random.default_rng(1)
    seen, _ = seen_from_somewhere(bodies, rng)
    behind = np.zeros(seen.shape[:3], np.bool_)
    behind[:, 1] = True
    told = disturbed(seen, np.random.default_rng(2), np.ones(len(seen), np.float32), behind)
    missing = np.isnan(told[..., 0])
    assert missing[:, 1].mean() > missing[:, 0].mean() > 0
    straight, mirror = told - seen, told * (-1, 1) - seen[:, :, list(COCO_17.mirror)]
    off = np.fmin(*(np.linalg.norm(x, axis=-1) for x in (straight, mirror)))
    assert np.nanmedian(off[:, 1]) > 2 * np.nanmedian(off[:, 0])


def test_the_same_chance_gives_the_same_views(bodies):
    one, other = (seen_from_somewhere(bodies[:5], np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(one[1], other[1])
    assert one[0].shape == (5, 2, 17, 2)
    assert one[1].dtype == np.bool_
