"""Ground truth, as boxes and COCO keypoints in pixels from 0."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.skeletons import COCO_17
from vitruvian.types import Floats

Doubles = NDArray[np.float64]

LSP_JOINTS = tuple(
    """right_ankle right_knee right_hip left_hip left_knee left_ankle right_wrist right_elbow
    right_shoulder left_shoulder left_elbow left_wrist""".split()
)
"""The twelve of the fourteen LSP joints that BlazePose has too; neck and head top it has not."""
SHOULDERS = (LSP_JOINTS.index("left_shoulder"), LSP_JOINTS.index("right_shoulder"))
HIPS = (LSP_JOINTS.index("left_hip"), LSP_JOINTS.index("right_hip"))


def data(*parts: str) -> Path:
    """The folder of ground truth, or something in it: ``../shared/data``, or ``VITRUVIAN_DATA``.

    Ends the program with one line where it is not there.
    """
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("VITRUVIAN_DATA", beside), *parts)
    if not path.exists():
        sys.exit(f"there is no {path}; set VITRUVIAN_DATA to the folder of ground truth")
    return path


@dataclass(frozen=True)
class Crowd:
    """The people of one picture.

    Args:
        boxes: (M, 4) x0, y0, x1, y1 of everyone who must be found.
        keypoints: (M, 17, 2), NaN where not labelled; None where there are only boxes.
        areas: (M,) what OKS measures distances against.
        excused: (I, 4) boxes of people without labelled keypoints and of unlabelled crowds:
            finding them is no merit, and no mistake.
    """

    boxes: Floats
    keypoints: Doubles | None = None
    areas: Doubles | None = None
    excused: Floats | None = None


def lspet() -> tuple[list[Path], Doubles]:
    """400 pictures, and their (400, 12, 2) joints in the order of `LSP_JOINTS`."""
    folder = data("lspet")
    truth = json.loads((folder / "joints.json").read_text())
    columns = [truth["joints"].index(name) for name in LSP_JOINTS]
    names = sorted(truth["annotations"])
    joints = np.array([truth["annotations"][name] for name in names])[:, columns]
    return [folder / "images" / name for name in names], joints


def keypoint_pictures(name: str) -> list[tuple[Path, Crowd]]:
    """``"coco"`` or ``"crowdpose"``: a few pictures with boxes and keypoints."""
    folder = data("mmpose", name)
    truth = json.loads((folder / f"test_{name}.json").read_text())
    order = truth["categories"][0]["keypoints"]
    people = defaultdict(list)
    for person in truth["annotations"]:
        people[person["image_id"]].append(person)
    return [
        (folder / image["file_name"], _crowd(people[image["id"]], order))
        for image in truth["images"]
    ]


def _crowd(people: list[dict[str, Any]], order: list[str]) -> Crowd:
    labelled = [p for p in people if p["num_keypoints"] and not p["iscrowd"]]
    others = [p for p in people if p not in labelled]
    keypoints = np.full((len(labelled), len(COCO_17), 2), np.nan)
    for row, person in enumerate(labelled):
        points = np.reshape(person["keypoints"], (-1, 3))
        for name, (x, y, flag) in zip(order, points, strict=True):
            # CrowdPose's head and neck are not keypoints of COCO; the other twelve are.
            if name in COCO_17.landmarks and flag:
                keypoints[row, COCO_17.index(name)] = x, y
    # CrowdPose gives no outline; its own evaluation takes 0.53 of the box (crowdposetools).
    areas = [p.get("area", 0.53 * p["bbox"][2] * p["bbox"][3]) for p in labelled]
    return Crowd(_corners(labelled), keypoints, np.array(areas), _corners(others))


def _corners(people: list[dict[str, Any]]) -> Floats:
    boxes = np.array([p["bbox"] for p in people], np.float32).reshape(-1, 4)
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


@dataclass(frozen=True)
class Unlabelled:
    """Somebody who is in a film and not in its truth, seen by eye; they go in a straight line.

    Args:
        first: The index of the first frame they are in.
        last: The index of the last.
        start: x0, y0, x1, y1 where they are first.
        end: Where they are last.
    """

    first: int
    last: int
    start: tuple[float, float, float, float]
    end: tuple[float, float, float, float]

    def at(self, index: int) -> Floats:
        """(1, 4) where they are in a frame; (0, 4) before and after."""
        if not self.first <= index <= self.last:
            return np.zeros((0, 4), np.float32)
        share = (index - self.first) / (self.last - self.first)
        return ((1 - share) * np.array([self.start]) + share * np.array([self.end])).astype("f4")


BEHIND_GLASS = (
    Unlabelled(0, 70, (60, 205, 130, 305), (60, 205, 130, 305)),
    Unlabelled(0, 70, (543, 205, 583, 268), (543, 205, 583, 268)),
)
"""Two who sit in the offices of TUD-Campus."""
ON_THE_LAWN = (Unlabelled(94, 172, (236, 52, 264, 96), (-8, 98, 20, 148)),)
"""A woman who crosses the lawn at the back of PETS09-S2L1."""


@dataclass(frozen=True)
class Film:
    """A film with a box round every person of every frame.

    Args:
        path: The film.
        rate: Frames a second.
        size: Width, height.
        boxes: Frame index, from 0, to (M, 4).
        step: Only every ``step``-th frame is compared, to bound the time.
        unlabelled: Who else is there.
    """

    path: Path
    rate: float
    size: tuple[int, int]
    boxes: dict[int, Floats]
    step: int
    unlabelled: tuple[Unlabelled, ...] = ()

    @property
    def compared(self) -> range:
        """The indices of the frames that are compared."""
        return range(0, max(self.boxes) + 1, self.step)

    def excused(self, index: int) -> Floats:
        """(I, 4) where people are in a frame who are not labelled.

        Those known by eye; and at the left and right edge and beyond, since whoever walks in or
        out is labelled only while they are well inside.
        """
        width, height = self.size
        strip = 0.08 * width
        edges = [
            [-width, -height, strip, 2 * height],
            [width - strip, -height, 2 * width, 2 * height],
        ]
        return np.concatenate(
            [np.array(edges, np.float32), *(person.at(index) for person in self.unlabelled)]
        )


def films() -> dict[str, Film]:
    """The two tracking films, and every how many frames they are compared."""
    folder = data("tracking")
    campus, pets = folder / "TUD-Campus", folder / "PETS09-S2L1"
    return {
        "TUD-Campus": Film(
            campus / "TUD-Campus.mp4", 25, (640, 480), _mot(campus), 1, BEHIND_GLASS
        ),
        "PETS09-S2L1": Film(pets / "vtest.avi", 10, (768, 576), _mot(pets), 5, ON_THE_LAWN),
    }


def _mot(folder: Path) -> dict[int, Floats]:
    """MOT's ``frame, id, left, top, width, height``: frames and pixels are counted from 1 there."""
    rows = np.loadtxt(folder / "gt.txt", delimiter=",", usecols=range(6))
    corners = rows[:, 2:4] - 1
    boxes = np.concatenate([corners, corners + rows[:, 4:6]], axis=1).astype(np.float32)
    return {int(frame) - 1: boxes[rows[:, 0] == frame] for frame in np.unique(rows[:, 0])}


def reference_pose() -> tuple[Path, Doubles]:
    """MediaPipe's test picture and its expected (33, 2) landmarks, as shares of the picture."""
    folder = data("mediapipe")
    text = (folder / "pose_landmarks.pbtxt").read_text().split("world_landmarks")[0]
    points = re.findall(r"landmark \{\s*x: (\S+)\s*y: (\S+)", text)
    return folder / "pose.jpg", np.array(points, np.float64)
