"""A small table as CSV or Parquet, written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.errors import InputError, MissingExtraError
from vitruvian.sink.place import Place, disk_errors

__all__ = ["require_pyarrow", "write_bytes", "write_table"]


def write_table(path: Path, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> Path:
    """Write columns of one length; a missing number is empty (CSV) or null (Parquet).

    Args:
        path: Ends with ``.csv`` or ``.parquet``; what lies there is replaced when all is written.
        columns: Name and values; floats are written with six digits.

    Returns:
        The path.

    Raises:
        InputError: Another ending, or columns of different lengths.
        MissingExtraError: pyarrow is not installed.
        SinkError: The file cannot be written.
    """
    if len({len(values) for values in columns.values()}) > 1:
        raise InputError("the columns of a table must have one length")
    writers = {".csv": _csv, ".parquet": _parquet}
    if path.suffix not in writers:
        raise InputError(f"a table is .csv or .parquet, not {path.suffix or path.name}")
    return write_bytes(path, writers[path.suffix](columns))


def write_bytes(path: Path, data: bytes) -> Path:
    """Write a small file; what lies there is replaced when all is written.

    Raises:
        SinkError: The file cannot be written.
    """
    place = Place(path)
    with disk_errors(path):
        try:
            place.path.write_bytes(data)
        except OSError:
            place.settle(complete=False, empty=True)
            raise
    place.settle(complete=True, empty=False)
    return path


def _csv(columns: Mapping[str, Any]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(map(_cell, values) for values in columns.values()), strict=True))
    return text.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return f"{value:.6g}" if np.isfinite(value) else ""
    return "" if value is None else value


def require_pyarrow() -> Any:
    """The package that writes Parquet; asked for before anything takes long.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError(
            "a parquet file needs pyarrow; type: pip install 'vitruvian[parquet]'"
        ) from error
    return pyarrow


def _parquet(columns: Mapping[str, Any]) -> bytes:
    pyarrow = require_pyarrow()
    arrays = {
        name: pyarrow.array(values, from_pandas=True) if len(values) else pyarrow.array([])
        for name, values in columns.items()
    }
    out = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table(arrays), out)
    data: bytes = out.getvalue().to_pybytes()
    return data
