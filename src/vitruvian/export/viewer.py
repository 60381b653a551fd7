"""A page that shows movement in three dimensions: one HTML file, no server, no network.

What the page does is in ``viewer.html`` beside this; here the people are put into it.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib.resources import files

from vitruvian.draw.palette import Colour, ink, tones
from vitruvian.export.markers import marker_paths
from vitruvian.export.solid import girth
from vitruvian.motion import Motion

__all__ = ["to_html"]

_LIMBS = (
    ("upper_arm", "forearm", 0.05, 0.04), ("forearm", "hand", 0.04, 0.028),
    ("hand", "hand_tip", 0.03, 0.02), ("thigh", "shank", 0.075, 0.052),
    ("shank", "foot", 0.052, 0.035), ("foot", "foot_tip", 0.036, 0.026),
)  # fmt: skip
"""From where to where, and how thick there, in metres for a trunk of half a metre."""
_GIRTH = 0.085
_SKULL = 0.088


def to_html(motions: Sequence[Motion], title: str) -> bytes:
    """The page's bytes: everybody's bodies, to be turned with the mouse and played.

    Args:
        motions: One for each person.
        title: What the page is called.
    """
    people = [_person(motion, number) for number, motion in enumerate(motions, start=1)]
    data = json.dumps(people, separators=(",", ":")).replace("<", "\\u003c")
    page = files("vitruvian.export").joinpath("viewer.html").read_text(encoding="utf-8")
    return page.replace("@TITLE@", html.escape(title)).replace("@DATA@", data).encode()


def _person(motion: Motion, number: int) -> dict[str, object]:
    names, paths = marker_paths(motion)
    size = girth(motion)
    left, middle, right = tones(number)
    limbs = [
        (names.index(f"{side}_{a}"), names.index(f"{side}_{b}"), wide * size, slim * size, side)
        for side in ("left", "right")
        for a, b, wide, slim in _LIMBS
    ]
    corners = ("left_upper_arm", "right_upper_arm", "right_thigh", "left_thigh")
    return {
        "name": motion.name,
        "left": _css(left), "colour": _css(middle), "right": _css(right), "ink": _css(ink(middle)),
        "size": size, "girth": _GIRTH * size, "skull": _SKULL * size,
        "limbs": limbs,
        "trunk": [names.index(corner) for corner in corners],
        "head": [names.index("neck"), names.index("head")],
        "crown": names.index("head_tip"),
        "times": [round(float(time), 4) for time in motion.times],
        "places": [[round(float(value), 3) for value in frame.ravel()] for frame in paths],
    }  # fmt: skip


def _css(colour: Colour) -> str:
    return "rgb({},{},{})".format(*colour)
