from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from vitruvian.source.turn import UPRIGHT, Turn, turn_of_matrix

ONE = 1 << 16
PICTURE = np.arange(12, dtype=np.uint8).reshape(3, 4)


def matrix(a: float, b: float, c: float, d: float) -> bytes:
    """A display matrix: x = a p + c q, y = b p + d q."""
    return struct.pack("=9i", *(round(v * ONE) for v in (a, b, 0, c, d, 0, 0, 0)), 1 << 30)


@pytest.mark.parametrize(
    ("abcd", "expected"),
    [
        ((1, 0, 0, 1), PICTURE),
        ((0, 1, -1, 0), cv2.rotate(PICTURE, cv2.ROTATE_90_CLOCKWISE)),  # a phone held upright
        ((-1, 0, 0, -1), cv2.rotate(PICTURE, cv2.ROTATE_180)),
        ((0, -1, 1, 0), cv2.rotate(PICTURE, cv2.ROTATE_90_COUNTERCLOCKWISE)),
        ((-1, 0, 0, 1), PICTURE[:, ::-1]),
        ((1, 0, 0, -1), PICTURE[::-1]),
        ((0, 1, 1, 0), PICTURE.T),
        ((0, -1, -1, 0), PICTURE[::-1, ::-1].T),
        ((0.99, 0.1, -0.1, 0.99), PICTURE),
    ],
)
def test_display_matrix(abcd: tuple[float, ...], expected: np.ndarray) -> None:
    turn = turn_of_matrix(matrix(*abcd))
    turned = turn(PICTURE)
    assert np.array_equal(turned, expected)
    assert turned.flags.c_contiguous
    assert turn.size(4, 3) == turned.shape[::-1]


def test_the_matrix_moves_pixels_where_it_says() -> None:
    for abcd in [(0, 1, -1, 0), (0, -1, 1, 0), (-1, 0, 0, 1), (0, 1, 1, 0)]:
        a, b, c, d = abcd
        turned = turn_of_matrix(matrix(*abcd))(PICTURE)
        q, p = np.indices(PICTURE.shape)
        x, y = a * p + c * q, b * p + d * q
        assert np.array_equal(turned[y - y.min(), x - x.min()], PICTURE)


def test_upright_is_the_same_array() -> None:
    assert UPRIGHT(PICTURE) is PICTURE
    assert UPRIGHT.none
    assert not Turn(up_down=True).none
    assert turn_of_matrix(b"") is UPRIGHT
