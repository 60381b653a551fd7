"""The skeletons: which landmarks there are, what they are called, which bones join them.

A skeleton travels inside the data (`Landmarks.skeleton`); it is never guessed from how many
points there are. ``left`` and ``right`` are the person's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vitruvian.errors import UnknownNameError

__all__ = ["BLAZEPOSE_33", "COCO_17", "HAND_21", "SKELETONS", "Skeleton", "blazepose_to_coco"]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """An ordered set of named landmarks and the bones between them.

    Args:
        name: The name that files carry, such as ``"blazepose-33"``.
        landmarks: K names, in the order of the arrays.
        bones: Pairs of indices into ``landmarks``.

    Raises:
        ValueError: A name occurs twice, or a bone points outside the landmarks.

    Example:
        >>> from vitruvian import BLAZEPOSE_33
        >>> BLAZEPOSE_33.index("left_wrist")
        15
    """

    name: str
    landmarks: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    mirror: tuple[int, ...] = field(init=False)
    """For every landmark the index of its left-right partner (itself on the midline)."""

    def __post_init__(self) -> None:
        if len(set(self.landmarks)) != len(self.landmarks):
            raise ValueError(f"skeleton {self.name!r} names a landmark twice")
        if any(not 0 <= i < len(self.landmarks) for bone in self.bones for i in bone):
            raise ValueError(f"skeleton {self.name!r} has a bone outside its landmarks")
        swap = {"left": "right", "right": "left"}
        mirror = tuple(
            self.landmarks.index("_".join(swap.get(word, word) for word in name.split("_")))
            for name in self.landmarks
        )
        object.__setattr__(self, "mirror", mirror)

    def __len__(self) -> int:
        """How many landmarks there are."""
        return len(self.landmarks)

    def index(self, name: str) -> int:
        """The position of a landmark in the arrays.

        Raises:
            UnknownNameError: The skeleton has no landmark of that name (a ``ValueError``, too).
        """
        if name not in self.landmarks:
            raise UnknownNameError("landmark", name, self.landmarks)
        return self.landmarks.index(name)

    def side(self, index: int) -> str:
        """``"left"``, ``"right"`` or ``"middle"``: the person's own side of a landmark."""
        words = self.landmarks[index].split("_")
        return next((word for word in words if word in ("left", "right")), "middle")


def _edges(text: str) -> tuple[tuple[int, int], ...]:
    pairs = (pair.split("-") for pair in text.split())
    return tuple((int(a), int(b)) for a, b in pairs)


BLAZEPOSE_33 = Skeleton(
    "blazepose-33",
    tuple(
        """nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer
        left_ear right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow
        right_elbow left_wrist right_wrist left_pinky right_pinky left_index right_index
        left_thumb right_thumb left_hip right_hip left_knee right_knee left_ankle right_ankle
        left_heel right_heel left_foot_index right_foot_index""".split()
    ),
    _edges(
        """0-1 1-2 2-3 3-7 0-4 4-5 5-6 6-8 9-10 11-12 11-13 13-15 15-17 15-19 15-21 17-19
        12-14 14-16 16-18 16-20 16-22 18-20 11-23 12-24 23-24 23-25 25-27 27-29 29-31 27-31
        24-26 26-28 28-30 30-32 28-32"""
    ),
)
"""MediaPipe Pose's 33 landmarks and 35 connections (``PoseLandmarksConnections``)."""

COCO_17 = Skeleton(
    "coco-17",
    tuple(
        """nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow
        right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle
        right_ankle""".split()
    ),
    _edges("0-1 0-2 1-3 2-4 5-6 5-7 7-9 6-8 8-10 5-11 6-12 11-12 11-13 13-15 12-14 14-16"),
)
"""COCO's 17 keypoints, which MoveNet gives."""

HAND_21 = Skeleton(
    "hand-21",
    (
        "wrist",
        *(f"thumb_{joint}" for joint in ("cmc", "mcp", "ip", "tip")),
        *(
            f"{finger}_finger_{joint}"
            for finger in ("index", "middle", "ring")
            for joint in ("mcp", "pip", "dip", "tip")
        ),
        *(f"pinky_{joint}" for joint in ("mcp", "pip", "dip", "tip")),
    ),
    _edges(
        """0-1 1-2 2-3 3-4 0-5 5-6 6-7 7-8 5-9 9-10 10-11 11-12 9-13 13-14 14-15 15-16 13-17
        0-17 17-18 18-19 19-20"""
    ),
)
"""MediaPipe's 21 landmarks of a hand and their 21 connections (``HandLandmarksConnections``)."""

SKELETONS = {skeleton.name: skeleton for skeleton in (BLAZEPOSE_33, COCO_17, HAND_21)}
"""Every skeleton by the name that files carry."""

blazepose_to_coco: tuple[int, ...] = tuple(
    BLAZEPOSE_33.landmarks.index(name) for name in COCO_17.landmarks
)
"""The 17 COCO keypoints as indices into the 33 BlazePose landmarks."""
