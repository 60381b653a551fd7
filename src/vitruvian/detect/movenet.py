"""MoveNet MultiPose as a person detector: up to six people a view, also from behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vitruvian.detect.finder import Candidates
from vitruvian.geometry import regions, warps
from vitruvian.runtime import open_session
from vitruvian.skeletons import COCO_17
from vitruvian.types import Floats, Frame

__all__ = ["MoveNetFinder", "decode"]

_SHOULDERS = (COCO_17.index("left_shoulder"), COCO_17.index("right_shoulder"))
_HIPS = (COCO_17.index("left_hip"), COCO_17.index("right_hip"))
_TORSO = [*_SHOULDERS, *_HIPS]
_MIN_KEYPOINT_SCORE = 0.2
"""MoveNet's own bar for a keypoint that can be relied on (tfjs-models, movenet/constants)."""


def decode(output: Floats, min_score: float) -> tuple[Floats, Floats, Floats]:
    """Read MultiPose's output.

    Args:
        output: (6, 56): 17 times y, x, score, then the box y0, x0, y1, x1 and its score.
        min_score: People below are left out.

    Returns:
        Keypoints (N, 17, 2) x, y in 0..1 of the input, their scores (N, 17), and the people's
        scores (N,).
    """
    people = output[output[:, 55] >= min_score]
    points = people[:, :51].reshape(-1, 17, 3)
    return points[..., 1::-1], points[..., 2], people[:, 55]


class MoveNetFinder:
    """Finds people with MoveNet MultiPose.

    Args:
        model: The converted model.
        min_score: People below are not returned; the landmark model has the last word.
        threads: How many cores one look may use.
    """

    def __init__(self, model: Path, *, min_score: float = 0.15, threads: int = 2) -> None:
        self._session = open_session(model, threads=threads)
        self.input_size = self._session.inputs[0][0][1]
        self._min_score = min_score

    def find(self, frame: Frame, view: Floats) -> Candidates:
        """The people in one view, as candidates with 17 keypoints."""
        size = self.input_size
        crop = warps.crop(frame, view, (size, size), smooth=True)
        (output,) = self._session.run(np.rint(crop * 255).astype(np.uint8)[None])
        points, sure, scores = decode(output[0], self._min_score)
        xy = regions.apply(view, points * np.float32(size))
        trusted = sure >= _MIN_KEYPOINT_SCORE
        trusted[:, _TORSO] = True
        places = regions.from_landmarks(
            np.where(trusted[..., None], xy, np.nan).astype(np.float32), _SHOULDERS, _HIPS
        )
        keep = regions.usable(places)
        return Candidates(places[keep], scores[keep], xy[keep])
