"""Skeletons drawn on pictures."""
