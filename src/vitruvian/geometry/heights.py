"""How tall people are, and what is no height of anybody."""

from __future__ import annotations

from vitruvian.errors import InputError

__all__ = ["HEIGHTS", "check_height"]

HEIGHTS = (0.4, 2.75)
"""Metres between which people's heights lie: a small newborn's length, and the tallest man's."""


def check_height(metres: float, between: tuple[float, float] = HEIGHTS) -> None:
    """Refuse what is no height of a person.

    Args:
        metres: The height.
        between: The least and the most metres that can be.

    Raises:
        InputError: Nobody is so small or tall.

    Example:
        >>> from vitruvian.geometry.heights import check_height
        >>> check_height(1.82)
    """
    least, most = between
    if not least <= metres <= most:
        raise InputError(
            f"a height must be between {least:g} and {most:g} metres, not {metres:g}"
            + ("; is it in centimetres?" if least <= metres / 100 <= most else "")
        )
