"""The 21 landmarks of each hand in a picture, a film or a live stream."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from vitruvian import weights
from vitruvian.compat.mediapipe.tasks.python.components.containers.bounding_box import BoundingBox
from vitruvian.compat.mediapipe.tasks.python.components.containers.category import Category
from vitruvian.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.core.model_asset import model_asset
from vitruvian.compat.mediapipe.tasks.python.vision.core.connections import (
    Connection as _Connection,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.connections import (
    connections,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image
from vitruvian.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.landmarker import Landmarker
from vitruvian.compat.mediapipe.tasks.python.vision.core.task import check_count, check_share
from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import as_rgb
from vitruvian.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
    validate_running_mode,
)
from vitruvian.hands import TASKS_TILT, Hands, HandSet

__all__ = [
    "HandLandmark",
    "HandLandmarker",
    "HandLandmarkerOptions",
    "HandLandmarkerResult",
    "HandLandmarksConnections",
]

_MODELS = ("lite", "full")
_MEMBERS = ("hand_detector.tflite", "hand_landmarks_detector.tflite")
_SIDES = ("right", "left")
"""What the index of a `Category` means."""


class HandLandmark(enum.IntEnum):
    """The 21 landmarks of a hand."""

    WRIST = 0
    THUMB_CMC = 1
    THUMB_MCP = 2
    THUMB_IP = 3
    THUMB_TIP = 4
    INDEX_FINGER_MCP = 5
    INDEX_FINGER_PIP = 6
    INDEX_FINGER_DIP = 7
    INDEX_FINGER_TIP = 8
    MIDDLE_FINGER_MCP = 9
    MIDDLE_FINGER_PIP = 10
    MIDDLE_FINGER_DIP = 11
    MIDDLE_FINGER_TIP = 12
    RING_FINGER_MCP = 13
    RING_FINGER_PIP = 14
    RING_FINGER_DIP = 15
    RING_FINGER_TIP = 16
    PINKY_MCP = 17
    PINKY_PIP = 18
    PINKY_DIP = 19
    PINKY_TIP = 20


class HandLandmarksConnections:
    """Which landmarks of a hand are joined when it is drawn."""

    Connection: ClassVar[type[_Connection]] = _Connection

    HAND_PALM_CONNECTIONS: ClassVar[list[_Connection]] = connections("0-1 0-5 9-13 13-17 5-9 0-17")
    HAND_THUMB_CONNECTIONS: ClassVar[list[_Connection]] = connections("1-2 2-3 3-4")
    HAND_INDEX_FINGER_CONNECTIONS: ClassVar[list[_Connection]] = connections("5-6 6-7 7-8")
    HAND_MIDDLE_FINGER_CONNECTIONS: ClassVar[list[_Connection]] = connections("9-10 10-11 11-12")
    HAND_RING_FINGER_CONNECTIONS: ClassVar[list[_Connection]] = connections("13-14 14-15 15-16")
    HAND_PINKY_FINGER_CONNECTIONS: ClassVar[list[_Connection]] = connections("17-18 18-19 19-20")
    HAND_CONNECTIONS: ClassVar[list[_Connection]] = [
        *HAND_PALM_CONNECTIONS,
        *HAND_THUMB_CONNECTIONS,
        *HAND_INDEX_FINGER_CONNECTIONS,
        *HAND_MIDDLE_FINGER_CONNECTIONS,
        *HAND_RING_FINGER_CONNECTIONS,
        *HAND_PINKY_FINGER_CONNECTIONS,
    ]


@dataclass
class HandLandmarkerResult:
    """The hands of a picture.

    The first three fields are MediaPipe's; the others come on top, are left out of comparisons,
    and have one entry for each hand too.

    Args:
        handedness: For each hand one `Category`, "Left" or "Right": the person's own.
        hand_landmarks: 21 landmarks for each hand, in shares of the picture.
        hand_world_landmarks: 21 landmarks for each hand, in metres from about its middle.
        ids: Which it is; in a film and a live stream one hand keeps one id.
        boxes: Round the landmarks, in pixels.
        scores: 0..1, how sure it is that there is a hand.
    """

    handedness: list[list[Category]]
    hand_landmarks: list[list[NormalizedLandmark]]
    hand_world_landmarks: list[list[Landmark]]
    ids: list[int] = field(default_factory=list, compare=False, repr=False)
    boxes: list[BoundingBox] = field(default_factory=list, compare=False, repr=False)
    scores: list[float] = field(default_factory=list, compare=False, repr=False)


@dataclass
class HandLandmarkerOptions:
    """How hands are looked for.

    Args:
        base_options: Which model.
        running_mode: Pictures that stand alone, a film, or a live stream.
        num_hands: The most hands wanted.
        min_hand_detection_confidence: 0..1; palms below are left out.
        min_hand_presence_confidence: 0..1; a hand is there if it is surer than that.
        min_tracking_confidence: 0..1; a palm that overlaps a followed hand by more is that hand.
        result_callback: Is given (result, image, timestamp_ms) in a live stream.
    """

    base_options: BaseOptions
    running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE
    num_hands: int = 1
    min_hand_detection_confidence: float = 0.5
    min_hand_presence_confidence: float = 0.5
    min_tracking_confidence: float = 0.5
    result_callback: Callable[[HandLandmarkerResult, Image, int], None] | None = None


class HandLandmarker(Landmarker[HandLandmarkerResult]):
    """Finds the 21 landmarks of each hand; made by one of its two class methods.

    Example:
        >>> import numpy as np
        >>> from vitruvian.compat.mediapipe import ImageFormat
        >>> image = Image(image_format=ImageFormat.SRGB, data=np.zeros((240, 320, 3), np.uint8))
        >>> with HandLandmarker.create_from_model_path("lite") as landmarker:
        ...     landmarker.detect(image)
        HandLandmarkerResult(handedness=[], hand_landmarks=[], hand_world_landmarks=[])
    """

    @classmethod
    def create_from_model_path(cls, model_path: str) -> HandLandmarker:
        """One for pictures that stand alone, with the options as they are.

        Args:
            model_path: A ``.task``, or ``"lite"`` or ``"full"``.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no such model.
        """
        return cls.create_from_options(HandLandmarkerOptions(BaseOptions(model_path)))

    @classmethod
    def create_from_options(cls, options: HandLandmarkerOptions) -> HandLandmarker:
        """One with options.

        Raises:
            FileNotFoundError: There is no such model file.
            ValueError: An option is not usable.
        """
        validate_running_mode(options.running_mode, options.result_callback)
        check_count("num_hands", options.num_hands)
        for name in ("min_hand_detection", "min_hand_presence", "min_tracking"):
            check_share(f"{name}_confidence", getattr(options, f"{name}_confidence"))
        with model_asset(options.base_options, _MODELS, _MEMBERS) as model:
            hands = Hands(
                **_models(model),
                most=options.num_hands,
                min_detection=options.min_hand_detection_confidence,
                min_presence=options.min_hand_presence_confidence,
                min_tracking=options.min_tracking_confidence,
                tilt=TASKS_TILT,
            )
        stills = options.running_mode == VisionTaskRunningMode.IMAGE
        look = hands.find if stills else hands.follow

        def read(image: Image, about: ImageProcessingOptions, time: float) -> HandLandmarkerResult:
            found = look(as_rgb(image), rotation=about.rotation_degrees)
            return _result(found, image.width, image.height)

        return cls(read, options.running_mode, options.result_callback)


def _models(name: str) -> dict[str, Any]:
    """What `Hands` is to be made with."""
    if name in _MODELS and not Path(name).exists():
        return {"model": name}
    palms, landmarks = weights.members(name, _MEMBERS)
    return {"palms": str(palms), "landmarks": str(landmarks)}


def _result(found: HandSet, width: int, height: int) -> HandLandmarkerResult:
    if not len(found):
        return HandLandmarkerResult([], [], [])
    hands = found.landmarks
    size = np.array([width, height, width], np.float32)
    places = np.concatenate([hands.xy, hands.z[..., None]], -1) / size
    world = np.full_like(places, np.nan) if hands.world is None else hands.world
    low, high = hands.xy.min(1), hands.xy.max(1)
    boxes = np.rint(np.concatenate([low, high - low], 1)).astype(int).tolist()
    sides = zip(found.sides, found.side_scores.tolist(), strict=True)
    return HandLandmarkerResult(
        [[_category(side, score)] for side, score in sides],
        [[NormalizedLandmark(*row) for row in rows] for rows in places.tolist()],
        [[Landmark(*row) for row in rows] for rows in world.tolist()],
        ids=found.ids.tolist(),
        boxes=[BoundingBox(*box) for box in boxes],
        scores=found.scores.tolist(),
    )


def _category(side: str, score: float) -> Category:
    name = side.capitalize()
    return Category(_SIDES.index(side), score, name, name)
