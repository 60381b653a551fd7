"""Bodies of many small faces over a picture: shaded, the nearest on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.draw.palette import Colour
from vitruvian.types import Floats, Image

__all__ = ["Mesh", "draw_meshes"]

_SHADES = 32
_AMBIENT = 0.3
"""How light a face is that looks across the line of sight; one that looks at us is 1."""
_FRACTION = 4
"""Binary digits behind the point of a corner's place."""
_NEAR = 0.1
"""Metres: what is nearer is not drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """What is drawn.

    Args:
        points: (N, 3) metres in the camera's axes: x right, y down, z away.
        xy: (N, 2) the same in pixels.
        faces: (F, 4) corners, counter-clockwise from outside.
        colour: RGB.
    """

    points: Floats
    xy: Floats
    faces: NDArray[np.integer[Any]]
    colour: Colour


def draw_meshes(image: Image, meshes: Sequence[Mesh], *, opacity: float = 0.8) -> Image:
    """A copy of a picture with meshes over it.

    Args:
        image: (H, W, 3) uint8 RGB.
        meshes: What to draw; nearer faces hide those behind, of any mesh.
        opacity: 0 shows the picture alone, 1 hides it.

    Example:
        >>> import numpy as np
        >>> square = np.array([[-1, -1, 4], [1, -1, 4], [1, 1, 4], [-1, 1, 4]], np.float32)
        >>> mesh = Mesh(square, square[:, :2] * 8 + 16, np.array([[3, 2, 1, 0]]), (255, 0, 0))
        >>> draw_meshes(np.zeros((32, 32, 3), np.uint8), [mesh], opacity=1)[16, 16].tolist()
        [255, 0, 0]
    """
    canvas = image.copy()
    parts = [_faces(mesh, number) for number, mesh in enumerate(meshes)]
    if not parts:
        return canvas
    columns = zip(*parts, strict=True)
    corners, depths, shades, owners = (np.concatenate(column) for column in columns)
    tones = [_tones(mesh.colour) for mesh in meshes]
    for face in np.argsort(-depths, kind="stable"):
        cv2.fillConvexPoly(
            canvas, corners[face], tones[owners[face]][shades[face]], cv2.LINE_8, _FRACTION
        )
    out: Any = cv2.addWeighted(canvas, opacity, image, 1 - opacity, 0)
    return np.asarray(out, np.uint8)


def _faces(mesh: Mesh, number: int) -> tuple[NDArray[Any], ...]:
    """Corners, depth, shade and owner of the faces that look at the camera."""
    solid = mesh.points[mesh.faces]
    normal = np.cross(solid[:, 2] - solid[:, 0], solid[:, 3] - solid[:, 1])
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    middle = solid.mean(1)
    sight = middle / np.maximum(np.linalg.norm(middle, axis=-1, keepdims=True), 1e-12)
    facing = -(normal * sight).sum(-1)
    # y points down in the camera's axes and up in the mesh's, z away and towards: no mirror.
    flat = mesh.xy[mesh.faces]
    shown = (facing > 0) & (solid[..., 2].min(1) > _NEAR) & (np.abs(flat) < 1e5).all((1, 2))
    corners = np.round(flat[shown] * 2**_FRACTION).astype(np.int32)
    light = _AMBIENT + (1 - _AMBIENT) * facing[shown]
    shades = np.clip(np.round(light * (_SHADES - 1)), 0, _SHADES - 1).astype(np.int64)
    return corners, middle[shown, 2], shades, np.full(len(corners), number)


def _tones(colour: Colour) -> list[tuple[int, ...]]:
    return [tuple(round(c * shade / (_SHADES - 1)) for c in colour) for shade in range(_SHADES)]
