"""Boxes, regions, warps, anchors and angles: pure functions on arrays."""
