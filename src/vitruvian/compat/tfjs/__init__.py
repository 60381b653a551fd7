"""tfjs-models' ``pose-detection`` and ``hand-pose-detection``, in Python.

The same models, options, defaults, keypoint names and results; in place of promises there are
plain calls, and names are Python's (the published ones are understood in configurations)::

    from vitruvian.compat import tfjs

    detector = tfjs.create_detector(
        tfjs.SupportedModels.MoveNet, {"modelType": tfjs.movenet.modelType.MULTIPOSE_LIGHTNING}
    )
    poses = detector.estimate_poses(image, timestamp=0)
    json.dumps([pose.to_json() for pose in poses])  # what a page in JavaScript expects

``docs/migrating-tfjs.md`` says where this differs on purpose.
"""

from __future__ import annotations

from collections.abc import Callable

from vitruvian.compat.tfjs.blazepose import BlazePoseDetector
from vitruvian.compat.tfjs.hands import HandDetector
from vitruvian.compat.tfjs.movenet import MoveNetDetector
from vitruvian.compat.tfjs.names import (
    SupportedModels,
    TrackerType,
    get_adjacent_pairs,
    get_keypoint_index_by_name,
    get_keypoint_index_by_side,
    movenet,
)
from vitruvian.compat.tfjs.options import Config
from vitruvian.compat.tfjs.results import BoundingBox, Hand, Keypoint, Mask, Pose, Segmentation
from vitruvian.errors import InputError

__all__ = [
    "BlazePoseDetector",
    "BoundingBox",
    "Hand",
    "HandDetector",
    "Keypoint",
    "Mask",
    "MoveNetDetector",
    "Pose",
    "Segmentation",
    "SupportedModels",
    "TrackerType",
    "create_detector",
    "get_adjacent_pairs",
    "get_keypoint_index_by_name",
    "get_keypoint_index_by_side",
    "movenet",
]

Detector = MoveNetDetector | BlazePoseDetector | HandDetector
"""What `create_detector` gives."""

_DETECTORS: dict[str, Callable[[Config], Detector]] = {
    SupportedModels.MoveNet: MoveNetDetector,
    SupportedModels.BlazePose: BlazePoseDetector,
    SupportedModels.MediaPipeHands: HandDetector,
}


def create_detector(model: str, config: Config = None) -> Detector:
    """The detector of that name, with its models loaded.

    Args:
        model: One of `SupportedModels`.
        config: The options of the detector, as a mapping.

    Raises:
        InputError: There is no such model, PoseNet (its weights are not to be had), or an option
            is of no use.
        WeightsError: Weights cannot be had.

    Example:
        >>> import numpy as np
        >>> detector = create_detector("MoveNet")
        >>> detector.estimate_poses(np.zeros((64, 64, 3), np.uint8))
        []
    """
    if model == SupportedModels.PoseNet:
        raise InputError(
            "PoseNet's weights are no longer published; use MoveNet, which has the same keypoints"
        )
    if model not in _DETECTORS:
        raise InputError(f"{model} is not a supported model name.")
    return _DETECTORS[model](config)
