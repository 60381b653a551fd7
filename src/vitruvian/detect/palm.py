"""MediaPipe's palm detector: it finds hands where no body is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.detect.blazepose import weighted_nms
from vitruvian.geometry import anchors, hand_regions, regions, warps
from vitruvian.runtime import open_session
from vitruvian.types import Floats, Frame

__all__ = ["INPUT_SIZE", "PalmFinder", "Palms", "decode"]

INPUT_SIZE = 192
_ANCHORS = anchors.grid(INPUT_SIZE, [(8, 2), (16, 6)])
NMS_IOU = 0.3
WRIST, MIDDLE_KNUCKLE = 0, 2


@dataclass(frozen=True, slots=True, eq=False)
class Palms:
    """Palms in a picture, surest first.

    Args:
        boxes: (N, 4) pixels.
        keypoints: (N, 7, 2) pixels: the wrist, the knuckles of index, middle, ring and little
            finger, and two joints of the thumb.
        scores: (N,) 0..1.
    """

    boxes: Floats
    keypoints: Floats
    scores: Floats

    def __len__(self) -> int:
        """How many there are."""
        return len(self.scores)

    def __getitem__(self, rows: Any) -> Palms:
        """Some of the palms; NumPy indexing."""
        return Palms(self.boxes[rows], self.keypoints[rows], self.scores[rows])

    def regions(self, tilt: float = 0.0) -> Floats:
        """(N, 4) the regions in which to look for the whole hand, as `hand_regions.from_palm`."""
        wrists, knuckles = self.keypoints[:, WRIST], self.keypoints[:, MIDDLE_KNUCKLE]
        return hand_regions.from_palm(self.boxes, wrists, knuckles, tilt)


def decode(raw: Floats, logits: Floats, min_score: float) -> tuple[Floats, Floats, Floats]:
    """Read the palm detector's outputs (TensorsToDetectionsCalculator).

    Args:
        raw: (2016, 18) box centre and size, then seven keypoints, relative to the anchors.
        logits: (2016,).
        min_score: Detections below are left out.

    Returns:
        Boxes (N, 4), keypoints (N, 7, 2) and scores (N,), in 0..1 of the input.
    """
    bar = -np.log(1 / np.clip(min_score, 1e-6, 1 - 1e-6) - 1)
    keep = logits >= bar
    scores = 1 / (1 + np.exp(-np.clip(logits[keep], -80, 100)))
    rows, anchor = raw[keep].reshape(-1, 9, 2) / np.float32(INPUT_SIZE), _ANCHORS[keep]
    centre, half = rows[:, 0] + anchor, rows[:, 1] / 2
    return (
        np.concatenate([centre - half, centre + half], 1),
        rows[:, 2:] + anchor[:, None],
        scores.astype(np.float32),
    )


class PalmFinder:
    """Finds palms in a view of a picture.

    Args:
        model: ``palm_detection_full.tflite`` or its lite sister.
        min_score: Palms below are left out.
        threads: How many cores one look may use.
    """

    input_size = INPUT_SIZE

    def __init__(self, model: Path, *, min_score: float = 0.5, threads: int = 2) -> None:
        self._session = open_session(model, threads=threads)
        self._min_score = min_score

    def find(self, frame: Frame, view: Floats) -> Palms:
        """The palms in one view.

        Args:
            frame: The picture.
            view: (2, 3) from the detector's 192 x 192 pixels to the picture's.
        """
        crop = warps.crop(frame, view, (INPUT_SIZE, INPUT_SIZE))
        raw, logits = sorted(self._session.run(crop[None]), key=lambda output: -output.size)
        found = weighted_nms(*decode(raw[0], logits.ravel(), self._min_score), NMS_IOU)
        palms, keypoints, scores = found
        size = np.float32(INPUT_SIZE)
        corners = regions.apply(view, palms.reshape(-1, 2, 2) * size)
        palms = np.concatenate([corners.min(1), corners.max(1)], 1)
        return Palms(palms, regions.apply(view, keypoints * size), scores)
