"""The landmarks as CSV: one row per person and landmark, a missing number is empty.

A hand's landmarks follow the body's, and begin with ``left_hand_`` or ``right_hand_``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from vitruvian.sink.place import GrowingFile
from vitruvian.sink.seam import About, Sink
from vitruvian.types import LANDMARK_COLUMNS, Floats, Frame, Landmarks, People

__all__ = ["COLUMNS", "CsvSink", "landmark_columns", "points_of"]

COLUMNS = tuple(
    """frame time name id score landmark x y z visibility presence world_x world_y world_z
    box_x0 box_y0 box_x1 box_y1 person id_score label label_score""".split()
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


def points_of(people: People) -> tuple[tuple[str, ...], Floats]:
    """Names (K,) and `landmark_columns` (N, K, 8) of body and hands together; K is 0 without."""
    names: list[str] = []
    tables = [np.zeros((len(people), 0, 8), np.float32)]
    for column in LANDMARK_COLUMNS:
        points: Landmarks | None = getattr(people, column)
        if points is not None:
            prefix = "" if column == "body" else f"{column}_"
            names += [prefix + name for name in points.skeleton.landmarks]
            tables.append(landmark_columns(points))
    return tuple(names), np.concatenate(tables, axis=1)


def _text(frame: Frame, people: People) -> str:
    start = f"{frame.index},{float(frame.time)!r},{_quoted(frame.name or '')},"
    n = len(people)
    ids = [""] * n if people.ids is None else people.ids.tolist()
    heads = [
        f"{start}{i},{_number('%.4f', score)},"
        for i, score in zip(ids, people.scores.tolist(), strict=True)
    ]
    tails = _tails(people)
    landmarks, tables = points_of(people)
    if not landmarks:
        return "".join(head + "," * 8 + tail for head, tail in zip(heads, tails, strict=True))
    template, names = _ROW * len(landmarks), _names(landmarks)
    rows: list[str] = []
    for head, tail, table in zip(heads, tails, tables, strict=True):
        numbers = (template % tuple(table.ravel().tolist())).replace("nan", "").splitlines()
        rows += [f"{head}{name}{number}{tail}" for name, number in zip(names, numbers, strict=True)]
    return "".join(rows)


def _tails(people: People) -> list[str]:
    """What a person's every row ends with: the box, and who it is and what they do."""
    n = len(people)
    columns: list[list[str]] = [[_number("%.2f", edge) for edge in row] for row in people.boxes.T]
    for texts, scores in (
        (people.names, people.id_scores),
        (people.labels, people.label_scores),
    ):
        columns.append([_quoted(text or "") for text in texts or [""] * n])
        columns.append([""] * n if scores is None else [_number("%.4f", x) for x in scores])
    return ["," + ",".join(row) + "\n" for row in zip(*columns, strict=True)]


@lru_cache(maxsize=8)
def _names(landmarks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{_quoted(name)}," for name in landmarks)


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _number(template: str, value: float) -> str:
    return template % value if np.isfinite(value) else ""
