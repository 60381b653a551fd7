"""Meshes are drawn nearest on top, and from outside only."""

import numpy as np

from vitruvian.draw.mesh import Mesh, draw_meshes

BLACK = np.zeros((40, 40, 3), np.uint8)
SQUARE = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
FRONT = np.array([[3, 2, 1, 0]])


def square(depth, colour, faces=FRONT):
    points = SQUARE + np.array([0, 0, depth], np.float32)
    return Mesh(points, SQUARE[:, :2] * 10 + 20, faces, colour)


def test_the_nearer_hides_the_farther_whatever_the_order():
    red, blue = square(4, (255, 0, 0)), square(6, (0, 0, 255))
    for meshes in ([red, blue], [blue, red]):
        assert draw_meshes(BLACK, meshes, opacity=1)[20, 20].tolist() == [255, 0, 0]


def test_the_inside_is_not_drawn_and_the_picture_stays():
    inside = square(4, (255, 0, 0), FRONT[:, ::-1])
    assert not draw_meshes(BLACK, [inside], opacity=1).any()
    assert not draw_meshes(BLACK, [square(-1, (255, 0, 0))], opacity=1).any()
    assert not BLACK.any()


def test_half_opaque_is_half_of_each():
    drawn = draw_meshes(BLACK, [square(4, (200, 0, 0))], opacity=0.5)
    assert drawn[20, 20].tolist() == [100, 0, 0]
    assert not draw_meshes(BLACK, []).any()
