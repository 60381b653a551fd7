from __future__ import annotations

import numpy as np
import pytest

from vitruvian.geometry.edges import Edges
from vitruvian.types import Frame

NOBODY = np.zeros((0, 4), np.float32)
RATE = 30


def place(seed=0):
    """A still picture of 640x360."""
    blocks = np.random.default_rng(seed).integers(60, 120, (18, 32), np.uint8)
    return np.repeat(np.kron(blocks, np.ones((20, 20), np.uint8))[..., None], 3, 2)


def walker(picture, x):
    """Somebody dark, 60 pixels wide and 200 high, from x on."""
    shown = picture.copy()
    shown[120:320, max(0, x) : max(0, x + 60)] = 10
    return shown


def told(pictures, boxes=NOBODY):
    edges = Edges()
    return [edges(Frame(p, index=i, time=i / RATE), boxes) for i, p in enumerate(pictures)]


@pytest.mark.parametrize(("start", "step"), [(-60, 6), (640, -6)])
def test_who_comes_in_is_noticed_at_once(start, step):
    still = place()
    answers = told([still] * 5 + [walker(still, start + step * i) for i in range(1, 11)])
    assert not any(answers[:5])
    assert any(answers[5:11])


def test_who_walks_in_the_middle_is_not_at_an_edge():
    assert not any(told([walker(place(), 250 + 6 * i) for i in range(12)]))


def test_somebody_known_at_the_edge_is_nobody_new():
    pictures = [walker(place(), -60 + 6 * i) for i in range(12)]
    known = np.array([[0, 100, 60, 330]], np.float32)
    assert any(told(pictures))
    assert not any(told(pictures, known))


def test_noise_is_no_movement():
    rng = np.random.default_rng(1)
    noisy = [
        (place() + rng.normal(0, 4, (360, 640, 1))).clip(0, 255).astype(np.uint8) for _ in range(12)
    ]
    assert not any(told(noisy))


def test_a_slow_film_is_compared_frame_by_frame():
    still = place()
    edges = Edges()
    assert not edges(Frame(still, index=0, time=0.0), NOBODY)
    assert edges(Frame(walker(still, -10), index=1, time=1.0), NOBODY)
