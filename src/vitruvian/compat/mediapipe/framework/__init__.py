"""The part of MediaPipe's framework that examples import: landmarks as messages."""

from __future__ import annotations
