"""``mp.solutions.hands``: the 21 landmarks of each hand in RGB arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from vitruvian.compat.mediapipe.framework.formats import classification_pb2, landmark_pb2
from vitruvian.compat.mediapipe.solutions.hands_connections import HAND_CONNECTIONS
from vitruvian.compat.mediapipe.solutions.solution import Solution, metres, shares
from vitruvian.compat.mediapipe.tasks.python.vision.core.task import check_count, check_share
from vitruvian.compat.mediapipe.tasks.python.vision.hand_landmarker import HandLandmark
from vitruvian.hands import Hands as Search

__all__ = ["HAND_CONNECTIONS", "HandLandmark", "Hands", "SolutionOutputs"]

_MODELS = ("lite", "full")
_SIDES = ("left", "right")


class SolutionOutputs(NamedTuple):
    """What was found in a picture; every field is None where no hand is.

    Args:
        multi_hand_landmarks: For each hand 21 landmarks as ``landmark``, in shares of the picture.
        multi_hand_world_landmarks: For each hand 21 landmarks as ``landmark``, in metres.
        multi_handedness: For each hand one label as ``classification``.
    """

    multi_hand_landmarks: list[landmark_pb2.NormalizedLandmarkList] | None = None
    multi_hand_world_landmarks: list[landmark_pb2.LandmarkList] | None = None
    multi_handedness: list[classification_pb2.ClassificationList] | None = None


class Hands(Solution):
    """Finds the hands of a picture, or follows them through a film.

    As in MediaPipe's, "Left" and "Right" are the person's own where the picture is in a mirror,
    as selfies are; the Tasks say it the other way round.

    Args:
        static_image_mode: Whether every picture stands alone.
        max_num_hands: The most hands wanted.
        model_complexity: 0 or 1: lite or full.
        min_detection_confidence: 0..1; palms below are left out.
        min_tracking_confidence: 0..1; a hand is there if it is surer than that.

    Raises:
        ValueError: An option is not usable.

    Example:
        >>> import numpy as np
        >>> with Hands(model_complexity=0) as hands:
        ...     print(hands.process(np.zeros((240, 320, 3), np.uint8)).multi_hand_landmarks)
        None
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        max_num_hands: int = 2,
        model_complexity: int = 1,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
    ) -> None:
        super().__init__()
        check_share("min_detection_confidence", min_detection_confidence)
        check_share("min_tracking_confidence", min_tracking_confidence)
        check_count("max_num_hands", max_num_hands)
        if model_complexity not in range(len(_MODELS)):
            raise ValueError(f"model_complexity must be 0 or 1, not {model_complexity!r}")
        self._search = Search(
            model=_MODELS[model_complexity],
            most=max_num_hands,
            min_detection=min_detection_confidence,
            min_presence=min_tracking_confidence,
            mirrored=True,
        )
        self._look = self._search.find if static_image_mode else self._search.follow

    def process(self, image: NDArray[Any]) -> SolutionOutputs:
        """What is in a picture.

        Args:
            image: (H, W, 3) uint8 RGB.

        Raises:
            ValueError: It is no such array, or this has been closed.
        """
        pixels, _ = self._next(image)
        found = self._look(pixels)
        if not len(found):
            return SolutionOutputs()
        size = (pixels.shape[1], pixels.shape[0])
        hands = [found.landmarks[i] for i in range(len(found))]
        sides = zip(found.sides, found.side_scores.tolist(), strict=True)
        return SolutionOutputs(
            [shares(hand, size, visibility=False) for hand in hands],
            [metres(hand, visibility=False) for hand in hands],
            [_label(side, score) for side, score in sides],
        )

    def reset(self) -> None:
        """Forget the film so far."""
        self._search.reset()


def _label(side: str, score: float) -> classification_pb2.ClassificationList:
    label = classification_pb2.Classification(
        index=_SIDES.index(side), score=score, label=side.capitalize()
    )
    return classification_pb2.ClassificationList(classification=[label])
