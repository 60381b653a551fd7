"""The configurations of tfjs-models, read and checked.

A configuration is a mapping with the published names (``{"modelType": "lite"}``) or with
Python's (``{"model_type": "lite"}``). Names that are not known are refused, with the nearest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from vitruvian.compat.tfjs.names import TrackerType, movenet
from vitruvian.errors import InputError, UnknownNameError
from vitruvian.measure import COCO_SIGMAS

__all__ = [
    "BlazePoseConfig",
    "Config",
    "EstimationConfig",
    "HandConfig",
    "KeypointTrackerParams",
    "MoveNetConfig",
    "TrackerConfig",
    "read_config",
]

Config = Mapping[str, Any] | None
Kind = TypeVar("Kind")
_RUNTIMES = ("mediapipe", "tfjs")
_MODEL_TYPES = (
    movenet.modelType.SINGLEPOSE_LIGHTNING,
    movenet.modelType.SINGLEPOSE_THUNDER,
    movenet.modelType.MULTIPOSE_LIGHTNING,
)


@dataclass(frozen=True, slots=True)
class KeypointTrackerParams:
    """What counts as a keypoint, and how far it may be off (COCO's sigmas)."""

    keypoint_confidence_threshold: float = 0.3
    keypoint_falloff: tuple[float, ...] = tuple(float(sigma) for sigma in COCO_SIGMAS)
    min_number_of_keypoints: int = 4

    def __post_init__(self) -> None:
        if not 0 <= self.keypoint_confidence_threshold <= 1:
            raise InputError(
                "Must specify 'keypointConfidenceThreshold' to be in the range [0, 1], but "
                f"encountered {self.keypoint_confidence_threshold}"
            )
        if self.min_number_of_keypoints < 1:
            raise InputError(
                "Must specify 'minNumberOfKeypoints' to be at least 1, but encountered "
                f"{self.min_number_of_keypoints}"
            )
        for falloff in self.keypoint_falloff:
            if not falloff > 0:
                raise InputError(
                    f"Must specify each keypoint falloff to be positive but encountered {falloff}"
                )


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """How long a track lives (milliseconds) and how alike a pose must be to continue it."""

    max_tracks: int = 18
    max_age: float = 1000
    min_similarity: float = 0.15
    keypoint_tracker_params: KeypointTrackerParams = field(default_factory=KeypointTrackerParams)

    def __post_init__(self) -> None:
        if self.max_tracks < 1:
            raise InputError(
                f"Must specify 'maxTracks' to be at least 1, but encountered {self.max_tracks}"
            )
        if not self.max_age > 0:
            raise InputError(
                f"Must specify 'maxAge' to be positive, but encountered {self.max_age}"
            )


@dataclass(frozen=True, slots=True)
class MoveNetConfig:
    """``MoveNetModelConfig``; what is None takes the published default."""

    model_type: str = movenet.modelType.SINGLEPOSE_LIGHTNING
    enable_smoothing: bool = True
    model_url: str | None = None
    min_pose_score: float = 0.25
    multi_pose_max_dimension: int = 256
    enable_tracking: bool = True
    tracker_type: str = TrackerType.BoundingBox
    tracker_config: Config = None

    def __post_init__(self) -> None:
        if self.model_type not in _MODEL_TYPES:
            raise InputError(
                f"Invalid architecture {self.model_type}. Should be one of {','.join(_MODEL_TYPES)}"
            )
        if not 0 <= self.min_pose_score <= 1:
            raise InputError("minPoseScore should be between 0.0 and 1.0")
        if self.multi_pose_max_dimension % 32 or self.multi_pose_max_dimension < 32:
            raise InputError("multiPoseMaxDimension must be a multiple of 32 and higher than 0")
        if self.tracker_type not in tuple(TrackerType):
            raise InputError("Tracker type not supported by MoveNet")


@dataclass(frozen=True, slots=True)
class BlazePoseConfig:
    """``BlazePoseTfjsModelConfig`` and ``BlazePoseMediaPipeModelConfig`` in one."""

    runtime: str | None = None
    model_type: str = "full"
    enable_smoothing: bool = True
    enable_segmentation: bool = False
    smooth_segmentation: bool = True
    solution_path: str | None = None
    detector_model_url: str | None = None
    landmark_model_url: str | None = None

    def __post_init__(self) -> None:
        _check_runtime(self.runtime)
        if self.model_type not in ("lite", "full", "heavy"):
            raise UnknownNameError("modelType", self.model_type, ("lite", "full", "heavy"))


@dataclass(frozen=True, slots=True)
class HandConfig:
    """``MediaPipeHandsTfjsModelConfig`` and ``MediaPipeHandsMediaPipeModelConfig`` in one."""

    runtime: str | None = None
    model_type: str = "full"
    max_hands: int = 2
    solution_path: str | None = None
    detector_model_url: str | None = None
    landmark_model_url: str | None = None

    def __post_init__(self) -> None:
        _check_runtime(self.runtime)
        if self.model_type not in ("lite", "full"):
            raise InputError(f"Model type must be one of lite or full, but got {self.model_type}")
        if self.max_hands < 1:
            raise InputError(f"Invalid maxHands {self.max_hands}. Should be > 0.")


@dataclass(frozen=True, slots=True)
class EstimationConfig:
    """What may differ from call to call.

    ``enable_smoothing`` is in tfjs-models' example of such a configuration, and has no effect
    there or here: smoothing is chosen when the detector is made.
    """

    max_poses: int = 1
    flip_horizontal: bool = False
    static_image_mode: bool = False
    enable_smoothing: bool | None = None

    def __post_init__(self) -> None:
        if self.max_poses <= 0:
            raise InputError(f"Invalid maxPoses {self.max_poses}. Should be > 0.")


def read_config(kind: type[Kind], config: Config) -> Kind:
    """A mapping as a checked configuration; a value of None is the default.

    Args:
        kind: One of the classes here.
        config: The mapping, or one of ``kind`` already.

    Raises:
        InputError: It is no mapping, or a value is of no use.
        UnknownNameError: A name is not known.
    """
    if isinstance(config, kind):
        return config
    if config is None:
        config = {}
    if not isinstance(config, Mapping):
        raise InputError(f"a configuration is a mapping, not {type(config).__name__}")
    known = [each.name for each in fields(kind)]  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for name, value in config.items():
        plain = _snake(str(name))
        if plain not in known:
            raise UnknownNameError("option", str(name), [_camel(each) for each in known])
        if plain == "keypoint_tracker_params" and value is not None:
            value = read_config(KeypointTrackerParams, value)
        if value is not None:
            values[plain] = value
    try:
        return kind(**values)
    except TypeError as error:
        raise InputError(f"an option is of the wrong type: {error}") from error


def _check_runtime(runtime: str | None) -> None:
    if runtime not in _RUNTIMES:
        shown = "undefined" if runtime is None else runtime
        raise InputError(
            f"Expect modelConfig.runtime to be either 'tfjs' or 'mediapipe', but got {shown}"
        )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[0].lower(), name)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
