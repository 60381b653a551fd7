"""Metres over time: world landmarks that neither jitter nor stretch, and where people stand.

`lift` is for a whole clip, `OnlineLift` for a camera, some frames late.
"""

from __future__ import annotations

from vitruvian.lift.film import lift, lift_body
from vitruvian.lift.fit import Fitted

__all__ = ["Fitted", "lift", "lift_body"]
