from __future__ import annotations

import numpy as np
import pytest

from vitruvian.measure.bodies import aligned, body_errors


@pytest.fixture
def body():
    steps = np.random.default_rng(0).normal(0, 0.3, (12, 33, 3))
    return steps.cumsum(0) * 0.1 + np.random.default_rng(1).normal(0, 0.5, (33, 3))


def turned(points, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def test_procrustes_undoes_moves_turns_and_scale(body):
    errors = body_errors(turned(body, 40) * 1.3 + 2, body)
    assert errors.pa_mpjpe == pytest.approx(0, abs=1e-6)
    assert errors.mpjpe > 100
    assert body_errors(turned(body, 40) + 2, body).rigid == pytest.approx(0, abs=1e-6)


def test_a_mirror_image_is_no_turn(body):
    assert body_errors(body * (-1, 1, 1), body).pa_mpjpe > 50


def test_millimetres_and_chosen_landmarks(body):
    moved = body.copy()
    moved[:, 0, 0] += 0.033
    assert body_errors(moved, body).mpjpe == pytest.approx(1)
    assert body_errors(moved, body, [1, 2, 3]).mpjpe == 0


def test_shaking_is_acceleration(body):
    shaken = body.copy()
    shaken[::2, 0, 0] += 0.01
    assert body_errors(shaken, body).acceleration == pytest.approx(20 / 33)


def test_bones_and_sides(body):
    still = np.repeat(body[:1], 12, 0)
    assert body_errors(still, still).bones == pytest.approx(0, abs=1e-9)
    assert aligned(still, still) == pytest.approx(still)
