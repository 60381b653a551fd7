"""tfjs-models' trackers: greedy, by boxes or by keypoints.

They are here for those who rely on how they behave. `vitruvian.open` has better identity.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np

from vitruvian.compat.tfjs.names import TrackerType
from vitruvian.compat.tfjs.options import TrackerConfig
from vitruvian.compat.tfjs.results import BoundingBox, Keypoint, Pose
from vitruvian.types import Floats

__all__ = ["BoundingBoxTracker", "KeypointTracker", "Tracker", "make_tracker"]


@dataclass(slots=True)
class _Track:
    id: int
    time: float
    keypoints: list[Keypoint]
    box: BoundingBox | None


class Tracker(ABC):
    """Gives poses the ids of the tracks they are most like (``tracker.ts``).

    Poses come surest first; each takes the track that is most like it and still free. Ids start
    from 1.

    Args:
        config: How long tracks live, and how alike is alike.
    """

    def __init__(self, config: TrackerConfig) -> None:
        self._config = config
        self._tracks: list[_Track] = []
        self._next = 1

    def apply(self, poses: list[Pose], timestamp: float) -> list[Pose]:
        """The same poses with ids.

        Args:
            poses: Keypoints and boxes in 0..1 of the picture.
            timestamp: Milliseconds.
        """
        age = self._config.max_age
        self._tracks = [track for track in self._tracks if timestamp - track.time <= age]
        likeness = self.similarity(poses)
        free = list(range(len(self._tracks)))
        found: list[Pose] = []
        for row, pose in zip(likeness, poses, strict=True):
            best = max(free, key=lambda column: row[column], default=None)
            if best is None or row[best] < self._config.min_similarity:
                track = self._start()
            else:
                free.remove(best)
                track = self._tracks[best]
            track.time, track.keypoints, track.box = timestamp, list(pose.keypoints), pose.box
            found.append(replace(pose, id=track.id))
        self._tracks.sort(key=lambda track: -track.time)
        del self._tracks[self._config.max_tracks :]
        return found

    def similarity(self, poses: list[Pose]) -> Floats:
        """(N, tracks) how alike they are, in 0..1."""
        rows = [[self._alike(pose, track) for track in self._tracks] for pose in poses]
        return np.array(rows, np.float32).reshape(len(poses), len(self._tracks))

    @property
    def ids(self) -> frozenset[int]:
        """The ids of the tracks that live."""
        return frozenset(track.id for track in self._tracks)

    def reset(self) -> None:
        """Forget every track; ids go on from where they are."""
        self._tracks = []

    def _start(self) -> _Track:
        track = _Track(self._next, 0.0, [], None)
        self._tracks.append(track)
        self._next += 1
        return track

    @abstractmethod
    def _alike(self, pose: Pose, track: _Track) -> float:
        """0..1, how alike a pose and a track are."""


class BoundingBoxTracker(Tracker):
    """By intersection over union of the boxes (``bounding_box_tracker.ts``)."""

    def _alike(self, pose: Pose, track: _Track) -> float:
        one, other = pose.box, track.box
        if one is None or other is None:
            return 0.0
        wide = min(one.x_max, other.x_max) - max(one.x_min, other.x_min)
        high = min(one.y_max, other.y_max) - max(one.y_min, other.y_min)
        if wide <= 0 or high <= 0:
            return 0.0
        shared = wide * high
        return shared / (one.width * one.height + other.width * other.height - shared)


class KeypointTracker(Tracker):
    """By object keypoint similarity (``keypoint_tracker.ts``).

    A keypoint counts where both are sure of it; the area is that of the track's keypoints.
    """

    def _alike(self, pose: Pose, track: _Track) -> float:
        params = self._config.keypoint_tracker_params
        bar = params.keypoint_confidence_threshold
        here, there = (_points(points) for points in (pose.keypoints, track.keypoints))
        sure = (here[:, 2] > bar) & (there[:, 2] > bar)
        if sure.sum() < params.min_number_of_keypoints:
            return 0.0
        box = there[there[:, 2] > bar, :2]
        area = float(np.prod(np.maximum(box.max(0), 0) - np.minimum(box.min(0), 1)))
        falloff = np.array(params.keypoint_falloff)[sure]
        apart = ((here[sure, :2] - there[sure, :2]) ** 2).sum(1)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.exp(-apart / (2 * area * (2 * falloff) ** 2))
        return float(np.nan_to_num(each).mean())


def make_tracker(kind: str, config: TrackerConfig) -> Tracker:
    """The tracker of that name."""
    return (KeypointTracker if kind == TrackerType.Keypoint else BoundingBoxTracker)(config)


def _points(keypoints: list[Keypoint]) -> Floats:
    rows = [(point.x, point.y, point.score or 0.0) for point in keypoints]
    return np.array(rows, np.float32).reshape(-1, 3)
