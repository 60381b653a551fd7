"""Quarter turns and mirrorings that bring a picture upright."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from vitruvian.types import Image

__all__ = ["UPRIGHT", "Turn", "turn_of_matrix"]


@dataclass(frozen=True, slots=True)
class Turn:
    """Swap rows and columns first, then mirror; every quarter turn and mirroring is one of these.

    Args:
        swap: Rows become columns.
        left_right: Mirror left and right, after the swap.
        up_down: Mirror up and down, after the swap.

    Example:
        >>> import numpy as np
        >>> Turn(swap=True, left_right=True)(np.array([[1, 2, 3]], np.uint8)).tolist()
        [[1], [2], [3]]
    """

    swap: bool = False
    left_right: bool = False
    up_down: bool = False

    @property
    def none(self) -> bool:
        """Whether the picture is upright already."""
        return not (self.swap or self.left_right or self.up_down)

    def __call__(self, image: Image) -> Image:
        """The picture turned, as a contiguous copy (the same array if there is nothing to do)."""
        import cv2

        if self.swap:
            image = np.asarray(cv2.transpose(image), np.uint8)
        if self.left_right or self.up_down:
            code = (-1 if self.up_down else 1) if self.left_right else 0
            image = np.asarray(cv2.flip(image, code), np.uint8)
        return image

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height after the turn."""
        return (height, width) if self.swap else (width, height)


UPRIGHT = Turn()
"""No turn at all."""


def turn_of_matrix(data: bytes) -> Turn:
    """The turn nearest to a display matrix.

    The matrix (ISO/IEC 14496-12, ``tkhd``) maps a stored pixel (p, q) to the displayed one:
    x = a p + c q + tx, y = b p + d q + ty, stored row by row as a b u, c d v, tx ty w.

    Args:
        data: FFmpeg's ``AV_FRAME_DATA_DISPLAYMATRIX``: 9 native 32-bit integers, of which the
            first, second, fourth and fifth are 16.16 fixed point.
    """
    if len(data) < 36:
        return UPRIGHT
    a, b, _, c, d, *_ = struct.unpack("=9i", data[:36])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Turn(left_right=a < 0, up_down=d < 0)
    return Turn(swap=True, left_right=c < 0, up_down=b < 0)
