"""What is kept of a film: a `Clip` has everybody's numbers over time, and no pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError
from vitruvian.skeletons import Skeleton
from vitruvian.types import (
    LANDMARK_COLUMNS,
    Bools,
    Floats,
    Frame,
    Ints,
    Landmarks,
    People,
    check_shape,
)

__all__ = ["Clip"]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A whole film, or a folder of pictures, with one row per moment and identity.

    Args:
        source: What it was made from.
        size: Width and height of the frames in pixels; None where pictures differ in size.
        times: (T,) float64 seconds.
        indices: (T,) int64, the frame's number in its source.
        ids: (P,) int64.
        boxes: (T, P, 4), NaN where a person is not there.
        scores: (T, P).
        body: `Landmarks` with lead (T, P).
        files: T file names for a folder of pictures, else None.
        names: P texts, who each id is, or None.
        id_scores: (T, P) 0..1, how sure the id is.
        labels: (T, P) texts as objects, what a person does, or None.
        label_scores: (T, P) 0..1.
        left_hand: `Landmarks` with lead (T, P), the person's own left.
        right_hand: Likewise.
        vectors: (T, P, D), what a person looks like.
        root: (T, P, 3) metres to a person's hips, from the camera or in its room: x right, y down,
            z away.
        mirrored: Whether the frames are in a mirror: pixels are as they look, left, right and
            metres as people are.

    Raises:
        InputError: A column has another shape than the others ask for.
    """

    source: str
    size: tuple[int, int] | None
    times: NDArray[np.float64]
    indices: Ints
    ids: Ints
    boxes: Floats
    scores: Floats
    body: Landmarks
    files: tuple[str, ...] | None = None
    names: tuple[str | None, ...] | None = None
    id_scores: Floats | None = None
    labels: NDArray[np.object_] | None = None
    label_scores: Floats | None = None
    left_hand: Landmarks | None = None
    right_hand: Landmarks | None = None
    vectors: Floats | None = None
    root: Floats | None = None
    mirrored: bool = False

    def __post_init__(self) -> None:
        t, p = len(self.times), len(self.ids)
        check_shape("indices", self.indices, (t,))
        check_shape("boxes", self.boxes, (t, p, 4))
        for name in ("scores", "id_scores", "labels", "label_scores"):
            column = getattr(self, name)
            if column is not None:
                check_shape(name, column, (t, p))
        for name in LANDMARK_COLUMNS:
            column = getattr(self, name)
            if column is not None and column.lead != (t, p):
                raise InputError(f"{name} must have lead ({t}, {p}), not {column.lead}")
        if self.vectors is not None and self.vectors.shape[:2] != (t, p):
            raise InputError(f"vectors must be ({t}, {p}, D), not {self.vectors.shape}")
        if self.root is not None:
            check_shape("root", self.root, (t, p, 3))
        for name, count in (("files", t), ("names", p)):
            column = getattr(self, name)
            if column is not None and len(column) != count:
                raise InputError(f"{name} must have {count} entries, not {len(column)}")

    @property
    def present(self) -> Bools:
        """(T, P) whether a person is in the frame."""
        return np.isfinite(self.scores)

    def check_unmirrored(self) -> None:
        """Refuse a clip of a mirror, for whoever lays metres on pixels.

        Raises:
            InputError: The clip is ``mirrored``.
        """
        if self.mirrored:
            raise InputError(
                f"{self.source} was read as a mirror, so that its metres do not lie on its pixels; "
                "read it again without --mirrored"
            )

    def people(self, moment: int) -> People:
        """Everybody who is in one frame, in the order of their ids.

        Args:
            moment: The index of the frame among ``times``.
        """
        here = np.flatnonzero(self.present[moment])
        here = here[np.argsort(self.ids[here], kind="stable")]
        columns = {name: getattr(self, name) for name in _GATHERED}
        taken: dict[str, Any] = {
            name: None if column is None else column[moment, here]
            for name, column in columns.items()
        }
        if taken["labels"] is not None:
            taken["labels"] = tuple(taken["labels"].tolist())
        names = None if self.names is None else tuple(self.names[p] for p in here.tolist())
        return People(**taken, ids=self.ids[here], names=names)

    @classmethod
    def gather(
        cls,
        source: str,
        skeleton: Skeleton,
        moments: Iterable[tuple[Frame, People]],
    ) -> Clip:
        """Collect frames and their people; pixels are let go, numbers stay."""
        frames: list[tuple[float, int, str | None, tuple[int, int]]] = []
        rows: list[People] = []
        for frame, people in moments:
            frames.append((frame.time, frame.index, frame.name, frame.size))
            if people.ids is None:
                people = people.having(ids=np.arange(len(people), dtype=np.int64))
            rows.append(people.having(masks=None))
        return _gathered(source, skeleton, frames, rows)


def _gathered(
    source: str,
    skeleton: Skeleton,
    frames: list[tuple[float, int, str | None, tuple[int, int]]],
    rows: list[People],
) -> Clip:
    files = tuple(name for _, _, name, _ in frames if name is not None)
    sizes = {size for *_, size in frames}
    known = [row.ids for row in rows if row.ids is not None]
    ids = np.unique(np.concatenate([np.zeros(0, np.int64), *known]))
    columns = {name: _gather(name, rows, ids) for name in _GATHERED}
    names: dict[int, str] = {}
    for row in rows:
        if row.ids is not None and row.names is not None:
            names |= {i: name for i, name in zip(row.ids.tolist(), row.names, strict=True) if name}
    lead = (len(rows), len(ids))
    return Clip(
        source,
        sizes.pop() if len(sizes) == 1 else None,
        np.array([time for time, *_ in frames], np.float64),
        np.array([index for _, index, *_ in frames], np.int64),
        ids,
        columns.pop("boxes"),
        columns.pop("scores"),
        columns.pop("body") or Landmarks.missing(skeleton, lead),
        files if files and len(files) == len(frames) else None,
        tuple(names.get(i) for i in ids.tolist()) if names else None,
        **columns,
    )


_GATHERED = (
    "boxes", "scores", "body", "id_scores", "labels", "label_scores", "left_hand",
    "right_hand", "vectors", "root",
)  # fmt: skip


def _gather(name: str, rows: list[People], ids: Ints) -> Any:
    """A column of the clip, lead (T, P), from that column of every frame; None if in none."""
    given = [getattr(row, name) for row in rows]
    sample = next((column for column in given if column is not None), None)
    if sample is None and name not in ("boxes", "scores"):
        return None
    out = _blank(name, sample, (len(rows), len(ids)))
    for t, (row, column) in enumerate(zip(rows, given, strict=True)):
        if column is not None and row.ids is not None:
            _put(out, (t, np.searchsorted(ids, row.ids)), column)
    return out


def _blank(name: str, sample: Any, lead: tuple[int, int]) -> Any:
    if isinstance(sample, Landmarks):
        return Landmarks.missing(sample.skeleton, lead, world=sample.world is not None)
    if isinstance(sample, tuple):
        return np.full(lead, None, object)
    tail = {"boxes": (4,), "scores": ()}.get(name, np.shape(sample)[1:])
    return np.full((*lead, *tail), np.nan, np.float32)


def _put(out: Any, at: tuple[int, Any], column: Any) -> None:
    if not isinstance(column, Landmarks):
        out[at] = column
        return
    for part in ("xy", "z", "visibility", "presence", "world"):
        values = getattr(column, part)
        if values is not None:
            getattr(out, part)[at] = values
