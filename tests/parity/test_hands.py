"""Against the landmarks that tfjs-models' own tests expect of a signing hand, frame by frame."""

from __future__ import annotations

import json

import numpy as np
import pytest

import vitruvian
from vitruvian.source import open_source

FRAMES = 30


@pytest.fixture(scope="module")
def signing(data):
    folder = data / "tfjs"
    names = ("asl_hand.full.json", "asl_hand_3d.full.json")
    return folder / "asl_hand.25fps.mp4", *(
        np.array(json.loads((folder / name).read_text()))[:FRAMES] for name in names
    )


def test_a_hand_is_followed_as_mediapipe_follows_it(signing):
    film, pixels, metres = signing
    hands = vitruvian.Hands(most=1)
    with open_source(film) as source:
        found = [hands.follow(frame) for _, frame in zip(range(FRAMES), source, strict=False)]
    assert [one.ids.tolist() for one in found] == [[1]] * FRAMES
    xy = np.concatenate([one.landmarks.xy for one in found])
    world = np.concatenate([one.landmarks.world for one in found])
    assert np.linalg.norm(xy - pixels[..., :2], axis=-1).mean() < 0.5
    assert np.abs(xy - pixels[..., :2]).max() < 22
    assert np.linalg.norm(world - metres, axis=-1).mean() < 0.0005
    assert np.abs(world - metres).max() < 0.012


def test_depth_is_in_pixels_as_x_is(signing):
    film, pixels, _ = signing
    with open_source(film) as source:
        found = vitruvian.Hands(most=1).find(next(iter(source)))
    np.testing.assert_allclose(found.landmarks.z[0], pixels[0, :, 2], atol=3)
