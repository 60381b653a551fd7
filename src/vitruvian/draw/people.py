"""People on a picture: skeleton, points, box, tag and trail."""

from __future__ import annotations

import numpy as np

from vitruvian.draw.marks import draw_corners, draw_mask, draw_tag, draw_trail
from vitruvian.draw.palette import Tones, tones
from vitruvian.draw.skeleton import draw_skeleton
from vitruvian.draw.trails import Trails
from vitruvian.types import Image, People

__all__ = ["draw_people"]

_SEEN = 0.5


def draw_people(
    image: Image,
    people: People,
    *,
    trails: Trails | None = None,
    boxes: bool = True,
    tags: bool = True,
    in_place: bool = False,
) -> Image:
    """Draw everybody's skeleton, box and id, each person in a colour of their own.

    Lines grow with the picture and with the person. The person's left is lighter than their
    right; landmarks whose visibility is below 0.5 are faint and hollow. Where people have
    masks, these are tinted.

    Args:
        image: (H, W, 3) uint8 RGB.
        people: Who is there, in pixels of the image.
        trails: Where they have just been.
        boxes: Whether to mark the corners of the boxes.
        tags: Whether to write names, or ids where there is none, and labels.
        in_place: Draw into ``image`` itself, which must be contiguous.

    Returns:
        The picture: a new one unless ``in_place``.

    Example:
        >>> import numpy as np
        >>> from vitruvian.types import People
        >>> draw_people(np.zeros((48, 64, 3), np.uint8), People.none()).shape
        (48, 64, 3)
    """
    canvas = image if in_place else image.copy()
    ids = _ids(people)
    # Whoever stands lower in the picture is nearer, mostly, and drawn last.
    order = np.argsort(np.nan_to_num(people.boxes[:, 3]), kind="stable").tolist()
    colours = [tones(person) for person in ids]
    if people.masks is not None:
        for row in order:
            draw_mask(canvas, people.masks[row], colours[row].middle)
    if trails is not None:
        _draw_trails(canvas, trails, people, ids)
    for row in order:
        _draw_person(canvas, people, row, colours[row], boxes=boxes)
    if tags:
        for row in order:
            _draw_tag(canvas, people, row, ids[row], colours[row])
    return canvas


def _ids(people: People) -> list[int]:
    """Ids for the colours; people without one are told apart by their order."""
    given = [-1] * len(people) if people.ids is None else people.ids.tolist()
    return [person if person >= 0 else row + 1 for row, person in enumerate(given)]


def _draw_person(canvas: Image, people: People, row: int, colours: Tones, *, boxes: bool) -> None:
    width = _width(canvas, people, row)
    if boxes and np.isfinite(people.boxes[row]).all():
        draw_corners(canvas, people.boxes[row], colours.middle, max(1.6, width * 0.4))
    for body, thick in (
        (people.body, width),
        (people.left_hand, width / 2),
        (people.right_hand, width / 2),
    ):
        if body is not None:
            seen = ~(body.visibility[row] < _SEEN)
            draw_skeleton(canvas, body.skeleton, body.xy[row], seen, colours, thick)


def _draw_tag(canvas: Image, people: People, row: int, person: int, colours: Tones) -> None:
    box = people.boxes[row]
    if not np.isfinite(box).all():
        return
    label = people.labels[row] if people.labels is not None else None
    name = people.names[row] if people.names is not None else None
    if name is None and people.ids is not None and people.ids[row] >= 0:
        name = str(people.ids[row])
    text = "  ".join(part for part in (name, label) if part)
    if text:
        size = round(min(max(canvas.shape[0] * 0.018, _width(canvas, people, row) * 3.4, 11), 96))
        draw_tag(canvas, text, (box[0], box[1] - size * 0.35), colours.middle, size)


def _draw_trails(canvas: Image, trails: Trails, people: People, ids: list[int]) -> None:
    width = {person: _width(canvas, people, row) for row, person in enumerate(ids)}
    for person, path in trails.paths().items():
        thick = width.get(person, canvas.shape[0] / 250)
        draw_trail(canvas, path, tones(person).middle, max(2.0, thick * 1.5))


def _width(canvas: Image, people: People, row: int) -> float:
    """Width of a limb in pixels: from the person's size, within what the picture can bear."""
    height = canvas.shape[0]
    x0, y0, x1, y1 = people.boxes[row].tolist()
    size = max(x1 - x0, y1 - y0)
    if not np.isfinite(size):
        size = height / 2
    return float(min(max(size * 0.012, height * 0.0022, 1.6), height * 0.012))
