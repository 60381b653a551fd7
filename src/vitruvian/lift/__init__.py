"""Metres over time: world landmarks that neither jitter nor stretch, and where people stand.

`lift` is for a whole clip, `OnlineLift` for a camera, some frames late.
"""

from __future__ import annotations

from vitruvian.lift.film import lift, lift_body
from vitruvian.lift.fit import Fitted
from vitruvian.lift.online import OnlineLift

__all__ = ["Fitted", "OnlineLift", "lift", "lift_body"]
