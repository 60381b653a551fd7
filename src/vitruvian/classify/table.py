"""Poses with their classes as a table, in memory and as CSV.

Two layouts are written and read: one row a person, with ``file_name`` first and ``class_no`` and
``class_name`` last. Between them stand x, y and score of the 17 keypoints in capitals, as in
TensorFlow's course on pose classification (``NOSE_x``), or x, y, visibility and the three world
coordinates of the 33 landmarks (``nose_x`` … ``nose_world_z``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vitruvian.classify.model import PoseModel
from vitruvian.errors import InputError
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, Skeleton, blazepose_to_coco
from vitruvian.types import Bools, Floats, Ints

__all__ = ["BODY", "COURSE", "KEYPOINTS", "OURS", "PoseTable", "Style", "read_table"]


@dataclass(frozen=True, slots=True)
class Style:
    """A layout of the columns.

    Args:
        skeleton: The landmarks.
        parts: What follows the landmark's name, for each number of it.
        capitals: Whether landmarks are written in capitals.
    """

    skeleton: Skeleton
    parts: tuple[str, ...]
    capitals: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file."""
        names = (n.upper() if self.capitals else n for n in self.skeleton.landmarks)
        points = (f"{name}_{part}" for name in names for part in self.parts)
        return ("file_name", *points, "class_no", "class_name")


COURSE = Style(COCO_17, ("x", "y", "score"), True)
"""TensorFlow's course: 17 keypoints, pixels and scores."""
OURS = Style(BLAZEPOSE_33, ("x", "y", "visibility", "world_x", "world_y", "world_z"), False)
"""The 33 landmarks, in pixels and in metres."""


BODY, KEYPOINTS = BLAZEPOSE_33, COCO_17


@dataclass(frozen=True, slots=True, eq=False)
class PoseTable:
    """N poses of known classes, each read by one model or by two.

    Args:
        files: N names of the pictures, or of the film and its moment.
        classes: The classes, in the order of their numbers.
        truth: (N,) numbers of classes.
        body: (N, 33, 6): x, y in pixels, visibility, and x, y, z in metres; or (N, 33, 3)
            without the metres; or None.
        keypoints: (N, 17, 3): x, y in pixels and score, or None.

    Raises:
        InputError: The lengths differ, or there are no points at all.
    """

    files: tuple[str, ...]
    classes: tuple[str, ...]
    truth: Ints
    body: Floats | None = None
    keypoints: Floats | None = None

    def __post_init__(self) -> None:
        parts = [part for part in (self.body, self.keypoints) if part is not None]
        if not parts or {len(part) for part in parts} != {len(self.files)}:
            raise InputError(f"{len(self.files)} poses need as many bodies or keypoints")
        if len(self.truth) != len(self.files):
            raise InputError(f"{len(self.files)} poses need as many classes")

    def __len__(self) -> int:
        """How many poses there are."""
        return len(self.files)

    def __getitem__(self, index: Ints | Bools) -> PoseTable:
        """The poses at some places, or where a mask is true."""
        picked = np.arange(len(self))[index]
        return PoseTable(
            tuple(self.files[i] for i in picked),
            self.classes,
            self.truth[picked],
            None if self.body is None else self.body[picked],
            None if self.keypoints is None else self.keypoints[picked],
        )

    def points(self, skeleton: Skeleton, *, world: bool = False) -> Floats:
        """(N, K, 5) x, y in pixels and x, y, z in metres, or (N, K, 2) pixels.

        The 17 keypoints of poses that were read as 33 landmarks only are those among them.

        Raises:
            InputError: There are no such points.
        """
        if skeleton is KEYPOINTS and not world:
            if self.keypoints is not None:
                return self.keypoints[..., :2]
            if self.body is not None:
                return self.body[:, list(blazepose_to_coco), :2]
        if skeleton is not BODY or self.body is None or (world and self.body.shape[2] < 6):
            raise InputError("the poses were not read with the landmarks that are asked for")
        return self.body[..., [0, 1, 3, 4, 5]] if world else self.body[..., :2]

    def keypoints_only(self) -> PoseTable:
        """The same poses without the landmarks."""
        points = self.keypoints
        if points is None and self.body is not None:
            points = self.body[:, list(blazepose_to_coco), :3]
        return replace(self, body=None, keypoints=points)

    def occurring(self) -> PoseTable:
        """The same poses, with the classes that have any."""
        numbers, truth = np.unique(self.truth, return_inverse=True)
        return replace(self, classes=tuple(self.classes[i] for i in numbers), truth=truth)

    def inputs(self, model: PoseModel) -> list[Floats]:
        """The rows that each branch of a classifier takes."""
        layouts = [branch.features for branch in model.branches]
        return [self.points(layout.skeleton, world=layout.world) for layout in layouts]

    def csv(self, style: Style) -> str:
        """The table as the text of a file of one of the two layouts."""
        points = self.body if style.skeleton is BODY else self.keypoints
        if points is None:
            raise InputError(f"the poses were not read as {style.skeleton.name}")
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(style.columns)
        for row, file, number in zip(points, self.files, self.truth.tolist(), strict=True):
            numbers = [f"{v:.4f}" if np.isfinite(v) else "" for v in row.ravel().tolist()]
            writer.writerow([file, *numbers, number, self.classes[number]])
        return text.getvalue()


def read_table(path: Path) -> tuple[PoseTable, list[tuple[str, str]]]:
    """Read a CSV of either layout; other columns are ignored, and their order does not matter.

    Beside ``landmarks.csv`` the file ``landmarks_17.csv`` is read too, if it holds the same poses.

    Returns:
        The table, and what was left out: a name and the reason of each row.

    Raises:
        InputError: The file cannot be read, has other columns, or holds no usable row.
    """
    table, left_out = _read(path)
    other = path.with_name(f"{path.stem}_17.csv")
    if table.body is not None and other.is_file():
        second, _ = _read(other)
        if second.files == table.files and second.keypoints is not None:
            table = replace(table, keypoints=second.keypoints)
    return table, left_out


def _read(path: Path) -> tuple[PoseTable, list[tuple[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = csv.reader(file)
            header = next(lines, [])
            return _table(path, lines, header, _recognised(path, header))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is not a CSV file ({error})") from error


def _recognised(path: Path, header: Sequence[str]) -> Style:
    """The layout of the columns, with the parts of a landmark that are there."""
    there = {name.strip().lower() for name in header}
    lacks: list[list[str]] = []
    for style in (OURS, COURSE):
        for parts in (style.parts, style.parts[:3], style.parts[:2]):
            wanted = ["class_name", *(f"{n}_{p}" for n in style.skeleton.landmarks for p in parts)]
            lacks.append([name for name in wanted if name not in there])
            if not lacks[-1]:
                return replace(style, parts=parts)
    nearest = min(lacks, key=len)
    raise InputError(
        f"{path} has no column {nearest[0]!r}; expected class_name, and <landmark>_x, "
        "<landmark>_y … of the 17 keypoints or the 33 landmarks, as vitruvian train writes them"
    )


def _table(
    path: Path, lines: Iterator[list[str]], header: Sequence[str], style: Style
) -> tuple[PoseTable, list[tuple[str, str]]]:
    place = {name.strip().lower(): i for i, name in enumerate(header)}
    names = style.skeleton.landmarks
    wanted = [place[f"{name}_{part}"] for name in names for part in style.parts]
    rows, files, labels = [], [], []
    left_out: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 2):
        if not line:
            continue
        name = f"line {number}"
        try:
            name = line[place["file_name"]] if "file_name" in place else name
            label = line[place["class_name"]].strip()
            values = np.array([float(line[i]) for i in wanted], np.float32)
        except (ValueError, IndexError):
            values, label = np.full(1, np.nan, np.float32), ""
        if not np.isfinite(values).all():
            left_out.append((name, "a number is missing"))
        elif not label:
            left_out.append((name, "it has no class_name"))
        else:
            row = values.reshape(len(names), -1)
            rows.append(row if row.shape[1] > 2 else np.insert(row, 2, 1, axis=1))
            files.append(name)
            labels.append(label)
    if not rows:
        raise InputError(f"{path} holds no row that can be used")
    classes = tuple(sorted(set(labels)))
    truth = np.array([classes.index(label) for label in labels], np.int64)
    points = {"body" if style.skeleton is BODY else "keypoints": np.stack(rows)}
    return PoseTable(tuple(files), classes, truth, **points), left_out
