"""What each system says about the same pictures, brought into one form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

import vitruvian
from benchmarks import peer
from benchmarks.truth import Film
from vitruvian.geometry.boxes import clip
from vitruvian.skeletons import blazepose_to_coco
from vitruvian.types import Bools, Floats

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """The people one system sees in one picture, the surest first.

    Args:
        boxes: (N, 4) x0, y0, x1, y1 in pixels.
        coco: (N, 17, 2) pixels.
        body: (N, 33, 2) pixels, for the systems that have them.
        scores: (N,), for the systems that have them.
        sure: (N, 17) 0..1, how sure each keypoint is, for the systems that say so.
        seen: (N,) who is seen, for a system that also says where people are who are hidden.
    """

    boxes: Floats
    coco: Doubles
    body: Doubles | None = None
    scores: Doubles | None = None
    sure: Doubles | None = None
    seen: Bools | None = None

    @property
    def in_sight(self) -> Found:
        """The same without those who are only believed to be there."""
        if self.seen is None:
            return self
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        rows: dict[str, Any] = {
            name: None if column is None else column[self.seen] for name, column in columns.items()
        }
        return Found(**rows)


def round_body(xy: NDArray[Any], size: tuple[int, int]) -> Floats:
    """A box round the whole person from (N, 33, 2) landmarks, for systems that give no box.

    The extent of the landmarks, widened by a tenth of its width on each side, by 8 % of its
    height at the top, where there is hair above the eyes, and by 2 % below the feet. Of the
    factors tried these gave MediaPipe the best mean IoU (0.70) with the boxes of TUD-Campus.
    """
    low, high = xy.min(axis=1), xy.max(axis=1)
    extent = high - low
    boxes = np.concatenate([low - extent * [0.10, 0.08], high + extent * [0.10, 0.02]], axis=1)
    return clip(boxes.astype(np.float32), size)


def mediapipe_pictures(paths: Sequence[Path], model: str, people: int) -> list[Found]:
    """The peer, IMAGE mode."""
    poses = peer.of_pictures(paths, model, people)
    return [
        _of_shares(landmarks, _size(path))
        for path, landmarks in zip(paths, poses.landmarks, strict=True)
    ]


def mediapipe_film(film: Film, model: str, people: int, mode: str) -> dict[int, Found]:
    """The peer on the compared frames; in VIDEO mode it is shown all the others too."""
    step = film.step if mode == "IMAGE" else 1
    poses = peer.of_film(film.path, model, people, mode=mode, step=step, rate=film.rate)
    return {index: _of_shares(poses.landmarks[index // step], film.size) for index in film.compared}


def _of_shares(landmarks: NDArray[np.float32], size: tuple[int, int]) -> Found:
    body = landmarks[..., :2].astype(np.float64) * size
    return Found(round_body(body, size), body[:, blazepose_to_coco], body)


def ours_pictures(paths: Sequence[Path], model: str, most: int | None) -> list[Found]:
    """Vitruvian on single pictures."""
    with vitruvian.open(list(paths), model=model, people=most) as source:
        seen = {frame.name: _of_people(people) for frame, people in source.people()}
    return [seen[path.name] for path in paths]


def ours_film(film: Film, model: str) -> dict[int, Found]:
    """Vitruvian on a whole film, of which only the compared frames are kept."""
    with vitruvian.open(film.path, model=model) as source:
        wanted = set(film.compared)
        return {
            frame.index: _of_people(seen)
            for frame, seen in source.people()
            if frame.index in wanted
        }


def _of_people(people: vitruvian.People) -> Found:
    if people.body is None:
        return Found(people.boxes, np.zeros((0, 17, 2)), np.zeros((0, 33, 2)), np.zeros(0))
    body = people.body.xy.astype(np.float64)
    scores = people.scores.astype(np.float64)
    coco = body[:, list(blazepose_to_coco)]
    return Found(people.boxes, coco, body, scores, seen=people.seen)


def movenet_pictures(images: Iterable[NDArray[np.uint8]], key: str, bar: float) -> list[Found]:
    """MoveNet MultiPose 384 with nothing round it: one pass, its own boxes.

    The picture is fitted into the square and padded with black, as tfjs-models does.

    Args:
        images: (H, W, 3) RGB.
        key: What the pictures are, so that the raw answers can be kept.
        bar: People less sure than this are left out; tfjs-models takes 0.25.
    """
    kept = peer.BENCH / "results" / f"movenet-{hashlib.sha256(key.encode()).hexdigest()[:16]}.npy"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, np.stack(list(_movenet(images))))
    return [_of_movenet(rows, bar) for rows in np.load(kept)]


def _movenet(images: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
    """(6, 56) per picture, positions already in pixels of it."""
    from vitruvian.runtime import open_session
    from vitruvian.weights import obtain

    session = open_session(obtain("movenet-multipose-384"), threads=2)
    (shape, dtype) = session.inputs[0]
    side = shape[1]
    for image in images:
        height, width = image.shape[:2]
        scale = side / max(height, width)
        fitted = cv2.resize(image, (round(width * scale), round(height * scale)))
        square = np.zeros(shape, dtype)
        square[0, : fitted.shape[0], : fitted.shape[1]] = fitted
        rows = session.run(square)[0].reshape(6, 56).copy()
        rows[:, :51].reshape(6, 17, 3)[..., :2] *= side / scale
        rows[:, 51:55] *= side / scale
        yield rows


def _of_movenet(rows: NDArray[np.float32], bar: float) -> Found:
    sure = rows[rows[:, 55] >= bar].astype(np.float64)
    sure = sure[np.argsort(-sure[:, 55])]
    points = sure[:, :51].reshape(-1, 17, 3)
    boxes = sure[:, [52, 51, 54, 53]].astype(np.float32)
    return Found(boxes, points[..., 1::-1], scores=sure[:, 55], sure=points[..., 2])


def frames(film: Film) -> Iterator[NDArray[np.uint8]]:
    """The compared frames of a film, RGB, decoded by OpenCV."""
    capture = cv2.VideoCapture(str(film.path))
    for index in range(film.compared.stop):
        if capture.grab() and index % film.step == 0:
            yield cv2.cvtColor(capture.retrieve()[1], cv2.COLOR_BGR2RGB)  # type: ignore[misc]
    capture.release()


def pictures(paths: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
    """Pictures as RGB."""
    return (_rgb(path) for path in paths)


def _rgb(path: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(path))
    if image is None:
        raise FileNotFoundError(path)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)  # type: ignore[return-value]


def _size(path: Path) -> tuple[int, int]:
    height, width = _rgb(path).shape[:2]
    return width, height
