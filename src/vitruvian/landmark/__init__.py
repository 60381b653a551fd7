"""The 33 landmarks of each person."""
