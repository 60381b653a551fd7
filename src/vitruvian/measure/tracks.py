"""Boxes with ids, frame by frame: from a clip, or in the format of the MOT challenge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.measure.moments import Doubles, Moments
from vitruvian.types import Ints

__all__ = ["Tracks", "box_moments", "read_mot"]

_COLUMNS = 6
_NEEDED = "frame, id, left, top, width, height, with commas between"


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Boxes with ids, frame by frame.

    Args:
        frames: From a frame's index, counted from 0, to ids (N,) and boxes (N, 4), which are
            x0, y0, x1, y1 in pixels. A frame in which nobody is may be left out.
    """

    frames: Mapping[int, tuple[Ints, Doubles]]

    @property
    def end(self) -> int:
        """The index after the last frame in which somebody is; 0 if there is none."""
        return max((index for index, (ids, _) in self.frames.items() if len(ids)), default=-1) + 1

    def at(self, index: int) -> tuple[Ints, Doubles]:
        """Ids and boxes of one frame."""
        nobody = np.zeros(0, np.int64), np.zeros((0, 4))
        return self.frames.get(index, nobody)

    @classmethod
    def of_clip(cls, clip: Clip) -> Tracks:
        """The boxes of a clip."""
        return cls(
            {
                index: (clip.ids[there], clip.boxes[t, there].astype(np.float64))
                for t, (index, there) in enumerate(
                    zip(clip.indices.tolist(), clip.present, strict=True)
                )
            }
        )


def read_mot(path: str | Path) -> Tracks:
    """Read boxes with ids in the text format of the MOT challenge.

    A row is ``frame, id, left, top, width, height`` and possibly more. Frames and pixels are
    counted from 1 there. In a truth the seventh number says whether the row counts; rows with 0
    there are left out.

    Args:
        path: The file.

    Raises:
        InputError: The file cannot be read, or is not of this format.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text; MOT boxes are lines of {_NEEDED}") from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise InputError(f"{path} is empty; MOT boxes are lines of {_NEEDED}")
    rows = [_row(path, number, line) for number, line in lines]
    counted = [row for row in rows if len(row) <= _COLUMNS or row[_COLUMNS] != 0]
    frames: dict[int, tuple[list[int], list[list[float]]]] = {}
    for frame, name, left, top, width, height, *_ in counted:
        ids, boxes = frames.setdefault(int(frame) - 1, ([], []))
        if int(name) in ids:
            raise InputError(f"{path} has id {int(name)} twice in frame {int(frame)}")
        ids.append(int(name))
        boxes.append([left - 1, top - 1, left - 1 + width, top - 1 + height])
    return Tracks({i: (np.array(ids), np.array(boxes)) for i, (ids, boxes) in frames.items()})


def _row(path: str | Path, number: int, line: str) -> list[float]:
    try:
        row = [float(cell) for cell in line.split(",") if cell.strip()]
    except ValueError:
        row = []
    usable = len(row) >= _COLUMNS and np.isfinite(row[:_COLUMNS]).all() and row[0] >= 1
    if not usable or min(row[4:6]) < 0 or any(value != int(value) for value in row[:2]):
        raise InputError(f"line {number} of {path} is not {_NEEDED}: {line.strip()[:60]!r}")
    return row


def box_moments(truth: Tracks, found: Tracks) -> Moments:
    """The frames up to the last that the truth labels, compared by intersection over union.

    Args:
        truth: The people who are there.
        found: The people reported.

    Raises:
        InputError: An id comes twice in one frame.
    """
    there, reported = ([tracks.at(i) for i in range(truth.end)] for tracks in (truth, found))
    return Moments(
        [ids for ids, _ in there],
        [ids for ids, _ in reported],
        [_iou(a, b) for (_, a), (_, b) in zip(there, reported, strict=True)],
    )


def _iou(a: Doubles, b: Doubles) -> Doubles:
    """Intersection over union in double precision, which equality to 1e-6 needs."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=-1)
    area = [np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=-1) for boxes in (a, b)]
    union = area[0][:, None] + area[1][None] - both
    share: Doubles = np.divide(both, union, out=np.zeros_like(both), where=union > 0)
    return share
