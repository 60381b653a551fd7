"""Landmarks without jitter."""
