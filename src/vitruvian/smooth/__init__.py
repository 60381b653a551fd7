"""Landmarks without jitter."""

from __future__ import annotations

from vitruvian.smooth.one_euro import OneEuro
from vitruvian.smooth.stage import Smooth

__all__ = ["OneEuro", "Smooth"]
