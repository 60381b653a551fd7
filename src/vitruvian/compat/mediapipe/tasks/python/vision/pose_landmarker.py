"""The 33 landmarks of each person in a picture, a film or a live stream."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from vitruvian.compat.mediapipe.tasks.python.components.containers.bounding_box import BoundingBox
from vitruvian.compat.mediapipe.tasks.python.components.containers.landmark import (
    Landmark,
    NormalizedLandmark,
)
from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.core.model_asset import model_asset
from vitruvian.compat.mediapipe.tasks.python.vision.core.bodies import Bodies
from vitruvian.compat.mediapipe.tasks.python.vision.core.connections import (
    Connection as _Connection,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.connections import (
    connections,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image, ImageFormat
from vitruvian.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.landmarker import Landmarker
from vitruvian.compat.mediapipe.tasks.python.vision.core.task import check_count, check_share
from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import as_rgb, quarters_of
from vitruvian.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
    validate_running_mode,
)
from vitruvian.recipe import MODELS, Recipe
from vitruvian.types import Landmarks, People

__all__ = [
    "PoseLandmark",
    "PoseLandmarker",
    "PoseLandmarkerOptions",
    "PoseLandmarkerResult",
    "PoseLandmarksConnections",
]

_MEMBERS = ("pose_detector.tflite", "pose_landmarks_detector.tflite")


class PoseLandmark(enum.IntEnum):
    """The 33 landmarks of a body; left is the person's own."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


class PoseLandmarksConnections:
    """Which landmarks of a body are joined when it is drawn."""

    Connection: ClassVar[type[_Connection]] = _Connection

    POSE_LANDMARKS: ClassVar[list[_Connection]] = connections(
        """0-1 1-2 2-3 3-7 0-4 4-5 5-6 6-8 9-10 11-12 11-13 13-15 15-17 15-19 15-21
        17-19 12-14 14-16 16-18 16-20 16-22 18-20 11-23 12-24 23-24 23-25 24-26 25-27 26-28 27-29
        28-30 29-31 30-32 27-31 28-32"""
    )


@dataclass
class PoseLandmarkerResult:
    """The people of a picture.

    The first three fields are MediaPipe's; the others come on top, are left out of comparisons,
    and have one entry for each person too.

    Args:
        pose_landmarks: 33 landmarks for each person, in shares of the picture.
        pose_world_landmarks: 33 landmarks for each person, in metres from between the hips.
        segmentation_masks: For each person a VEC32F1 of the picture's size, 0..1; None where
            none are wanted, or nobody is there.
        ids: Who it is; in a film and a live stream one person keeps one id.
        boxes: Round the whole person, in pixels.
        scores: 0..1, how sure it is that there is a person.
    """

    pose_landmarks: list[list[NormalizedLandmark]]
    pose_world_landmarks: list[list[Landmark]]
    segmentation_masks: list[Image] | None = None
    ids: list[int] = field(default_factory=list, compare=False, repr=False)
    boxes: list[BoundingBox] = field(default_factory=list, compare=False, repr=False)
    scores: list[float] = field(default_factory=list, compare=False, repr=False)


@dataclass
class PoseLandmarkerOptions:
    """How people are looked for.

    Args:
        base_options: Which model.
        running_mode: Pictures that stand alone, a film, or a live stream.
        num_poses: The most people wanted.
        min_pose_detection_confidence: 0..1; whoever comes new must be surer than that.
        min_pose_presence_confidence: 0..1; whoever is less sure than that is gone.
        min_tracking_confidence: 0..1; checked, and without effect: who is who is told by
            landmarks, not by how far boxes overlap.
        output_segmentation_masks: Whether masks are wanted.
        result_callback: Is given (result, image, timestamp_ms) in a live stream.
    """

    base_options: BaseOptions
    running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE
    num_poses: int = 1
    min_pose_detection_confidence: float = 0.5
    min_pose_presence_confidence: float = 0.5
    min_tracking_confidence: float = 0.5
    output_segmentation_masks: bool = False
    result_callback: Callable[[PoseLandmarkerResult, Image, int], None] | None = None


class PoseLandmarker(Landmarker[PoseLandmarkerResult]):
    """Finds the 33 landmarks of each person; made by one of its two class methods.

    Example:
        >>> import numpy as np
        >>> image = Image(image_format=ImageFormat.SRGB, data=np.zeros((240, 320, 3), np.uint8))
        >>> with PoseLandmarker.create_from_model_path("lite") as landmarker:
        ...     landmarker.detect(image)
        PoseLandmarkerResult(pose_landmarks=[], pose_world_landmarks=[], segmentation_masks=None)
    """

    @classmethod
    def create_from_model_path(cls, model_path: str) -> PoseLandmarker:
        """One for pictures that stand alone, with the options as they are.

        Args:
            model_path: A ``.task`` or ``.tflite``, or ``"lite"``, ``"full"`` or ``"heavy"``.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no such model.
        """
        return cls.create_from_options(PoseLandmarkerOptions(BaseOptions(model_path)))

    @classmethod
    def create_from_options(cls, options: PoseLandmarkerOptions) -> PoseLandmarker:
        """One with options.

        Raises:
            FileNotFoundError: There is no such model file.
            ValueError: An option is not usable.
        """
        validate_running_mode(options.running_mode, options.result_callback)
        check_count("num_poses", options.num_poses)
        for name in ("detection", "presence"):
            name = f"min_pose_{name}_confidence"
            check_share(name, getattr(options, name))
        check_share("min_tracking_confidence", options.min_tracking_confidence)
        masks = options.output_segmentation_masks
        with model_asset(options.base_options, MODELS, _MEMBERS) as model:
            bodies = Bodies(
                Recipe(
                    model=model,
                    people=options.num_poses,
                    masks=masks,
                    min_score=options.min_pose_presence_confidence,
                ),
                stills=options.running_mode == VisionTaskRunningMode.IMAGE,
                min_new_score=options.min_pose_detection_confidence,
            )

        def read(image: Image, about: ImageProcessingOptions, time: float) -> PoseLandmarkerResult:
            people = bodies(as_rgb(image), quarters_of(about.rotation_degrees), time)
            return _result(people, image.width, image.height)

        return cls(read, options.running_mode, options.result_callback)


def _result(people: People, width: int, height: int) -> PoseLandmarkerResult:
    body = people.body
    if body is None or not len(people):
        return PoseLandmarkerResult([], [])
    masks = people.masks
    corners = np.rint(people.boxes).astype(int).tolist()
    return PoseLandmarkerResult(
        [[NormalizedLandmark(*row) for row in rows] for rows in _shares(body, width, height)],
        [[Landmark(*row) for row in rows] for rows in _metres(body)],
        None if masks is None else [Image(ImageFormat.VEC32F1, mask) for mask in masks],
        ids=[] if people.ids is None else people.ids.tolist(),
        boxes=[BoundingBox(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in corners],
        scores=people.scores.tolist(),
    )


def _shares(body: Landmarks, width: int, height: int) -> Any:
    """(N, 33, 5): x and y as shares of the picture, z in widths, visibility, presence."""
    x, y = body.xy[..., 0] / width, body.xy[..., 1] / height
    rows = np.stack([x, y, body.z / width, body.visibility, body.presence], -1)
    return rows.tolist()


def _metres(body: Landmarks) -> Any:
    """(N, 33, 5): x, y and z in metres, visibility, presence."""
    world = np.full((*body.z.shape, 3), np.nan, np.float32) if body.world is None else body.world
    rows = np.concatenate([world, np.stack([body.visibility, body.presence], -1)], -1)
    return rows.tolist()
