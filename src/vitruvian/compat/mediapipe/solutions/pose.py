"""``mp.solutions.pose``: one person's 33 landmarks in RGB arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from vitruvian.compat.mediapipe.framework.formats import landmark_pb2
from vitruvian.compat.mediapipe.solutions.pose_connections import POSE_CONNECTIONS
from vitruvian.compat.mediapipe.solutions.solution import Solution, metres, shares
from vitruvian.compat.mediapipe.tasks.python.vision.core.bodies import Bodies
from vitruvian.compat.mediapipe.tasks.python.vision.core.task import check_share
from vitruvian.compat.mediapipe.tasks.python.vision.pose_landmarker import PoseLandmark
from vitruvian.recipe import MODELS, Recipe
from vitruvian.types import Floats

__all__ = ["POSE_CONNECTIONS", "Pose", "PoseLandmark", "SolutionOutputs"]


class SolutionOutputs(NamedTuple):
    """What was found in a picture; every field is None where nobody is.

    Args:
        pose_landmarks: 33 landmarks as ``landmark``, in shares of the picture.
        pose_world_landmarks: 33 landmarks as ``landmark``, in metres from between the hips.
        segmentation_mask: (H, W) float32, 0..1; None where it is not wanted.
    """

    pose_landmarks: landmark_pb2.NormalizedLandmarkList | None = None
    pose_world_landmarks: landmark_pb2.LandmarkList | None = None
    segmentation_mask: Floats | None = None


class Pose(Solution):
    """Finds the most prominent person of a picture, or follows one through a film.

    Args:
        static_image_mode: Whether every picture stands alone.
        model_complexity: 0, 1 or 2: lite, full or heavy.
        smooth_landmarks: Whether a film's landmarks are smoothed.
        enable_segmentation: Whether a mask is wanted.
        smooth_segmentation: Whether a film's masks are smoothed.
        min_detection_confidence: 0..1; a person who comes new must be surer than that.
        min_tracking_confidence: 0..1; a person who is less sure than that is gone.

    Raises:
        ValueError: An option is not usable.

    Example:
        >>> import numpy as np
        >>> with Pose(model_complexity=0) as pose:
        ...     print(pose.process(np.zeros((240, 320, 3), np.uint8)).pose_landmarks)
        None
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        model_complexity: int = 1,
        smooth_landmarks: bool = True,
        enable_segmentation: bool = False,
        smooth_segmentation: bool = True,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
    ) -> None:
        super().__init__()
        check_share("min_detection_confidence", min_detection_confidence)
        check_share("min_tracking_confidence", min_tracking_confidence)
        if model_complexity not in range(len(MODELS)):
            raise ValueError(f"model_complexity must be 0, 1 or 2, not {model_complexity!r}")
        self._recipe = Recipe(
            model=MODELS[model_complexity],
            people=1,
            smooth=smooth_landmarks,
            masks=enable_segmentation,
            min_score=min_tracking_confidence,
        )
        self._stills = static_image_mode
        self._min_new_score = min_detection_confidence
        self._smooth_masks = smooth_segmentation
        self.reset()

    def process(self, image: NDArray[Any]) -> SolutionOutputs:
        """What is in a picture.

        Args:
            image: (H, W, 3) uint8 RGB.

        Raises:
            ValueError: It is no such array, or this has been closed.
        """
        pixels, time = self._next(image)
        people = self._bodies(pixels, 0, time)
        if people.body is None or not len(people):
            return SolutionOutputs()
        body, size = people.body[0], (pixels.shape[1], pixels.shape[0])
        mask = None if people.masks is None else people.masks[0]
        return SolutionOutputs(
            shares(body, size, visibility=True), metres(body, visibility=True), mask
        )

    def reset(self) -> None:
        """Forget the film so far."""
        self._bodies = Bodies(
            self._recipe,
            stills=self._stills,
            min_new_score=self._min_new_score,
            steady_masks=self._smooth_masks,
        )
