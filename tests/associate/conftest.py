"""Films that are only numbers: whole ones, and what a stage is given of them."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.clip import Clip
from vitruvian.geometry import regions
from vitruvian.measure.appearance import PARTS
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People

SIZE = (1280, 720)


def dressed(number: int) -> np.ndarray:
    """The appearance vector of somebody dressed in one colour from head to foot."""
    blocks = np.zeros((len(PARTS), 20), np.float32)
    blocks[:, number] = 1
    return blocks.ravel()


def film(tracks, *, count=60, rate=30.0, clothes=None) -> Clip:
    """A clip with a column per track, of people who walk along lines.

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
    vectors = np.full((*lead, dressed(0).size), np.nan, np.float32)
    for p, track in enumerate(tracks):
        for t in range(count):
            x = track(t)
            if x is not None:
                boxes[t, p] = x - 50, 200, x + 50, 500
                scores[t, p] = 0.95
                body.xy[t, p] = np.linspace([x - 40, 210], [x + 40, 490], 33)
                body.z[t, p] = 0
                body.visibility[t, p] = body.presence[t, p] = 0.9
                vectors[t, p] = dressed(0 if clothes is None else clothes(t, p))
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


@pytest.fixture(scope="session")
def frame():
    """Makes a frame of so many seconds, in a film of 30 a second."""

    def make(time):
        return Frame(np.zeros((4, 4, 3), np.uint8), index=round(time * 30), time=time)

    return make


@pytest.fixture(scope="session")
def people():
    """Makes people out of their (33, 2) landmarks; ``looks`` has the colour of each."""

    def make(*bodies, ids=None, scores=None, looks=None):
        xy = np.stack(bodies)
        flat = np.ones(xy.shape[:2], np.float32)
        n = len(xy)
        return People(
            np.concatenate([xy.min(1), xy.max(1)], 1),
            np.array(scores or [0.9] * n, np.float32),
            ids=np.array(ids or [-1] * n, np.int64),
            regions=regions.from_landmarks(xy, (11, 12), (23, 24)),
            body=Landmarks(BLAZEPOSE_33, xy, flat, flat, flat),
            vectors=None if looks is None else np.stack([dressed(colour) for colour in looks]),
        )

    return make


@pytest.fixture(scope="session")
def watch():
    """Gives a stage one moment after the other; what comes out, frame by frame."""

    def run(stage, moments, *, rate=30.0, start=0.0, size=(640, 480)):
        image = np.zeros((*size[::-1], 3), np.uint8)
        for index, now in enumerate(moments):
            yield stage(Frame(image, index=index, time=start + index / rate), now)

    return run


@pytest.fixture(scope="session")
def id_at():
    """Whose body is here, and how far off that one's landmarks are on average."""

    def find(found, body):
        gaps = np.abs(found.body.xy - body).mean((1, 2))
        return int(found.ids[gaps.argmin()]), float(gaps.min())

    return find
