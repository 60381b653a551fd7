"""MediaPipe Hands behind tfjs-models' interface (``hand-pose-detection``)."""

from __future__ import annotations

from typing import Any

from vitruvian.compat.tfjs.names import HAND_KEYPOINTS
from vitruvian.compat.tfjs.options import Config, EstimationConfig, HandConfig, read_config
from vitruvian.compat.tfjs.picture import as_frame
from vitruvian.compat.tfjs.results import Hand, Keypoint
from vitruvian.hands import Hands, HandSet

__all__ = ["HandDetector"]

_MIRRORED = {"left": "Right", "right": "Left"}
"""The published labels take every picture for a selfie, in which left and right are swapped."""


class HandDetector:
    """Estimates the 21 keypoints of each hand, in pixels and in metres.

    Args:
        config: ``runtime`` (``"mediapipe"`` or ``"tfjs"``; both are the same here),
            ``modelType`` (full), ``maxHands`` (2), ``detectorModelUrl`` and
            ``landmarkModelUrl`` (``.tflite`` files of yours).

    Raises:
        InputError: An option is of no use, or the runtime is missing.
        WeightsError: Weights cannot be had.
    """

    def __init__(self, config: Config = None) -> None:
        options = read_config(HandConfig, config)
        self._hands = Hands(
            model=options.model_type,
            most=options.max_hands,
            palms=options.detector_model_url,
            landmarks=options.landmark_model_url,
        )

    def estimate_hands(self, image: Any, config: Config = None) -> list[Hand]:
        """The hands in a picture, or in the next frame of a film.

        Args:
            image: (H, W, 3) uint8 RGB, or a `Frame`; None starts afresh.
            config: ``flipHorizontal`` (false; the picture is flipped before it is read) and
                ``staticImageMode`` (false: hands are followed from call to call).

        Raises:
            InputError: It is no picture.
        """
        wanted = read_config(EstimationConfig, config)
        if image is None:
            self.reset()
            return []
        frame, _ = as_frame(image, flip=wanted.flip_horizontal)
        look = self._hands.find if wanted.static_image_mode else self._hands.follow
        hands = look(frame)
        return [_hand(hands, row) for row in range(len(hands))]

    def reset(self) -> None:
        """Forget the film so far."""
        self._hands.reset()

    def dispose(self) -> None:
        """Let the models go."""
        self._hands.close()


def _hand(hands: HandSet, row: int) -> Hand:
    points, world = hands.landmarks.xy[row].tolist(), hands.landmarks.world
    metres = None if world is None else world[row].tolist()
    return Hand(
        [Keypoint(x, y, name=name) for (x, y), name in zip(points, HAND_KEYPOINTS, strict=True)],
        _MIRRORED[hands.sides[row]],
        float(hands.side_scores[row]),
        None
        if metres is None
        else [
            Keypoint(x, y, z, name=name)
            for (x, y, z), name in zip(metres, HAND_KEYPOINTS, strict=True)
        ],
    )
