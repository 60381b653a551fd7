from __future__ import annotations

import numpy as np

from vitruvian.segment.geodesic import distance, edge_cost


def start(shape, *points):
    far = np.full(shape, np.inf, np.float32)
    for y, x in points:
        far[y, x] = 0
    return far


def test_on_even_ground_it_is_the_way_on_a_grid_with_diagonals():
    far = distance(np.ones((20, 30), np.float32), start((20, 30), (5, 7)))
    y, x = np.mgrid[:20, :30]
    dy, dx = abs(y - 5), abs(x - 7)
    expected = np.maximum(dx, dy) - np.minimum(dx, dy) + np.sqrt(2) * np.minimum(dx, dy)
    np.testing.assert_allclose(far, expected, rtol=1e-4)


def test_a_wall_is_gone_round_where_that_is_cheaper():
    cost = np.ones((21, 21), np.float32)
    cost[:18, 10] = 1000
    far = distance(cost, start(cost.shape, (2, 8)), sweeps=3)
    assert 30 < far[2, 12] < 60
    closed = cost.copy()
    closed[:, 10] = 1000
    assert distance(closed, start(cost.shape, (2, 8)))[2, 12] > 900


def test_edges_cost_and_even_ground_costs_little():
    image = np.full((60, 60, 3), 60, np.uint8)
    image[:, 30:] = 200, 40, 40
    cost = edge_cost(image)
    assert cost[:, 28:32].max() > 20 * cost[:, :20].max()
