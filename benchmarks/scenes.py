"""What happens in the composed films of `benchmarks.contact`, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["SCENES", "SMALL", "TALL", "WIDE", "Key", "Part", "Scene"]


class Key(NamedTuple):
    """Where a person is at one time; between two keys they go over smoothly.

    Args:
        time: Seconds.
        x: Where the hips are, in pixels of the film.
        y: The same.
        angle: Degrees clockwise; 90 is lying with the head to the right.
        depth: Who has less is in front.
        scale: 1 makes a person 300 pixels tall.
    """

    time: float
    x: float
    y: float
    angle: float = 0
    depth: float = 0
    scale: float = 1


@dataclass(frozen=True)
class Part:
    """One appearance of a person, from the first key to the last.

    Args:
        take: Which cut-out.
        keys: Where they are; what the person walked in the take comes on top.
        start: The frame of the take to begin with.
        speed: Frames of the take for each of the film; at its end the take runs backwards.
        mirrored: Left for right.
        led: The keys say where the hips are in every frame: what the person walked in the take
            does not come on top.
    """

    take: str
    keys: tuple[Key, ...]
    start: float = 0
    speed: float = 1
    mirrored: bool = False
    led: bool = False


@dataclass(frozen=True)
class Scene:
    """A film to compose.

    Args:
        size: Width and height.
        seconds: How long it is, at `RATE` frames a second.
        place: The film or take whose place is the background.
        people: Per person the parts they have; ids are 1, 2, …
    """

    size: tuple[int, int]
    seconds: float
    place: str
    people: tuple[tuple[Part, ...], ...]


WIDE, SMALL, TALL = (960, 540), (640, 480), (540, 720)
BACK = 1.0
"""The depth of whoever stands behind."""


def _stay(x: float, y: float, seconds: float, depth: float = 0) -> tuple[Key, ...]:
    return Key(0, x, y, 0, depth), Key(seconds, x, y, 0, depth)


SCENES = {
    # A woman walks past two men, in front of both.
    "cross": Scene(WIDE, 4.8, "man", (
        (Part("man", _stay(500, 345, 4.8, BACK)),),
        (Part("woman", _stay(1000, 355, 4.8), speed=0.8),),
        (Part("balance-4", _stay(230, 340, 4.8, 2), speed=0.7),),
    )),
    # The same woman twice, walking through each other.
    "twins-cross": Scene(SMALL, 5, "PETS09-S2L1", (
        (Part("woman", _stay(600, 300, 5, BACK), speed=0.5),),
        (Part("woman", _stay(40, 310, 5), start=17, speed=0.5, mirrored=True),),
    )),
    # A man steps in front of another, hides him, and goes on.
    "hide": Scene(WIDE, 6, "man", (
        (Part("man", _stay(480, 350, 6, BACK)),),
        (Part("balance-2", (
            Key(0, 150, 345, scale=1.1), Key(2, 478, 345, scale=1.1), Key(3.8, 484, 345, scale=1.1),
            Key(6, 800, 345, scale=1.1),
        )),),
    )),
    # The same man twice: they meet, one hides the other, and each goes back where he came from.
    "twins-bounce": Scene(SMALL, 6, "TUD-Campus", (
        (Part("man", (
            Key(0, 150, 290), Key(1.8, 305, 290), Key(3.6, 312, 290), Key(6, 140, 290),
        )),),
        (Part("man", (
            Key(0, 490, 295, 0, BACK), Key(1.8, 330, 295, 0, BACK), Key(3.6, 322, 295, 0, BACK),
            Key(6, 500, 295, 0, BACK),
        ), start=70, mirrored=True),),
    )),
    # The same man twice: they meet, change who is in front, and go on.
    "twins-pass": Scene(SMALL, 6, "PETS09-S2L1", (
        (Part("balance-1", (
            Key(0, 130, 290), Key(2, 300, 290), Key(3.5, 335, 290, 0, BACK),
            Key(6, 520, 290, 0, BACK),
        ), speed=0.7),),
        (Part("balance-1", (
            Key(0, 510, 285, 0, 0.5), Key(2, 335, 285, 0, 0.5), Key(3.5, 305, 285, 0, 0.5),
            Key(6, 120, 285, 0, 0.5),
        ), start=45, speed=0.8, mirrored=True),),
    )),
    # One lies; another comes, leans over him and stays; a woman walks by behind.
    "lie": Scene(WIDE, 7, "man", (
        (Part("balance-1", (
            Key(0, 480, 430, 90, 0.5), Key(7, 470, 375, 90, 0.5),
        ), speed=0.5),),
        (Part("balance-4", (
            Key(0, 130, 350), Key(2, 420, 360), Key(3, 450, 410, 55), Key(5, 490, 415, 60),
            Key(6, 560, 365), Key(7, 760, 350),
        ), speed=0.6, mirrored=True),),
        (Part("woman", _stay(1010, 335, 7, BACK), speed=0.55),),
    )),
    # Two who look alike turn round each other; one falls, the other follows; they get up.
    "grapple": Scene(TALL, 8, "balance-3", (
        (Part("balance-1", (
            Key(0, 140, 420, scale=1.1), Key(1.5, 230, 420, 10, scale=1.1),
            Key(3, 300, 430, -20, scale=1.1), Key(4, 290, 530, -80, BACK, 1.1),
            Key(5.6, 270, 530, -90, BACK, 1.1), Key(6.8, 220, 430, 0, BACK, 1.1),
            Key(8, 130, 420, scale=1.1),
        ), speed=0.6),),
        (Part("balance-3", (
            Key(0, 410, 415, 0, 0.5, 1.1), Key(1.5, 320, 420, -10, 0.5, 1.1),
            Key(3, 240, 430, 15, 0.5, 1.1), Key(4, 270, 480, 50, 0.5, 1.1),
            Key(5.6, 285, 490, 60, 0.5, 1.1), Key(6.8, 340, 420, 0, 0.5, 1.1),
            Key(8, 420, 415, 0, 0.5, 1.1),
        ), start=30, speed=0.7),),
    )),
    # Both leave and come back, the woman from where she went, the man from the other side.
    "return": Scene(WIDE, 8, "man", (
        (
            Part("woman", _stay(560, 355, 3.8), speed=0.8),
            Part("woman", (Key(4.2, -80, 355), Key(8, -80, 355)), speed=0.8, mirrored=True),
        ),
        (
            Part("man", (
                Key(0, 620, 345, 0, BACK), Key(1.5, 680, 345, 0, BACK),
                Key(3.2, 1060, 345, 0, BACK),
            )),
            Part("man", (
                Key(5, -100, 345, 0, BACK), Key(6.5, 380, 345, 0, BACK), Key(8, 420, 345, 0, BACK),
            ), mirrored=True),
        ),
        (Part("balance-2", _stay(300, 340, 8, 2), speed=0.6),),
    )),
    # Three men, two of them the same, close together; they leave in another order.
    "three": Scene(SMALL, 7, "TUD-Campus", (
        (Part("balance-3", (
            Key(0, 110, 300), Key(2, 270, 300), Key(4.5, 290, 300), Key(7, 540, 300),
        ), speed=0.7),),
        (Part("man", _stay(325, 295, 7, BACK)),),
        (Part("balance-3", (
            Key(0, 540, 305, 0, 0.5), Key(2.2, 370, 305, 0, 0.5), Key(4.2, 345, 305, 0, 0.5),
            Key(7, 110, 305, 0, 0.5),
        ), start=50, speed=0.7, mirrored=True),),
    )),
}  # fmt: skip
