"""A label and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Category"]


@dataclass
class Category:
    """A label and how sure it is.

    Args:
        index: Its number in the list of labels; None where there is none.
        score: 0..1.
        display_name: The label as it is shown.
        category_name: The label.
    """

    index: int | None = None
    score: float | None = None
    display_name: str | None = None
    category_name: str | None = None
