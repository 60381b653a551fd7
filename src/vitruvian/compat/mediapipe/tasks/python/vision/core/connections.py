"""Which landmarks are joined when a body or a hand is drawn."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Connection", "connections"]


@dataclass
class Connection:
    """A line between two landmarks, by their indices."""

    start: int
    end: int


def connections(text: str) -> list[Connection]:
    """The connections that a text such as ``"0-1 1-2"`` names."""
    return [Connection(*map(int, edge.split("-"))) for edge in text.split()]
