"""The landmarks as Parquet: the columns of the CSV, typed."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.errors import InputError, MissingExtraError
from vitruvian.sink.csv import COLUMNS, points_of
from vitruvian.sink.place import Place, disk_errors
from vitruvian.sink.seam import About, Sink
from vitruvian.types import Floats, Frame, People

__all__ = ["ParquetSink"]

_ROWS = 1 << 15
# More than pyarrow's footer takes: the schema, and 17 columns of statistics per row group.
_FOOTER_BYTES = 1 << 14
_GROUP_BYTES = 1 << 13


class ParquetSink(Sink):
    """Writes ``<stem>.parquet``: one row per person and landmark, missing numbers are null.

    A row group goes to the disk every 32,768 rows, after room for it and for the file's
    footer has been taken, so that a full disk still leaves a file that can be closed.

    Args:
        out: The folder.
        about: What the clip is of.

    Raises:
        MissingExtraError: pyarrow is not installed.
        SinkError: The file cannot be written.
    """

    def __init__(self, out: Path, about: About) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise MissingExtraError(
                "--save parquet needs pyarrow; type: pip install 'vitruvian[parquet]'"
            ) from error
        self._pa = pyarrow
        self._schema = _schema(pyarrow)
        self._place = Place(out / f"{about.stem}.parquet")
        self._rows: list[dict[str, Any]] = []
        self._waiting = 0
        self._groups = 0
        self._empty = True
        with disk_errors(self.path):
            self._file = _Reserved(self.path)
            try:
                self._file.reserve(_FOOTER_BYTES)
                self._writer: Any = pyarrow.parquet.ParquetWriter(self._file, self._schema)
            except OSError:
                self._file.finish()
                self._place.settle(complete=False, empty=True)
                raise

    @property
    def path(self) -> Path:
        """The file."""
        return self._place.path

    def write(self, frame: Frame, people: People) -> None:
        """Add one frame."""
        if self._writer is None:
            raise InputError(f"{self.path} is closed; write before close()")
        self._empty = False
        if len(people):
            self._rows.append(_columns(frame, people))
            self._waiting += len(self._rows[-1]["frame"])
        if self._waiting >= _ROWS:
            self._flush()

    def close(self, *, complete: bool = True) -> None:
        """Write what waits and the footer; a second call does nothing."""
        if self._writer is None:
            return
        try:
            if self._rows:
                self._flush()
        except OSError:
            complete = False
            raise
        finally:
            writer, self._writer = self._writer, None
            with disk_errors(self.path):
                writer.close()
                self._file.finish()
            self._place.settle(complete=complete, empty=self._empty)

    def _flush(self) -> None:
        rows, self._rows, self._waiting = self._rows, [], 0
        columns = {name: [row[name] for row in rows] for name in COLUMNS}
        table = self._pa.table(
            [_array(self._pa, columns[field.name], field.type) for field in self._schema],
            schema=self._schema,
        )
        self._groups += 1
        footer = _FOOTER_BYTES + self._groups * _GROUP_BYTES
        with disk_errors(self.path):
            self._file.reserve(table.nbytes + table.nbytes // 8 + footer)
            self._writer.write_table(table)


class _Reserved:
    """A file whose next bytes are zeros that are already on the disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b", buffering=0)
        self._at = 0
        self._end = 0
        self.closed = False

    def reserve(self, size: int) -> None:
        """Take the next ``size`` bytes; on failure everything is as it was."""
        end, zeros = self._end, bytes(1 << 16)
        try:
            self._file.seek(end)
            while self._end < self._at + size:
                done = self._file.write(zeros[: self._at + size - self._end])
                if not done:
                    raise OSError(errno.ENOSPC, "no space left")
                self._end += done
        except OSError:
            self._end = end
            self._file.truncate(end)
            raise

    def write(self, data: Any) -> int:
        self._file.seek(self._at)
        rest = memoryview(data).cast("B")
        size = len(rest)
        while rest:
            rest = rest[self._file.write(rest) or 0 :]
        self._at += size
        self._end = max(self._end, self._at)
        return size

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The writer may call this; `finish` is what closes."""

    def finish(self) -> None:
        """Give back what was reserved, and close."""
        if not self.closed:
            self.closed = True
            self._file.truncate(self._at)
            self._file.close()


def _schema(pa: Any) -> Any:
    kinds = {"frame": pa.int64(), "time": pa.float64(), "id": pa.int64()}
    texts = pa.dictionary(pa.int32(), pa.string())
    kinds |= {"name": texts, "landmark": texts, "person": texts, "label": texts}
    return pa.schema([(name, kinds.get(name, pa.float32())) for name in COLUMNS])


def _array(pa: Any, parts: list[Any], kind: Any) -> Any:
    if pa.types.is_dictionary(kind):
        return pa.array([text for part in parts for text in part], pa.string()).cast(kind)
    values = np.concatenate(parts)
    if values.dtype == object:
        return pa.array(values.tolist(), kind)
    return pa.array(values, kind, from_pandas=True)


def _columns(frame: Frame, people: People) -> dict[str, Any]:
    """The frame's rows, one array or list for each of `COLUMNS`."""
    n = len(people)
    landmarks: tuple[str | None, ...]
    landmarks, table = points_of(people)
    if not landmarks:
        landmarks, table = (None,), np.full((n, 1, 8), np.nan, np.float32)
    k = len(landmarks)
    ids = np.array([None] * n, object) if people.ids is None else people.ids
    name = None if frame.name is None else _text(frame.name)
    rows: dict[str, Any] = {
        "frame": np.full(n * k, frame.index, np.int64),
        "time": np.full(n * k, frame.time, np.float64),
        "name": [name] * (n * k),
        "id": np.repeat(ids, k),
        "score": np.repeat(people.scores, k),
        "landmark": landmarks * n,
        "person": _repeated(people.names, n, k),
        "label": _repeated(people.labels, n, k),
    }
    for column in ("id_score", "label_score"):
        scores: Floats | None = getattr(people, f"{column}s")
        blank = np.full(n, np.nan, np.float32)
        rows[column] = np.repeat(blank if scores is None else scores, k)
    rows |= {COLUMNS[6 + i]: table[..., i].ravel() for i in range(8)}
    rows |= {COLUMNS[14 + i]: np.repeat(people.boxes[:, i], k) for i in range(4)}
    return rows


def _repeated(texts: tuple[str | None, ...] | None, n: int, k: int) -> list[str | None]:
    return [text and _text(text) for text in texts or (None,) * n for _ in range(k)]


def _text(text: str) -> str:
    """A file's name may hold bytes that are no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
