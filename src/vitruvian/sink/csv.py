"""The landmarks as CSV: one row per person and landmark, a missing number is empty."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from vitruvian.sink.place import GrowingFile
from vitruvian.sink.seam import About, Sink
from vitruvian.types import Floats, Frame, Landmarks, People

__all__ = ["COLUMNS", "CsvSink", "landmark_columns"]

COLUMNS = tuple(
    """frame time name id score landmark x y z visibility presence world_x world_y world_z
    box_x0 box_y0 box_x1 box_y1""".split()
)
"""The columns, in the order of the file."""

_ROW = "%.2f,%.2f,%.2f,%.4f,%.4f,%.4f,%.4f,%.4f\n"


class CsvSink(Sink):
    """Writes ``<stem>.csv``, in UTF-8.

    A person without landmarks has a single row, whose landmark is empty.

    Args:
        out: The folder.
        about: What the clip is of.

    Raises:
        SinkError: The file cannot be written.
    """

    def __init__(self, out: Path, about: About) -> None:
        self._file = GrowingFile(out / f"{about.stem}.csv", (",".join(COLUMNS) + "\n").encode())

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def write(self, frame: Frame, people: People) -> None:
        """Add one frame."""
        self._file.append(_text(frame, people).encode("utf-8", "backslashreplace"))

    def close(self, *, complete: bool = True) -> None:
        """Finish the file."""
        self._file.close(complete=complete)


def landmark_columns(body: Landmarks) -> Floats:
    """(N, K, 8) x, y, z, visibility, presence and the three of world; infinite is missing."""
    table = np.full((*body.z.shape, 8), np.nan, np.float32)
    table[..., :2] = body.xy
    table[..., 2], table[..., 3], table[..., 4] = body.z, body.visibility, body.presence
    if body.world is not None:
        table[..., 5:] = body.world
    table[~np.isfinite(table)] = np.nan
    return table


def _text(frame: Frame, people: People) -> str:
    start = f"{frame.index},{float(frame.time)!r},{_quoted(frame.name or '')},"
    ids = [""] * len(people) if people.ids is None else people.ids.tolist()
    heads = [
        f"{start}{i},{_number('%.4f', score)},"
        for i, score in zip(ids, people.scores.tolist(), strict=True)
    ]
    tails = [
        "," + ",".join(_number("%.2f", edge) for edge in box) + "\n"
        for box in people.boxes.tolist()
    ]
    body = people.body
    if body is None:
        return "".join(head + "," * 8 + tail for head, tail in zip(heads, tails, strict=True))
    template, names = _ROW * len(body.skeleton), _names(body.skeleton.landmarks)
    rows: list[str] = []
    for head, tail, table in zip(heads, tails, landmark_columns(body), strict=True):
        numbers = (template % tuple(table.ravel().tolist())).replace("nan", "").splitlines()
        rows += [f"{head}{name}{number}{tail}" for name, number in zip(names, numbers, strict=True)]
    return "".join(rows)


@lru_cache(maxsize=8)
def _names(landmarks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{_quoted(name)}," for name in landmarks)


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _number(template: str, value: float) -> str:
    return template % value if np.isfinite(value) else ""
