"""What all tests share: the settings of Hypothesis, and models that are loaded once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from vitruvian import weights
from vitruvian.detect import BlazePoseFinder, MoveNetFinder
from vitruvian.landmark import BodyReader

# A machine that is busy with something else is no reason for a test to fail.
settings.register_profile("vitruvian", deadline=None)
settings.load_profile("vitruvian")

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def reader():
    """The landmark model, lite."""
    reader = weights.load("blazepose-lite-nomask", BodyReader)
    yield reader
    reader.close()


@pytest.fixture(scope="session")
def blazepose():
    """BlazePose's detector."""
    return weights.load("blazepose-detector", BlazePoseFinder)


@pytest.fixture(scope="session")
def movenet():
    """MoveNet MultiPose for the whole view."""
    return weights.load("movenet-multipose-256", MoveNetFinder)


@pytest.fixture(scope="session")
def two_people_file():
    """A drawn picture of two people."""
    return HERE / "golden" / "movenet" / "two_people.png"


@pytest.fixture(scope="session")
def data():
    """The folder of pictures with known answers, for the tests that compare."""
    folder = Path(os.environ.get("VITRUVIAN_DATA", HERE.parent.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs pictures with known answers in {folder} (VITRUVIAN_DATA)")
    return folder
