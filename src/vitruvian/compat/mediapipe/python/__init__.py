"""``mediapipe.python.solutions``, where `solutions` were until 0.10.21."""

from __future__ import annotations

import sys

from vitruvian.compat.mediapipe import solutions

__all__ = ["solutions"]

# The same modules under their longer names, for `from mediapipe.python.solutions.pose import …`.
for _name, _module in list(sys.modules.items()):
    if _name == solutions.__name__ or _name.startswith(f"{solutions.__name__}."):
        sys.modules[_name.replace(solutions.__name__, f"{__name__}.solutions", 1)] = _module
