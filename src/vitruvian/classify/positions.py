"""The positions of jiu-jitsu, and which of them follow each other."""

from __future__ import annotations

__all__ = ["GRAPH"]

_GROUND = "open_guard closed_guard half_guard side_control mount back turtle"
_FOLLOWS = {
    "standing": f"takedown open_guard closed_guard turtle back {_GROUND}",
    "takedown": f"standing {_GROUND}",
    "open_guard": "standing takedown closed_guard half_guard side_control turtle back mount",
    "closed_guard": "open_guard half_guard back mount standing",
    "half_guard": "open_guard closed_guard side_control mount turtle back",
    "side_control": "mount half_guard open_guard turtle back closed_guard",
    "mount": "half_guard closed_guard side_control back open_guard",
    "back": "turtle mount open_guard half_guard side_control closed_guard standing",
    "turtle": "back open_guard half_guard side_control standing takedown",
}
GRAPH: frozenset[tuple[str, str]] = frozenset(
    (start, end) for start, ends in _FOLLOWS.items() for end in ends.split()
)
"""The changes there are, as pairs of names: those of GrappleMap's transitions, and ways up."""
