"""The interfaces people already know, over Vitruvian: one changed import keeps their code.

`vitruvian.compat.mediapipe` stands in for MediaPipe. The folders below carry MediaPipe's own
names, since those are what is imported.
"""
