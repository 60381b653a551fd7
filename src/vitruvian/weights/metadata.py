"""What a TFLite model says about its input: the metadata that MediaPipe's tools write."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from flatbuffers import encode, number_types, packer
from flatbuffers.table import Table

from vitruvian.errors import InputError
from vitruvian.weights.tflite import read

__all__ = ["normalisation"]

_NAME = b"TFLITE_METADATA"
_SUBGRAPHS, _INPUTS, _PROCESS_UNITS, _OPTIONS = 3, 2, 4, 1
"""Positions of the fields on the way from the root to the options (``metadata_schema.fbs``)."""
_NORMALISATION = 1
"""The kind of options that hold a mean and a deviation."""
_MEAN, _DEVIATION = 0, 1


def normalisation(path: Path) -> tuple[Any, Any] | None:
    """Mean and deviation of a model's first input, for pixels in 0..255.

    Args:
        path: A ``.tflite`` file.

    Returns:
        Two float32 arrays of one value or one per channel, or None where the model says nothing.

    Raises:
        InputError: The file is not a TFLite model, or its metadata are damaged.
    """
    model = read(path)
    buffers = [model.buffers[m.buffer] for m in model.metadata or () if m.name == _NAME]
    if not buffers or buffers[0].data is None:
        return None
    data = bytearray(bytes(buffers[0].data))
    try:
        units = _way(_root(data), _SUBGRAPHS, _INPUTS, _PROCESS_UNITS)
        found = next((unit for unit in units if _kind(unit) == _NORMALISATION), None)
        if found is None:
            return None
        options = Table(data, found.Indirect(found.Pos + _offset(found, _OPTIONS)))
        mean, deviation = (_floats(options, field) for field in (_MEAN, _DEVIATION))
    except (struct.error, IndexError, ValueError, TypeError, OverflowError) as error:
        raise InputError(f"the metadata of {path} are damaged: {error}") from error
    if not len(mean) or len(mean) != len(deviation) or not (deviation > 0).all():
        raise InputError(f"{path} asks for the mean {mean} and the deviation {deviation}")
    return mean, deviation


def _root(data: bytearray) -> Table:
    return Table(data, encode.Get(packer.uoffset, data, 0))


def _way(table: Table, *fields: int) -> list[Table]:
    """The tables of the last field, going through the first table of each before it."""
    tables = [table]
    for field in fields:
        if not tables:
            return []
        tables = _tables(tables[0], field)
    return tables


def _offset(table: Table, field: int) -> int:
    """Where a field is in its table; 0 where it is not given."""
    return int(table.Offset(4 + 2 * field))


def _tables(table: Table, field: int) -> list[Table]:
    offset = _offset(table, field)
    if not offset:
        return []
    start, count = table.Vector(offset), table.VectorLen(offset)
    if count * number_types.UOffsetTFlags.bytewidth > len(table.Bytes):
        raise ValueError("a list is longer than the file")
    return [Table(table.Bytes, table.Indirect(start + 4 * i)) for i in range(count)]


def _kind(unit: Table) -> int:
    offset = _offset(unit, 0)
    return int(unit.Get(number_types.Uint8Flags, unit.Pos + offset)) if offset else 0


def _floats(table: Table, field: int) -> Any:
    offset = _offset(table, field)
    if not offset:
        return np.zeros(0, np.float32)
    return np.array(table.GetVectorAsNumpy(number_types.Float32Flags, offset), np.float32)
