"""Bodies beside the picture: the picture stays, every view looks the right way."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.draw import draw_views
from vitruvian.draw.views import panel_width
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks, People

HEIGHT, WIDTH = 360, 480


def pointing(*directions: tuple[float, float, float]) -> People:
    """People of whom only the left upper arm is seen, from the hips to a place in metres."""
    n, k = len(directions), len(BLAZEPOSE_33)
    world = np.full((n, k, 3), np.nan, np.float32)
    world[:, BLAZEPOSE_33.index("left_shoulder")] = 0
    world[:, BLAZEPOSE_33.index("left_elbow")] = directions
    sure = np.ones((n, k), np.float32)
    body = Landmarks(BLAZEPOSE_33, np.full((n, k, 2), 9, np.float32), sure, sure, sure, world)
    boxes = np.tile(np.array([0, 0, 30, 60], np.float32), (n, 1))
    return People(boxes, np.ones(n, np.float32), ids=np.arange(1, n + 1), body=body)


def marked(people: People, place: int) -> tuple[float, float]:
    """How far right of and below the middle of one view something bright is, in pixels."""
    plain = draw_views(np.zeros((HEIGHT, WIDTH, 3), np.uint8), People.none())
    drawn = draw_views(np.zeros((HEIGHT, WIDTH, 3), np.uint8), people)
    cell = slice(place * HEIGHT // 3, (place + 1) * HEIGHT // 3)
    changed = np.abs(drawn[cell, WIDTH:].astype(int) - plain[cell, WIDTH:]).sum(-1) > 90
    y, x = np.nonzero(changed)
    return float(x.mean() - panel_width(HEIGHT) / 2), float(y.mean() - HEIGHT / 6)


@pytest.mark.parametrize(
    ("direction", "front", "side", "top"),
    [
        ((0.8, 0, 0), (1, 0), (0, 0), (1, 0)),
        ((0, 0.8, 0), (0, 1), (0, 1), (0, 0)),
        ((0, 0, 0.8), (0, 0), (1, 0), (0, -1)),
    ],
)
def test_right_down_and_away_are_where_they_belong(direction, front, side, top):
    for place, wanted in enumerate((front, side, top)):
        found = marked(pointing(direction), place)
        assert np.sign(np.round(np.array(found) / 5)).tolist() == list(wanted)


def test_the_picture_is_kept_and_not_written_into():
    image = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    before = image.copy()
    drawn = draw_views(image, pointing((0, 0.8, 0)))
    np.testing.assert_array_equal(drawn[:, :WIDTH], before)
    np.testing.assert_array_equal(image, before)
    assert drawn.shape == (HEIGHT, WIDTH + panel_width(HEIGHT), 3)


def test_people_stand_side_by_side_in_the_order_of_their_ids():
    two = pointing((0, 0.8, 0), (0, 0.8, 0))
    swapped = two[np.array([1, 0])]
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    np.testing.assert_array_equal(draw_views(image, two), draw_views(image, swapped))
    assert not np.array_equal(draw_views(image, two), draw_views(image, pointing((0, 0.8, 0))))


@pytest.mark.parametrize("size", [(1, 1), (7, 30), (2000, 20)])
def test_any_size_and_nobody_or_everybody(size):
    image = np.zeros((*size, 3), np.uint8)
    for people in (People.none(), pointing(*[(0, 0.5, 0)] * 6)):
        assert draw_views(image, people).shape[0] == size[0]
