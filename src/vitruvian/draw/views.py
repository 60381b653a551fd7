"""Bodies in metres from the front, from the side and from above, beside the picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vitruvian.draw.marks import draw_label
from vitruvian.draw.palette import Colour, mix, tones
from vitruvian.draw.skeleton import draw_skeleton
from vitruvian.draw.strokes import bars
from vitruvian.types import Floats, Image, People

__all__ = ["draw_views", "panel_width"]

_GROUND: Colour = (24, 27, 34)
_GRID: Colour = (43, 48, 59)
_AXIS: Colour = (70, 78, 95)
_TEXT: Colour = (176, 184, 200)
_REACH = 1.3
"""Metres from the hips to the edge of a view: hands that are held up are about so far away."""
_STEP = 0.5
"""Metres between the lines of the grid."""
_MOST = 4
_SEEN = 0.5
_SHAPE = 1.4
"""A view's width in heights."""


class _View(NamedTuple):
    """A direction to look in: which of x, y, z goes right and which down, and their signs."""

    title: str
    axes: tuple[int, int]
    signs: tuple[int, int]


_VIEWS = (
    _View("front", (0, 1), (1, 1)),
    # From the camera's right: what is far away is on the right.
    _View("side", (2, 1), (1, 1)),
    # From above, the camera being below the lower edge.
    _View("top", (0, 2), (1, -1)),
)


def panel_width(height: int) -> int:
    """How many pixels wide the views beside a picture of some height are."""
    return max(2, 2 * round(height * _SHAPE / len(_VIEWS) / 2))


def draw_views(image: Image, people: People) -> Image:
    """The picture, and on its right everybody's body in metres, from three sides.

    Each body keeps its size: a square of the grid is half a metre, and the hips are in the
    middle. Where there are several people they stand side by side, smaller, in the order of
    their ids; of more than four the largest in the picture are shown.

    Args:
        image: (H, W, 3) uint8 RGB, which is not changed.
        people: Who is there, with ``body.world``.

    Returns:
        (H, W + `panel_width` (H), 3).

    Example:
        >>> draw_views(np.zeros((90, 160, 3), np.uint8), People.none()).shape
        (90, 202, 3)
    """
    height, width = image.shape[:2]
    canvas = np.empty((height, width + panel_width(height), 3), np.uint8)
    canvas[:, :width] = image
    canvas[:, width:] = _GROUND
    rows = _shown(people)
    for view, low, high in zip(_VIEWS, *_cells(height), strict=True):
        _draw_view(canvas[low:high, width:], view, people, rows)
    return canvas


def _cells(height: int) -> tuple[list[int], list[int]]:
    edges = [round(height * part / len(_VIEWS)) for part in range(len(_VIEWS) + 1)]
    return edges[:-1], edges[1:]


def _shown(people: People) -> list[int]:
    """The rows of those who are drawn, from the left."""
    if people.body is None or people.body.world is None:
        return []
    there = np.flatnonzero(np.isfinite(people.body.world).all(-1).any(-1))
    boxes = np.nan_to_num(people.boxes[there])
    sizes = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    largest = there[np.argsort(-sizes, kind="stable")[:_MOST]]
    order = largest if people.ids is None else people.ids[largest]
    return [int(row) for row in largest[np.argsort(order, kind="stable")]]


def _draw_view(cell: Image, view: _View, people: People, rows: list[int]) -> None:
    height, width = cell.shape[:2]
    across = width / max(1, len(rows))
    scale = min(height / 2, across * 0.9) / _REACH
    for place in range(max(1, len(rows))):
        x0, x1 = round(place * across), round((place + 1) * across)
        _grid(cell[:, x0:x1], scale)
    for place, row in enumerate(rows):
        x0, x1 = round(place * across), round((place + 1) * across)
        _draw_body(cell[:, x0:x1], view, people, row, scale)
    size = max(9, round(height * 0.055))
    draw_label(cell, view.title, (size * 0.7, size * 0.5), _TEXT, size)
    cell[-max(1, round(height / 300)) :] = _AXIS


def _grid(window: Image, scale: float) -> None:
    """Lines every half a metre, the middle ones brighter."""
    height, width = window.shape[:2]
    reach = np.array([width, height], np.float32) / 2
    for axis in (0, 1):
        count = int(reach[axis] / (scale * _STEP)) if scale > 0 else 0
        for number in sorted(range(-count, count + 1), key=lambda n: n == 0):
            at = reach[axis] + number * scale * _STEP
            ends = np.array([[[0, 0], [width, height]]], np.float32)
            ends[:, :, axis] = at
            bars(window, ends, np.ones(1, np.float32), [_GRID if number else _AXIS])


def _draw_body(window: Image, view: _View, people: People, row: int, scale: float) -> None:
    body = people.body
    if body is None or body.world is None:
        return
    flat = _seen_from(body.world[row], view) * np.float32(scale)
    middle = np.array([window.shape[1], window.shape[0]], np.float32) / 2
    seen = ~(body.visibility[row] < _SEEN)
    person = row + 1 if people.ids is None or people.ids[row] < 0 else int(people.ids[row])
    # On the dark ground the person's right, the deeper tone, wants more light.
    colours = tones(person)._replace(right=mix(tones(person).right, (255, 255, 255), 0.1))
    places = np.asarray(flat + middle, np.float32)
    draw_skeleton(window, body.skeleton, places, seen, colours, max(1.2, scale * 0.035))


def _seen_from(world: Floats, view: _View) -> Floats:
    """(K, 2) metres to the right and down."""
    return np.asarray(world[:, list(view.axes)] * np.array(view.signs, np.float32), np.float32)
