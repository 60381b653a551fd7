"""What the vision tasks have in common."""

from __future__ import annotations
