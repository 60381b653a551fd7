"""Skeletons drawn on pictures."""

from __future__ import annotations

from vitruvian.draw.people import draw_people
from vitruvian.draw.trails import Trails
from vitruvian.draw.views import draw_views

__all__ = ["Trails", "draw_people", "draw_views"]
