"""Frames and people for the tests of the outputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vitruvian.sink import About
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Landmarks, People


@pytest.fixture
def film() -> About:
    return About("films/demo.mp4", (64, 48), 25.0, False, BLAZEPOSE_33)


@pytest.fixture
def stills() -> About:
    return About("shots", None, None, True, BLAZEPOSE_33)


@pytest.fixture
def make_frame() -> Callable[..., Frame]:
    def make(
        index: int = 0,
        *,
        time: float | None = None,
        name: str | None = None,
        size: tuple[int, int] = (64, 48),
        shade: int = 90,
    ) -> Frame:
        image = np.full((size[1], size[0], 3), shade, np.uint8)
        return Frame(image, index=index, time=index / 25 if time is None else time, name=name)

    return make


@pytest.fixture
def make_people() -> Callable[..., People]:
    def make(*ids: int, seed: int = 0) -> People:
        n, k = len(ids), len(BLAZEPOSE_33)
        draw = np.random.default_rng(seed).random((n, k, 8)).astype(np.float32)
        xy, z, visibility, presence = draw[..., :2] * 64, draw[..., 2], draw[..., 3], draw[..., 4]
        body = Landmarks(BLAZEPOSE_33, xy, z, visibility, presence, draw[..., 5:])
        boxes = np.tile(np.array([4, 4, 40, 44], np.float32), (n, 1))
        return People(boxes, np.full(n, 0.9, np.float32), ids=np.array(ids, np.int64), body=body)

    return make


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"
