"""One colour per person, which stays apart from the next for the common colour blindnesses."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DARK", "Colour", "Tones", "ink", "mix", "tones"]

Colour = tuple[int, int, int]

DARK: Colour = (18, 20, 26)
"""What lies under every line, so that it stands out on a bright ground."""

# Found by a search for the largest smallest distance in CIELAB, as seen with normal colour
# vision and with each of the three kinds of colour blindness (Machado et al., 2009).
_HUES: tuple[Colour, ...] = (
    (255, 70, 105),
    (80, 185, 235),
    (255, 222, 20),
    (149, 74, 255),
    (0, 245, 185),
    (235, 130, 15),
    (195, 232, 125),
    (100, 110, 215),
)


class Tones(NamedTuple):
    """The colours of one person."""

    left: Colour
    middle: Colour
    right: Colour


def tones(person: int) -> Tones:
    """The colours for an id: the person's left is the lighter tone, their right the deeper.

    Args:
        person: The id; ids below 1 count like 1.

    Example:
        >>> tones(1).middle != tones(2).middle
        True
    """
    number = max(person, 1) - 1
    # The second round through the palette is a shade deeper than the first, and so on.
    shade = 0.84 ** (number // len(_HUES) % 3)
    hue = mix((0, 0, 0), _HUES[number % len(_HUES)], shade)
    return Tones(mix(hue, (255, 255, 255), 0.66), hue, mix((0, 0, 0), hue, 0.9))


def ink(ground: Colour) -> Colour:
    """Dark or white, whichever can be read on a ground (by its luma, ITU-R BT.601)."""
    red, green, blue = ground
    return DARK if 0.299 * red + 0.587 * green + 0.114 * blue > 110 else (255, 255, 255)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """``a`` with a ``share`` (0..1) of ``b``."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue
