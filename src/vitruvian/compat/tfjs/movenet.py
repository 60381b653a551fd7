"""MoveNet as tfjs-models runs it: one person in a crop that follows, or several and a tracker."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian import weights
from vitruvian.compat.tfjs.names import TrackerType, movenet
from vitruvian.compat.tfjs.options import (
    Config,
    EstimationConfig,
    MoveNetConfig,
    TrackerConfig,
    read_config,
)
from vitruvian.compat.tfjs.picture import as_frame
from vitruvian.compat.tfjs.results import BoundingBox, Keypoint, Pose
from vitruvian.compat.tfjs.trackers import Tracker, make_tracker
from vitruvian.errors import InputError
from vitruvian.geometry import warps
from vitruvian.runtime import Session, open_session
from vitruvian.skeletons import COCO_17
from vitruvian.smooth.one_euro import OneEuro
from vitruvian.types import Floats, Frame

__all__ = ["MoveNetDetector"]

_SURE = 0.2
"""A keypoint that can be relied on (``MIN_CROP_KEYPOINT_SCORE``)."""
_CROP_ALPHA = np.float32(0.9)
_DIVISOR = 32
_HIPS = [COCO_17.index("left_hip"), COCO_17.index("right_hip")]
_SHOULDERS = [COCO_17.index("left_shoulder"), COCO_17.index("right_shoulder")]
_MODELS = {
    movenet.modelType.SINGLEPOSE_LIGHTNING: "movenet-lightning",
    movenet.modelType.SINGLEPOSE_THUNDER: "movenet-thunder",
}


class MoveNetDetector:
    """Estimates 17 keypoints a person.

    Args:
        config: ``modelType``, ``enableSmoothing``, ``minPoseScore``, ``modelUrl`` (a ``.tflite``
            of yours), and for MultiPose ``multiPoseMaxDimension``, ``enableTracking``,
            ``trackerType`` and ``trackerConfig``.

    Raises:
        InputError: An option is of no use.
        WeightsError: Weights cannot be had.
    """

    def __init__(self, config: Config = None) -> None:
        self._config = read_config(MoveNetConfig, config)
        self._several = self._config.model_type == movenet.modelType.MULTIPOSE_LIGHTNING
        self._sessions: dict[tuple[int, int], Session] = {}
        self._tracker = _tracker(self._config)
        self._filters: dict[int, OneEuro] = {}
        self._crop: Floats | None = None
        self._follow: Floats | None = None
        if not self._several:
            self._session((0, 0))

    def estimate_poses(
        self, image: Any, config: Config = None, timestamp: float | None = None
    ) -> list[Pose]:
        """The people in a picture, or in the next frame of a film.

        Args:
            image: (H, W, 3) uint8 RGB, or a `Frame` of a film; None starts afresh.
            config: Not used by MoveNet, as in tfjs-models; it is checked.
            timestamp: Milliseconds; without one nothing is smoothed.

        Returns:
            At most one pose, or for MultiPose up to six, surest first.

        Raises:
            InputError: It is no picture.
        """
        read_config(EstimationConfig, config)
        if image is None:
            self.reset()
            return []
        frame, time = as_frame(image, timestamp)
        poses = self._several_people(frame, time) if self._several else self._one(frame, time)
        return [_in_pixels(pose, frame.size) for pose in poses]

    def reset(self) -> None:
        """Forget the film so far."""
        self._crop = self._follow = None
        self._filters = {}
        if self._tracker is not None:
            self._tracker.reset()

    def dispose(self) -> None:
        """Let the models go."""
        self._sessions = {}

    def _session(self, size: tuple[int, int]) -> Session:
        """The model for that input, loaded on first use."""
        if size not in self._sessions:
            high, wide = size
            several = f"movenet-multipose-{high}x{wide}"
            name = self._config.model_url or _MODELS.get(self._config.model_type, several)
            self._sessions[size] = weights.load(name, _open)
        return self._sessions[size]

    # One person: the next crop follows from the keypoints (``crop_utils.ts``).

    def _one(self, frame: Frame, time: float | None) -> list[Pose]:
        session = self._session((0, 0))
        crop = _first_crop(frame.size, centred=True) if self._crop is None else self._crop
        side = session.inputs[0][0][1]
        wide, high = frame.size
        scale = (crop[2:] - crop[:2]) * (wide - 1, high - 1) / (side - 1)
        corner = crop[:2] * (wide - 1, high - 1)
        matrix = np.array([[scale[0], 0, corner[0]], [0, scale[1], corner[1]]], np.float32)
        (output,) = session.run(_levels(warps.crop(frame, matrix, (side, side)))[None])
        points = output.reshape(-1, 3)[:, [1, 0, 2]].astype(np.float32)
        sure = points[:, 2] > _SURE
        score = float(points[sure, 2].mean()) if sure.any() else 0.0
        if score < self._config.min_pose_score:
            self.reset()
            return []
        points[:, :2] = crop[:2] + points[:, :2] * (crop[2:] - crop[:2])
        if time is not None and self._config.enable_smoothing:
            points[:, :2] = self._filter(1)(points[:, :2], time / 1000)
        self._crop = self._followed(_next_crop(points, frame.size))
        return [Pose(_keypoints(points), score)]

    def _followed(self, crop: Floats) -> Floats:
        """The crop with steady corners."""
        if self._follow is not None:
            crop = self._follow + _CROP_ALPHA * (crop - self._follow)
        self._follow = crop
        return crop

    # Several people: the whole picture, and a tracker.

    def _several_people(self, frame: Frame, time: float | None) -> list[Pose]:
        wide, high = frame.size
        longest = self._config.multi_pose_max_dimension
        scale = longest / max(wide, high)
        small = (max(1, round(wide * scale)), max(1, round(high * scale)))
        padded = tuple(ceil(side / _DIVISOR) * _DIVISOR for side in small)
        matrix = np.array([[wide / small[0], 0, 0], [0, high / small[1], 0]], np.float32)
        canvas = np.zeros((padded[1], padded[0], 3), np.uint8)
        canvas[: small[1], : small[0]] = _levels(warps.crop(frame, matrix, small, replicate=True))
        (output,) = self._session((padded[1], padded[0])).run(canvas[None])
        stretch = np.array([padded[0] / small[0], padded[1] / small[1]], np.float32)
        rows = output[0][output[0, :, 55] >= self._config.min_pose_score]
        poses = [_pose(row, stretch) for row in rows]
        return self._tracked(poses, time)

    def _tracked(self, poses: list[Pose], time: float | None) -> list[Pose]:
        if self._tracker is None:
            return poses
        if time is None:
            # A picture that stands alone continues nothing.
            self._tracker.reset()
        poses = self._tracker.apply(poses, 0.0 if time is None else time)
        if time is None or not self._config.enable_smoothing:
            return poses
        self._filters = {i: each for i, each in self._filters.items() if i in self._tracker.ids}
        return [self._smoothed(pose, time) for pose in poses]

    def _smoothed(self, pose: Pose, time: float) -> Pose:
        points = np.array([(point.x, point.y) for point in pose.keypoints], np.float32)
        points = self._filter(pose.id or 0)(points, time / 1000)
        return replace(
            pose,
            keypoints=[
                replace(point, x=float(x), y=float(y))
                for point, (x, y) in zip(pose.keypoints, points, strict=True)
            ],
        )

    def _filter(self, person: int) -> OneEuro:
        if person not in self._filters:
            self._filters[person] = OneEuro(2.5, 300.0, 2.5, threshold=(0.5, 5.0))
        return self._filters[person]


def _tracker(config: MoveNetConfig) -> Tracker | None:
    if config.model_type != movenet.modelType.MULTIPOSE_LIGHTNING or not config.enable_tracking:
        return None
    given = dict(config.tracker_config or {})
    if config.tracker_type == TrackerType.Keypoint and not {"minSimilarity", "min_similarity"} & {
        name for name, value in given.items() if value is not None
    }:
        given["min_similarity"] = 0.2
    return make_tracker(config.tracker_type, read_config(TrackerConfig, given))


def _open(path: Path) -> Session:
    session = open_session(path, threads=2)
    ((shape, dtype),) = session.inputs if len(session.inputs) == 1 else (((), None),)
    if len(shape) != 4 or shape[0] != 1 or shape[3] != 3 or dtype != np.uint8:
        raise InputError(f"{path.name} takes {shape} {dtype}; MoveNet takes 1xHxWx3 uint8")
    return session


def _levels(crop: Floats) -> Any:
    """0..255, cut off as a cast to integers does; the little on top is for what rounding lost."""
    return (crop * np.float32(255) + np.float32(1e-3)).astype(np.uint8)


def _first_crop(size: tuple[int, int], *, centred: bool) -> Floats:
    """x0, y0, x1, y1 in 0..1: the square in the middle, or the one round the whole picture."""
    side = min(size) if centred else max(size)
    half = np.array([side / size[0], side / size[1]], np.float32) / 2
    return np.concatenate([0.5 - half, 0.5 + half])


def _next_crop(points: Floats, size: tuple[int, int]) -> Floats:
    """Where to look next: round the hips if the torso is seen, else at the whole picture."""
    seen = points[:, 2] > _SURE
    if not (seen[_HIPS].any() and seen[_SHOULDERS].any()):
        return _first_crop(size, centred=False)
    extent = np.array(size, np.float32)
    xy = points[:, :2] * extent
    centre = xy[_HIPS].mean(0)
    away = np.abs(xy - centre)
    torso = away[_SHOULDERS + _HIPS].max()
    body = away[points[:, 2] >= _SURE].max()
    half = min(max(torso * 1.9, body * 1.2), float(np.maximum(centre, extent - centre).max()))
    if half > max(size) / 2:
        return _first_crop(size, centred=False)
    return np.concatenate([(centre - half) / extent, (centre + half) / extent]).astype(np.float32)


def _pose(row: Floats, stretch: Floats) -> Pose:
    points = row[:51].reshape(17, 3)[:, [1, 0, 2]].copy()
    points[:, :2] *= stretch
    top, left, bottom, right = row[51:55].tolist()
    # The published code leaves the box in the padded picture's measure; here it is the picture's.
    wide, high = stretch.tolist()
    box = BoundingBox(left * wide, top * high, right * wide, bottom * high)
    return Pose(_keypoints(points), float(row[55]), box=box)


def _keypoints(points: Floats) -> list[Keypoint]:
    return [
        Keypoint(x, y, score=score, name=name)
        for (x, y, score), name in zip(points.tolist(), COCO_17.landmarks, strict=True)
    ]


def _in_pixels(pose: Pose, size: tuple[int, int]) -> Pose:
    wide, high = size
    points = [replace(point, x=point.x * wide, y=point.y * high) for point in pose.keypoints]
    return replace(pose, keypoints=points)
