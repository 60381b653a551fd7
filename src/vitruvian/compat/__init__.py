"""The interfaces people already know, over Vitruvian: one changed import keeps their code.

`vitruvian.compat.mediapipe` stands in for MediaPipe, and its folders carry MediaPipe's own names,
since those are what is imported. `vitruvian.compat.tfjs` has the detectors of tfjs-models.
"""
