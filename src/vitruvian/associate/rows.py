"""Rows of `People`, put one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from vitruvian.types import Landmarks, People

__all__ = ["joined"]


def joined(parts: Sequence[People]) -> People:
    """The people of several parts; a column that one of them lacks is dropped."""
    parts = [part for part in parts if len(part)]
    if len(parts) <= 1:
        return parts[0] if parts else People.none()
    return People(
        **{
            field.name: _column([getattr(part, field.name) for part in parts])
            for field in fields(People)
        }
    )


def _column(values: Sequence[Any]) -> Any:
    first = values[0]
    if any(value is None for value in values):
        return None
    if isinstance(first, Landmarks):
        return Landmarks.joined(values)
    if isinstance(first, tuple):
        return tuple(item for value in values for item in value)
    return np.concatenate(values)
