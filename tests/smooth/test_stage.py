from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry import regions
from vitruvian.skeletons import BLAZEPOSE_33, HAND_21
from vitruvian.smooth import Smooth
from vitruvian.types import Frame, Landmarks, People

PIXEL = np.zeros((4, 4, 3), np.uint8)


def people(bodies, ids, *, visibility=0.9) -> People:
    xy = np.stack(bodies).astype(np.float32)
    flat = np.zeros(xy.shape[:2], np.float32)
    world = np.concatenate([xy, flat[..., None]], -1) / 500
    body = Landmarks(BLAZEPOSE_33, xy, flat, flat + np.float32(visibility), flat + 1, world)
    return People(
        np.concatenate([xy.min(1), xy.max(1)], 1),
        np.full(len(xy), 0.9, np.float32),
        ids=np.array(ids, np.int64),
        regions=regions.from_landmarks(xy, (11, 12), (23, 24)),
        body=body,
    )


def step(stage, index, *arguments, rate=30.0, **options):
    return stage(Frame(PIXEL, index=index, time=index / rate), people(*arguments, **options))


def test_jitter_gets_smaller_and_nothing_else_changes(figure):
    rng = np.random.default_rng(1)
    still, stage = figure(300, 100), Smooth()
    raw, smooth, found = [], [], None
    for i in range(60):
        noisy = still + rng.normal(0, 1, still.shape)
        given = people([noisy], [1])
        found = stage(Frame(PIXEL, index=i, time=i / 30), given)
        raw.append(given.body.xy[0])
        smooth.append(found.body.xy[0])
        assert found.ids is given.ids
        assert found.regions is given.regions
        assert found.body.presence is given.body.presence
    assert np.std(smooth[20:], axis=0).mean() < 0.8 * np.std(raw[20:], axis=0).mean()
    assert np.abs(np.mean(smooth[20:], axis=0) - still).max() < 1


def test_every_id_has_a_filter_of_its_own_wherever_its_row_is(figure):
    left, right = figure(100, 100), figure(500, 100)
    both, alone = Smooth(), Smooth()
    for i in range(10):
        a, b = left + i * 7, right - i * 5
        order = [[a, b], [1, 2]] if i % 2 else [[b, a], [2, 1]]
        found = step(both, i, *order)
        expected = step(alone, i, [a], [1])
        np.testing.assert_array_equal(
            found.body.xy[found.ids.tolist().index(1)], expected.body.xy[0]
        )


def test_the_first_sight_of_somebody_is_not_touched(figure):
    stage = Smooth()
    step(stage, 0, [figure(100, 100)], [1])
    newcomer = figure(500, 100)
    found = step(stage, 1, [figure(110, 100), newcomer], [1, 2])
    np.testing.assert_array_equal(found.body.xy[1], newcomer)


def test_somebody_long_out_of_sight_starts_afresh(figure):
    stage = Smooth()
    step(stage, 0, [figure(100, 100)], [1])
    back = figure(400, 100)
    assert np.array_equal(step(stage, 300, [back], [1]).body.xy[0], back)


def test_the_box_goes_with_the_landmarks(figure):
    stage = Smooth()
    for i in range(20):
        found = step(stage, i, [figure(100 + 10 * i, 100)], [1])
    xy, (box,) = found.body.xy[0], found.boxes
    assert (box[:2] <= xy.min(0)).all()
    assert (box[2:] >= xy.max(0)).all()


def test_visibility_follows_time_and_not_how_many_frames_there_are(figure):
    ends = []
    for rate in (15, 30, 120):
        stage = Smooth()
        step(stage, 0, [figure(100, 100)], [1], visibility=0.0, rate=rate)
        for i in range(1, rate // 3 + 1):
            found = step(stage, i, [figure(100, 100)], [1], visibility=1.0, rate=rate)
        ends.append(float(found.body.visibility[0, 0]))
    assert 0.3 < ends[1] < 0.9
    np.testing.assert_allclose(ends, ends[1], atol=0.02)


@pytest.mark.parametrize("rate", [15, 60])
def test_a_steady_walk_ends_where_it_ends_at_any_rate(figure, rate):
    stage = Smooth()
    for i in range(rate + 1):
        found = step(stage, i, [figure(100 + 200 * i / rate, 100)], [1], rate=rate)
    lag = figure(300, 100) - found.body.xy[0]
    assert np.abs(lag).max() < 4
    np.testing.assert_allclose(found.body.world[0, :, 0], found.body.xy[0, :, 0] / 500, atol=0.05)


def test_without_world_landmarks_there_are_none_afterwards(figure):
    given = people([figure(100, 100)], [1])
    body = Landmarks(
        BLAZEPOSE_33, given.body.xy, given.body.z, given.body.visibility, given.body.presence
    )
    assert Smooth()(Frame(PIXEL), given.having(body=body)).body.world is None


def test_hands_tremble_less_and_keep_their_origin(figure):
    rng, stage = np.random.default_rng(2), Smooth()
    shape = rng.uniform(0, 100, (21, 2))
    raw, smooth = [], []
    for index in range(40):
        xy = (shape + rng.normal(size=(21, 2)))[None].astype(np.float32)
        sure = np.ones((1, 21), np.float32)
        world = np.concatenate([xy / 1000, sure[..., None]], -1)
        hands = Landmarks(HAND_21, xy, sure, sure, sure, world)
        given = people([figure(300, 100)], [1])
        given = given.having(left_hand=hands, right_hand=Landmarks.missing(HAND_21, (1,)))
        found = stage(Frame(PIXEL, index=index, time=index / 30), given)
        raw.append(xy[0])
        smooth.append(found.left_hand.xy[0])
        assert found.left_hand.world[0, [5, 9, 13, 17]].mean(0) == pytest.approx(0, abs=1e-6)
        assert np.isnan(found.right_hand.xy).all()

    def jitter(points):
        return np.abs(np.diff(points, 2, axis=0)).mean()

    assert jitter(smooth) < 0.7 * jitter(raw)
