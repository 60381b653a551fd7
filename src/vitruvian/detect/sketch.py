"""A detector's keypoints as landmarks: a sketch of somebody whom the landmark model may not see."""

from __future__ import annotations

import numpy as np

from vitruvian.detect.finder import Candidates
from vitruvian.skeletons import BLAZEPOSE_33, blazepose_to_coco
from vitruvian.types import Landmarks

__all__ = ["sketched"]

_NEAREST = {
    **dict.fromkeys(("left_eye_inner", "left_eye_outer"), "left_eye"),
    **dict.fromkeys(("right_eye_inner", "right_eye_outer"), "right_eye"),
    **dict.fromkeys(("mouth_left", "mouth_right"), "nose"),
    **dict.fromkeys(("left_pinky", "left_index", "left_thumb"), "left_wrist"),
    **dict.fromkeys(("right_pinky", "right_index", "right_thumb"), "right_wrist"),
    **dict.fromkeys(("left_heel", "left_foot_index"), "left_ankle"),
    **dict.fromkeys(("right_heel", "right_foot_index"), "right_ankle"),
}
_COPIES = [BLAZEPOSE_33.index(name) for name in _NEAREST]
_FROM = [BLAZEPOSE_33.index(name) for name in _NEAREST.values()]


def sketched(candidates: Candidates) -> Landmarks:
    """The 17 keypoints of each as 33 landmarks.

    A landmark that is no keypoint lies on the nearest one and has visibility 0; the others have
    the candidate's score. There is no depth.

    Args:
        candidates: N candidates; those whose detector gives no keypoints become NaN.

    Returns:
        Landmarks with lead (N,).
    """
    n, coco = len(candidates), list(blazepose_to_coco)
    xy = np.full((n, len(BLAZEPOSE_33), 2), np.nan, np.float32)
    xy[:, coco] = candidates.keypoints
    xy[:, _COPIES] = xy[:, _FROM]
    visibility = np.zeros((n, len(BLAZEPOSE_33)), np.float32)
    visibility[:, coco] = candidates.scores[:, None]
    flat = np.zeros_like(visibility)
    world = np.full((n, len(BLAZEPOSE_33), 3), np.nan, np.float32)
    return Landmarks(BLAZEPOSE_33, xy, flat, visibility, visibility.copy(), world)
