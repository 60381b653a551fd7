"""Films that are only numbers, of people who walk along lines."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.measure.appearance import PARTS
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks

SIZE = (1280, 720)


def looks(number: int) -> np.ndarray:
    """The appearance vector of somebody dressed in one colour from head to foot."""
    blocks = np.zeros((len(PARTS), 20), np.float32)
    blocks[:, number] = 1
    return blocks.ravel()


def film(tracks, *, count=60, rate=30.0, clothes=None) -> Clip:
    """A clip with a column per track.

    Args:
        tracks: For each column, from the index of a frame to the x of its middle, or None.
        count: How many frames.
        rate: Frames a second.
        clothes: From a frame and a column to the number of the colour; None for no looks.
    """
    lead = (count, len(tracks))
    boxes = np.full((*lead, 4), np.nan, np.float32)
    scores = np.full(lead, np.nan, np.float32)
    body = Landmarks.missing(BLAZEPOSE_33, lead)
    vectors = np.full((*lead, looks(0).size), np.nan, np.float32)
    for p, track in enumerate(tracks):
        for t in range(count):
            x = track(t)
            if x is not None:
                boxes[t, p] = x - 50, 200, x + 50, 500
                scores[t, p] = 0.95
                body.xy[t, p] = np.linspace([x - 40, 210], [x + 40, 490], 33)
                body.z[t, p] = 0
                body.visibility[t, p] = body.presence[t, p] = 0.9
                vectors[t, p] = looks(0 if clothes is None else clothes(t, p))
    return Clip(
        "film.mp4",
        SIZE,
        np.arange(count) / rate,
        np.arange(count, dtype=np.int64),
        np.arange(1, len(tracks) + 1, dtype=np.int64),
        boxes,
        scores,
        body,
        vectors=None if clothes is None else vectors,
    )


@pytest.fixture(scope="session")
def make_film():
    """`film`."""
    return film
