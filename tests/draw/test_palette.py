from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from vitruvian.draw.palette import DARK, ink, mix, tones

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: tuple[int, int, int], vision: np.ndarray) -> np.ndarray:
    """CIELAB of an sRGB colour as somebody sees it."""
    rgb = np.array(colour) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(vision @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION.values(), ids=VISION)
def test_people_can_be_told_apart(vision: np.ndarray) -> None:
    seen = [lab(tones(person).middle, vision) for person in range(1, 9)]
    apart = {
        pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]]))
        for pair in combinations(range(8), 2)
    }
    assert min(apart.values()) > 20
    assert min(apart[pair] for pair in combinations(range(4), 2)) > 40


@pytest.mark.parametrize("vision", VISION.values(), ids=VISION)
def test_left_is_lighter_than_right(vision: np.ndarray) -> None:
    for person in range(1, 25):
        left, right = (lab(colour, vision)[0] for colour in tones(person)[::2])
        assert left - right > 10


def test_more_people_than_hues_still_differ() -> None:
    assert len({tones(person) for person in range(1, 25)}) == 24
    assert tones(0) == tones(1) == tones(-1)


def test_mixing_goes_from_one_to_the_other() -> None:
    assert mix((0, 10, 20), (100, 10, 0), 0) == (0, 10, 20)
    assert mix((0, 10, 20), (100, 10, 0), 0.5) == (50, 10, 10)
    assert mix((0, 10, 20), (100, 10, 0), 1) == (100, 10, 0)


def test_what_is_written_can_be_read() -> None:
    for person in range(1, 25):
        ground = tones(person).middle
        contrast = lab(ink(ground), VISION["normal"])[0] - lab(ground, VISION["normal"])[0]
        assert abs(contrast) > 38
    assert ink((255, 222, 20)) == DARK
