"""Whether the camera moved, by the background of a film or by the feet of people who stand."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.clip import Clip
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Frame, Image

__all__ = ["STILL", "background_drift", "feet_drift"]

STILL = 0.02
"""In longer sides of the picture: a camera on a tripod stays within less."""
_WIDTH = 480
_PAUSE = 0.2
"""Seconds between two looks at the background."""
_FEET = tuple(
    BLAZEPOSE_33.index(f"{side}_{part}")
    for side in ("left", "right")
    for part in ("ankle", "heel", "foot_index")
)
_STANDING = 0.15
"""Metres a second: feet that move less round the hips, all of them, carry somebody who stands."""
_LEAST_STAND = 0.4


def background_drift(frames: Iterable[Frame], clip: Clip) -> float:
    """How far the background strays from where it began, in longer sides of the picture.

    Corners outside everybody's box are followed by optical flow (Lucas and Kanade, 1981) from
    look to look; the turn, shift and scale that most of them share moves the picture's corners.

    Args:
        frames: The film's frames.
        clip: Its people.

    Returns:
        The furthest that a corner of the picture strayed; NaN where no background can be seen.
    """
    moments = {int(index): t for t, index in enumerate(clip.indices)}
    total, before, furthest, last = np.eye(3), None, float("nan"), -np.inf
    corners = np.zeros((4, 2))
    for frame in frames:
        if frame.time - last < _PAUSE or frame.index not in moments:
            continue
        last = frame.time
        small = _grey(frame)
        mask = _background(small, clip, moments[frame.index], frame.size)
        if before is not None:
            step = _shared_motion(*before, small)
            if step is not None:
                total = step @ total
                moved = corners @ total[:2, :2].T + total[:2, 2]
                far = float(np.linalg.norm(moved - corners, axis=1).max()) / max(small.shape)
                furthest = far if np.isnan(furthest) else max(furthest, far)
        height, width = small.shape
        corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64)
        before = (small, mask)
    return furthest


def _grey(frame: Frame) -> Image:
    luma = frame.image[..., 1] if frame.planes is None else frame.planes.y
    height, width = luma.shape
    scale = min(1.0, _WIDTH / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def _background(small: Image, clip: Clip, moment: int, size: tuple[int, int]) -> Image:
    mask = np.full(small.shape, 255, np.uint8)
    boxes = clip.boxes[moment][clip.present[moment]]
    scale = small.shape[1] / size[0]
    for x0, y0, x1, y1 in np.nan_to_num(boxes * scale):
        across, down = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
        rows = slice(max(0, int(y0 - down)), max(0, int(y1 + down)))
        mask[rows, max(0, int(x0 - across)) : max(0, int(x1 + across))] = 0
    return mask


def _shared_motion(before: Image, mask: Image, after: Image) -> NDArray[np.float64] | None:
    """(3, 3) the similarity that most corners of the background share; None if too few do."""
    corners = cv2.goodFeaturesToTrack(before, 200, 0.01, 8, mask=mask)
    if corners is None or len(corners) < 12:
        return None
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, None)  # type: ignore[call-overload]
    kept = found.ravel() == 1
    if kept.sum() < 12:
        return None
    matrix, inside = cv2.estimateAffinePartial2D(
        corners[kept], moved[kept], ransacReprojThreshold=1.0
    )
    if matrix is None or inside.sum() < 8:
        return None
    return np.vstack([matrix, [0, 0, 1]]).astype(np.float64)


def feet_drift(clip: Clip) -> float:
    """How far the feet of people who stand slide over the picture, in its longer sides.

    Somebody stands while no foot moves round the hips; whoever rides on something does so too,
    and is taken for a camera that moves.

    Args:
        clip: A film with world landmarks.

    Returns:
        The furthest that the middle of somebody's feet slides while they stand; 0 where nobody
        does.
    """
    if clip.body.world is None or clip.size is None or len(clip.times) < 3:
        return 0.0
    feet = clip.body.world[:, :, _FEET].astype(np.float64)
    middle = clip.body.xy[:, :, _FEET].astype(np.float64).mean(2)
    pace = np.linalg.norm(np.gradient(feet, clip.times, axis=0), axis=-1).max(-1)
    furthest = 0.0
    for person in range(len(clip.ids)):
        stands = np.nan_to_num(pace[:, person], nan=np.inf) < _STANDING
        edges = np.flatnonzero(np.diff(np.concatenate([[0], stands, [0]])))
        for start, stop in edges.reshape(-1, 2):
            if clip.times[stop - 1] - clip.times[start] >= _LEAST_STAND:
                way = middle[start:stop, person]
                far = float(np.linalg.norm(way - way[0], axis=-1).max())
                furthest = max(furthest, far / max(clip.size))
    return furthest
