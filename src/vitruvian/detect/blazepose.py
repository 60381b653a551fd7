"""BlazePose's own person detector: led by the face, so it likes people who face the camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vitruvian.detect.finder import Candidates
from vitruvian.geometry import anchors, boxes, regions, warps
from vitruvian.runtime import open_session
from vitruvian.types import Floats, Frame

__all__ = ["INPUT_SIZE", "BlazePoseFinder", "decode", "weighted_nms"]

INPUT_SIZE = 224
_ANCHORS = anchors.grid(INPUT_SIZE, [(8, 2), (16, 2), (32, 6)])
NMS_IOU = 0.5
"""MediaPipe Tasks' threshold; its legacy solutions and tfjs have 0.3."""


def decode(raw: Floats, logits: Floats, min_score: float) -> tuple[Floats, Floats, Floats]:
    """Read the detector's outputs (TensorsToDetectionsCalculator).

    Args:
        raw: (2254, 12) box centre and size, then four keypoints, relative to the anchors.
        logits: (2254,).
        min_score: Detections below are left out.

    Returns:
        Face boxes (N, 4), keypoints (N, 4, 2) and scores (N,), in 0..1 of the input. Keypoint 0
        is the hips' midpoint, keypoint 1 a point on the circle round the whole body.
    """
    bar = -np.log(1 / np.clip(min_score, 1e-6, 1 - 1e-6) - 1)
    keep = logits >= bar
    raw, anchor = raw[keep].reshape(-1, 6, 2) / np.float32(INPUT_SIZE), _ANCHORS[keep]
    centre, half = raw[:, 0] + anchor, raw[:, 1] / 2
    scores = 1 / (1 + np.exp(-np.clip(logits[keep], -100, 100)))
    return (
        np.concatenate([centre - half, centre + half], 1),
        raw[:, 2:] + anchor[:, None],
        scores.astype(np.float32),
    )


def weighted_nms(
    faces: Floats, keypoints: Floats, scores: Floats, threshold: float = NMS_IOU
) -> tuple[Floats, Floats, Floats]:
    """Blend detections that overlap, weighted by score (NonMaxSuppressionCalculator, WEIGHTED).

    Args:
        faces: (N, 4).
        keypoints: (N, 4, 2).
        scores: (N,).
        threshold: Boxes whose IoU with the best is above are blended into it.

    Returns:
        The same three for the people that are left, best first.
    """
    order = np.argsort(-scores, kind="stable")
    overlap = boxes.iou(faces, faces)
    kept: list[tuple[Floats, Floats, float]] = []
    while len(order):
        best = order[0]
        same = overlap[best, order] > threshold
        same[0] = True
        group, order = order[same], order[~same]
        weight = scores[group] / scores[group].sum()
        kept.append(
            (weight @ faces[group], np.tensordot(weight, keypoints[group], 1), scores[best])
        )
    if not kept:
        return faces, keypoints, scores
    blended, points, best_scores = zip(*kept, strict=True)
    return np.stack(blended), np.stack(points), np.array(best_scores, np.float32)


class BlazePoseFinder:
    """Finds people with BlazePose's detector.

    Args:
        model: ``pose_detection.tflite`` or the detector of a ``.task`` bundle.
        min_score: Detections below are left out.
        threads: How many cores one look may use.
    """

    input_size = INPUT_SIZE

    def __init__(self, model: Path, *, min_score: float = 0.5, threads: int = 2) -> None:
        self._session = open_session(model, threads=threads)
        self._min_score = min_score

    def find(self, frame: Frame, view: Floats) -> Candidates:
        """The people in one view."""
        crop = warps.crop(frame, view, (INPUT_SIZE, INPUT_SIZE))
        outputs = self._session.run((crop * 2 - 1)[None])
        raw, logits = sorted(outputs, key=lambda output: -output.size)
        _, keypoints, scores = weighted_nms(*decode(raw[0], logits.ravel(), self._min_score))
        xy = regions.apply(view, keypoints * np.float32(INPUT_SIZE))
        unknown = np.full((len(scores), 17, 2), np.nan, np.float32)
        return Candidates(regions.from_alignment(xy[:, 0], xy[:, 1]), scores, unknown)
