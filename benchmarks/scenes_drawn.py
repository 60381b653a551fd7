"""Random scenes of two or three people in contact for `benchmarks.contact`, drawn from a seed.

Every scene has something to tell by who is who: clothes, or where nobody stops, the way they walk,
or that one of them lies all the time.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TypeVar

import numpy as np

from benchmarks.scenes import SMALL, TALL, WIDE, Key, Part, Scene

__all__ = ["KINDS", "drawn"]

Thing = TypeVar("Thing")

WARDROBE = {
    "shorts": ("man",),
    "trousers": ("woman",),
    "trunks": ("balance-1", "balance-2", "balance-3", "balance-4"),
}
"""Takes by what people wear."""
PLACES = ("man", "balance-3", "TUD-Campus", "PETS09-S2L1")
HEIGHTS = {WIDE: 1.0, SMALL: 0.85, TALL: 0.9}
"""How tall people are in a picture of each size, on average."""
THIRD = 0.3
"""The share of scenes in which somebody else walks through the picture."""


class Draw:
    """What all kinds of scenes draw from: the picture, the clothes, and dice.

    Args:
        seed: Of the dice.
        scene: The number of the scene.
    """

    def __init__(self, seed: int, scene: int) -> None:
        self.dice = np.random.default_rng((seed, scene))
        self.size = self.one_of(list(HEIGHTS))
        self.seconds = self.between(4, 6)
        self.middle = self.size[0] * self.between(0.42, 0.58)
        self.ground = self.size[1] * 0.62
        self._unworn = list(self.dice.permutation(list(WARDROBE)))

    def between(self, low: float, high: float) -> float:
        """A number."""
        return float(self.dice.uniform(low, high))

    def one_of(self, choices: list[Thing]) -> Thing:
        """One of these."""
        return choices[int(self.dice.integers(len(choices)))]

    def perhaps(self, share: float = 0.5) -> bool:
        """Whether something happens."""
        return bool(self.dice.random() < share)

    def clothes(self, *, same: bool = False) -> tuple[str, str]:
        """What two people wear, different where that is to tell who is who."""
        first = self._unworn.pop()
        return first, first if same else self._unworn.pop()

    def person(self, wears: str, keys: list[Key], *, leftwards: bool = False) -> Part:
        """Somebody in these clothes; who walks looks where they go."""
        take = self.one_of(list(WARDROBE[wears]))
        mirrored = not leftwards if wears == "trousers" else self.perhaps()
        start, speed = float(self.dice.integers(60)), self.between(0.5, 0.9)
        return Part(take, tuple(keys), start, speed, mirrored, led=True)

    def scales(self) -> tuple[float, float]:
        """How large two people are, who are not far behind one another."""
        scale = HEIGHTS[self.size] * self.between(0.75, 1.1)
        return scale, scale * self.between(0.87, 1.15)

    def key(self, time: float, x: float, scale: float, depth: float, angle: float = 0) -> Key:
        """Upright with the feet on the ground, or as far tilted as low."""
        low = abs(np.sin(np.deg2rad(angle))) * 0.33 * 300 * scale
        return Key(time, x, self.ground + low + 30 * (scale - 1), angle, depth, scale)

    def outside(self, left: bool) -> float:
        """Where somebody is just out of the picture."""
        return -90.0 if left else self.size[0] + 90.0

    def side(self, left: bool) -> float:
        """Where somebody stands at one side of the picture."""
        return self.size[0] * (self.between(0.1, 0.2) if left else self.between(0.8, 0.9))

    def scene(self, *people: tuple[Part, ...]) -> Scene:
        """The people in a place, at times with somebody who walks through."""
        cast = list(people)
        if self.perhaps(THIRD):
            left, depth, scale = self.perhaps(), self.one_of([-2.0, 2.0]), self.scales()[0]
            begin, length = self.between(0, self.seconds / 3), self.between(2.5, 4)
            keys = [
                self.key(begin, self.outside(left), scale, depth),
                self.key(min(begin + length, self.seconds), self.outside(not left), scale, depth),
            ]
            cast.append((self.person(self._unworn[0], keys, leftwards=not left),))
        return Scene(self.size, self.seconds, self.one_of(list(PLACES)), tuple(cast))


def cross(draw: Draw) -> Scene:
    """Two walk past each other, at different speeds, in different or the same clothes."""
    people = []
    for left, wears, scale, depth in _two(draw, same=draw.perhaps()):
        begin, end = draw.side(left), draw.side(not left)
        late = draw.between(0, 0.25) * draw.seconds
        keys = [draw.key(0, begin, scale, depth)] if late > 0.3 else []
        keys += [
            draw.key(late if keys else 0, begin, scale, depth),
            draw.key(draw.seconds * draw.between(0.8, 1), end, scale, depth),
        ]
        keys.append(draw.key(draw.seconds, end, scale, depth))
        people.append((draw.person(wears, keys, leftwards=not left),))
    return draw.scene(*people)


def meet(draw: Draw) -> Scene:
    """Two meet, stand in front of one another, and go on, or back where they came from."""
    on, gap = draw.perhaps(), draw.between(0, 35)
    come = draw.seconds * draw.between(0.25, 0.4)
    part = come + draw.between(0.5, 1.6)
    people = []
    for left, wears, scale, depth in _two(draw):
        near = draw.middle + (-gap if left else gap)
        keys = [
            draw.key(0, draw.side(left), scale, depth),
            draw.key(come, near, scale, depth),
            draw.key(part, near + draw.between(-8, 8), scale, depth),
            draw.key(draw.seconds, draw.side(left is not on), scale, depth),
        ]
        people.append((draw.person(wears, keys, leftwards=not left),))
    return draw.scene(*people)


def hug(draw: Draw) -> Scene:
    """Two hold each other closely, turn so that another is in front, and part."""
    on, turn = draw.perhaps(), draw.perhaps()
    come, part = 0.25 * draw.seconds, 0.75 * draw.seconds
    people = []
    for left, wears, scale, depth in _two(draw):
        gap, lean = draw.between(12, 30), draw.between(0, 15)
        here, there = (-gap, gap) if left else (gap, -gap)
        after = 1 - depth if turn else depth
        keys = [
            draw.key(0, draw.side(left), scale, depth),
            draw.key(come, draw.middle + here, scale, depth, lean if left else -lean),
            draw.key(part, draw.middle + (there if turn else here), scale, after),
            draw.key(draw.seconds, draw.side(left is not on), scale, after),
        ]
        people.append((draw.person(wears, keys, leftwards=not left),))
    return draw.scene(*people)


def hide(draw: Draw) -> Scene:
    """One stands; another steps in front, hides them for a while, and goes on or back."""
    behind, front = draw.clothes()
    scale, left, on = draw.scales()[0], draw.perhaps(), draw.perhaps()
    come = draw.seconds * draw.between(0.25, 0.4)
    part = come + draw.between(0.5, 1.8)
    larger = scale * draw.between(1, 1.2)
    near = draw.middle + draw.between(-20, 20)
    still = [draw.key(time, draw.middle, scale, 1) for time in (0, draw.seconds)]
    keys = [
        draw.key(0, draw.side(left), larger, 0),
        draw.key(come, near, larger, 0),
        draw.key(part, near + draw.between(-10, 10), larger, 0),
        draw.key(draw.seconds, draw.side(left is not on), larger, 0),
    ]
    other = draw.person(front, keys, leftwards=not left)
    return draw.scene((draw.person(behind, still),), (other,))


def leave(draw: Draw) -> Scene:
    """One leaves the picture past the other, and returns from either side; the other moves on."""
    (_, stays, scale, depth), (_, goes, size, level) = _two(draw)
    out, back = draw.perhaps(), draw.perhaps()
    left_at, back_at = 0.35 * draw.seconds, draw.seconds * draw.between(0.5, 0.6)
    x = draw.middle
    keys = [draw.key(0, x, scale, depth)]
    keys += [draw.key(draw.seconds, x + draw.between(-0.15, 0.15) * draw.size[0], scale, depth)]
    before = [
        draw.key(0, draw.side(not out), size, level),
        draw.key(left_at, draw.outside(out), size, level),
    ]
    end = draw.size[0] * draw.between(0.25, 0.75)
    after = [
        draw.key(back_at, draw.outside(back), size, level),
        draw.key(draw.seconds - 0.3, end, size, level),
        draw.key(draw.seconds, end, size, level),
    ]
    first = draw.person(goes, before, leftwards=out)
    second = draw.person(goes, after, leftwards=not back)
    second = Part(first.take, second.keys, second.start, first.speed, second.mirrored, led=True)
    return draw.scene((draw.person(stays, keys),), (first, second))


def lie(draw: Draw) -> Scene:
    """One lies, from the first or with a fall; another leans or kneels over them, and goes."""
    falls = draw.perhaps()
    low, other = draw.clothes(same=not falls and draw.perhaps())
    scale, size = draw.scales()
    left, on, way = draw.perhaps(), draw.perhaps(), draw.one_of([-90.0, 90.0])
    come, part = draw.seconds * 0.35, draw.seconds * draw.between(0.6, 0.7)
    lies = [
        draw.key(0, draw.middle, scale, 0.5, 0 if falls else way),
        draw.key(come, draw.middle, scale, 0.5, 0 if falls else way),
        draw.key(part - 0.4, draw.middle + draw.between(-15, 15), scale, 0.5, way),
        draw.key(draw.seconds, draw.middle, scale, 0.5, way),
    ]
    over = draw.middle + draw.between(-60, 60)
    bent = draw.between(30, 65) * (1 if left else -1)
    keys = [
        draw.key(0, draw.side(left), size, 0),
        draw.key(come, over, size, 0, bent / 2),
        draw.key(part, over, size, 0, bent),
        draw.key(draw.seconds, draw.side(left is not on), size, 0),
    ]
    return draw.scene((draw.person(low, lies),), (draw.person(other, keys, leftwards=not left),))


def _two(draw: Draw, *, same: bool = False) -> list[tuple[bool, str, float, float]]:
    """Whether each comes from the left, what they wear, their scale and their depth."""
    clothes, scales = draw.clothes(same=same), draw.scales()
    first = draw.perhaps()
    front = int(scales[1] > scales[0])
    return [(first is (n == 0), clothes[n], scales[n], float(n != front)) for n in range(2)]


KINDS: dict[str, Callable[[Draw], Scene]] = {
    kind.__name__: kind for kind in (cross, meet, hug, hide, leave, lie)
}


def drawn(count: int, seed: int) -> dict[str, Scene]:
    """So many scenes by name, of all kinds alike; the same seed always gives the same."""
    kinds = zip(range(count), cycle(KINDS.items()), strict=False)
    return {f"{name}-{n}": kind(Draw(seed, n)) for n, (name, kind) in kinds}
