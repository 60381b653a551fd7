"""BlazePose behind tfjs-models' interface, on Vitruvian's pipeline."""

from __future__ import annotations

from typing import Any

from vitruvian.compat.tfjs.options import BlazePoseConfig, Config, EstimationConfig, read_config
from vitruvian.compat.tfjs.picture import as_frame
from vitruvian.compat.tfjs.results import BoundingBox, Keypoint, Mask, Pose, Segmentation
from vitruvian.errors import InputError
from vitruvian.pipeline import Pipeline
from vitruvian.recipe import Recipe
from vitruvian.types import Landmarks, People

__all__ = ["BlazePoseDetector"]


class BlazePoseDetector:
    """Estimates 33 keypoints a person, in pixels and in metres.

    With a timestamp (or a `Frame` of a film) people are followed and smoothed; a picture without
    one stands alone and is read with care. ``maxPoses`` may be more than 1 here.

    Args:
        config: ``runtime`` (``"mediapipe"`` or ``"tfjs"``; both are the same here),
            ``modelType``, ``enableSmoothing``, ``enableSegmentation``, ``smoothSegmentation``,
            ``landmarkModelUrl`` (a ``.task`` or ``.tflite`` of yours).

    Raises:
        InputError: An option is of no use, or the runtime is missing.
        WeightsError: Weights cannot be had.
    """

    def __init__(self, config: Config = None) -> None:
        self._config = read_config(BlazePoseConfig, config)
        self._pipelines: dict[tuple[int, bool], Pipeline] = {}
        self._pipeline(1, stills=False)

    def estimate_poses(
        self, image: Any, config: Config = None, timestamp: float | None = None
    ) -> list[Pose]:
        """The people in a picture, or in the next frame of a film.

        Args:
            image: (H, W, 3) uint8 RGB, or a `Frame` of a film; None starts afresh.
            config: ``maxPoses`` (1) and ``flipHorizontal`` (false; the picture is flipped before
                it is read).
            timestamp: Milliseconds.

        Raises:
            InputError: It is no picture, or ``maxPoses`` is less than 1.
        """
        wanted = read_config(EstimationConfig, config)
        if image is None:
            self.reset()
            return []
        frame, time = as_frame(image, timestamp, flip=wanted.flip_horizontal)
        people = self._pipeline(wanted.max_poses, stills=time is None).step(frame)
        return [_pose(people, row, frame.size) for row in range(len(people))]

    def reset(self) -> None:
        """Forget the film so far."""
        for pipeline in self._pipelines.values():
            pipeline.reset()

    def dispose(self) -> None:
        """Let the models go."""
        self._pipelines = {}

    def _pipeline(self, people: int, *, stills: bool) -> Pipeline:
        key = people, stills
        if key not in self._pipelines:
            recipe = Recipe(
                model=self._config.landmark_model_url or self._config.model_type,
                people=people,
                smooth=self._config.enable_smoothing,
                masks=self._config.enable_segmentation,
            )
            self._pipelines[key] = recipe.build(stills=stills)
        return self._pipelines[key]


def _pose(people: People, row: int, size: tuple[int, int]) -> Pose:
    body = people.body
    if body is None:  # pragma: no cover - every pipeline reads bodies
        raise InputError("these people have no landmarks")
    masks = people.masks
    return Pose(
        _keypoints(body, row),
        float(people.scores[row]),
        keypoints_3d=_metres(body, row),
        box=_box(people, row, size),
        id=None if people.ids is None else int(people.ids[row]),
        segmentation=None if masks is None else Segmentation(Mask(masks[row]), _label),
    )


def _keypoints(body: Landmarks, row: int) -> list[Keypoint]:
    numbers = zip(
        body.xy[row].tolist(),
        body.z[row].tolist(),
        body.visibility[row].tolist(),
        body.skeleton.landmarks,
        strict=True,
    )
    return [Keypoint(x, y, z, score, name) for (x, y), z, score, name in numbers]


def _metres(body: Landmarks, row: int) -> list[Keypoint] | None:
    if body.world is None:
        return None
    numbers = zip(
        body.world[row].tolist(),
        body.visibility[row].tolist(),
        body.skeleton.landmarks,
        strict=True,
    )
    return [Keypoint(x, y, z, score, name) for (x, y, z), score, name in numbers]


def _box(people: People, row: int, size: tuple[int, int]) -> BoundingBox:
    x0, y0, x1, y1 = people.boxes[row].tolist()
    wide, high = size
    return BoundingBox(x0 / wide, y0 / high, x1 / wide, y1 / high)


def _label(value: int) -> str:
    if not 0 <= value <= 255:
        raise InputError(f"Mask value must be in range [0, 255] but got {value}")
    return "person"
