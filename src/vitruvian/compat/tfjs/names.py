"""Models, trackers and keypoints by the names that tfjs-models has for them."""

from __future__ import annotations

from enum import StrEnum

from vitruvian.errors import InputError
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, HAND_21, Skeleton

__all__ = [
    "HAND_KEYPOINTS",
    "SupportedModels",
    "TrackerType",
    "get_adjacent_pairs",
    "get_keypoint_index_by_name",
    "get_keypoint_index_by_side",
    "movenet",
]


class SupportedModels(StrEnum):
    """The models of ``pose-detection`` and ``hand-pose-detection``."""

    MoveNet = "MoveNet"
    BlazePose = "BlazePose"
    PoseNet = "PoseNet"
    MediaPipeHands = "MediaPipeHands"


class TrackerType(StrEnum):
    """How MoveNet MultiPose tells who is who."""

    Keypoint = "keypoint"
    BoundingBox = "boundingBox"


class movenet:  # noqa: N801 - users know it by this name
    """MoveNet's model types, as ``movenet.modelType`` has them."""

    class modelType:  # noqa: N801
        """One of these is ``modelType`` in the configuration."""

        SINGLEPOSE_LIGHTNING = "SinglePose.Lightning"
        SINGLEPOSE_THUNDER = "SinglePose.Thunder"
        MULTIPOSE_LIGHTNING = "MultiPose.Lightning"

    model_type = modelType


HAND_KEYPOINTS = tuple(name.replace("pinky_", "pinky_finger_") for name in HAND_21.landmarks)
"""The 21 names of ``hand-pose-detection``."""

_SKELETONS = {
    "BlazePose": BLAZEPOSE_33,
    "MoveNet": COCO_17,
    "PoseNet": COCO_17,
    "MediaPipeHands": HAND_21,
}


def get_adjacent_pairs(model: str) -> list[tuple[int, int]]:
    """The pairs of keypoints that a bone joins.

    Raises:
        InputError: There is no such model.

    Example:
        >>> len(get_adjacent_pairs("MoveNet"))
        16
    """
    return sorted(_skeleton(model).bones)


def get_keypoint_index_by_name(model: str) -> dict[str, int]:
    """Where each keypoint stands in ``keypoints``.

    Raises:
        InputError: There is no such model.

    Example:
        >>> get_keypoint_index_by_name("BlazePose")["left_wrist"]
        15
    """
    names = HAND_KEYPOINTS if model == "MediaPipeHands" else _skeleton(model).landmarks
    return {name: index for index, name in enumerate(names)}


def get_keypoint_index_by_side(model: str) -> dict[str, list[int]]:
    """Which keypoints are on the person's left, right, or in the middle.

    Raises:
        InputError: There is no such model.

    Example:
        >>> get_keypoint_index_by_side("MoveNet")["middle"]
        [0]
    """
    skeleton = _skeleton(model)
    sides: dict[str, list[int]] = {"left": [], "right": [], "middle": []}
    for index in range(len(skeleton)):
        sides[skeleton.side(index)].append(index)
    return sides


def _skeleton(model: str) -> Skeleton:
    if model not in _SKELETONS:
        raise InputError(f"Model {model} is not supported.")
    return _SKELETONS[model]
