"""Which landmarks of a body are joined."""

from __future__ import annotations

from vitruvian.skeletons import BLAZEPOSE_33

__all__ = ["POSE_CONNECTIONS"]

POSE_CONNECTIONS = frozenset(BLAZEPOSE_33.bones)
