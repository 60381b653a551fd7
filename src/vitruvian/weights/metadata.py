"""What a ``.tflite`` says about itself: MediaPipe's metadata, as far as pictures need it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers.number_types as numbers
import numpy as np
from flatbuffers.table import Table

from vitruvian.errors import InputError
from vitruvian.types import Floats
from vitruvian.weights.tflite import read

__all__ = ["Metadata", "read_metadata"]

_NAME = "TFLITE_METADATA"
_SEGMENTER = "SEGMENTER_METADATA"
_ACTIVATIONS = ("none", "sigmoid", "softmax")
_NORMALIZATION = 1
# Fields of the tables of metadata_schema.fbs and image_segmenter_metadata_schema.fbs, in order.
_SUBGRAPHS, _INPUTS, _CUSTOM, _UNITS = 3, 2, 9, 4
_KIND, _OPTIONS = 0, 1
_MEAN, _STD = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Metadata:
    """How a model takes pictures and what its mask means; None where it does not say.

    Args:
        mean: What is taken from values 0..255: one number, or one a channel.
        std: What they are divided by then.
        activation: ``"none"``, ``"sigmoid"`` or ``"softmax"``: what is still to be done.
    """

    mean: Floats | None = None
    std: Floats | None = None
    activation: str | None = None


def read_metadata(path: Path) -> Metadata:
    """The metadata of a model; all None where it has none.

    Args:
        path: A ``.tflite`` file.

    Raises:
        InputError: The file is not a TFLite model, or its metadata is damaged or asks for what
            cannot be meant.
    """
    model = read(path)
    for entry in model.metadata or ():
        name = entry.name.decode() if isinstance(entry.name, bytes) else entry.name
        if name == _NAME:
            try:
                return _checked(_parse(bytes(model.buffers[entry.buffer].data)), path)
            except (IndexError, ValueError, TypeError, OverflowError, struct.error) as error:
                raise InputError(f"{path} has damaged metadata: {error}") from error
    return Metadata()


def _checked(about: Metadata, path: Path) -> Metadata:
    mean, std = about.mean, about.std
    if mean is None and std is None:
        return about
    if mean is None or std is None or mean.size != std.size or not (mean.size and (std > 0).all()):
        raise InputError(f"{path} asks for the mean {mean} and the deviation {std}")
    return about


def _parse(data: bytes) -> Metadata:
    model = _root(data)
    graph = next(iter(_tables(model, _SUBGRAPHS)), None)
    if graph is None:
        return Metadata()
    mean = std = None
    for picture in _tables(graph, _INPUTS)[:1]:
        for unit in _tables(picture, _UNITS):
            if _byte(unit, _KIND) == _NORMALIZATION:
                options = _table(unit, _OPTIONS)
                mean, std = (_floats(options, field) for field in (_MEAN, _STD))
    activation = None
    for custom in _tables(graph, _CUSTOM):
        if _text(custom, 0) == _SEGMENTER:
            activation = _ACTIVATIONS[_byte(_root(_bytes(custom, 1)), 0)]
    return Metadata(mean, std, activation)


def _root(data: bytes) -> Any:
    (start,) = struct.unpack_from("<I", data)
    return Table(bytearray(data), start)


def _place(table: Any, field: int) -> int:
    """Where a field lies, 0 where it is left out."""
    offset = table.Offset(4 + 2 * field)
    return table.Pos + offset if offset else 0


def _table(table: Any, field: int) -> Any:
    place = _place(table, field)
    return Table(table.Bytes, table.Indirect(place)) if place else None


def _tables(table: Any, field: int) -> list[Any]:
    place = _place(table, field)
    if not place:
        return []
    first, count = table.Vector(place - table.Pos), table.VectorLen(place - table.Pos)
    if 4 * count > len(table.Bytes):
        raise ValueError("a list is longer than the file")
    return [Table(table.Bytes, table.Indirect(first + 4 * i)) for i in range(count)]


def _byte(table: Any, field: int) -> int:
    place = _place(table, field)
    return int(table.Get(numbers.Uint8Flags, place)) if place else 0


def _bytes(table: Any, field: int) -> bytes:
    place = _place(table, field)
    if not place:
        raise ValueError("an empty entry")
    first, count = table.Vector(place - table.Pos), table.VectorLen(place - table.Pos)
    return bytes(table.Bytes[first : first + count])


def _text(table: Any, field: int) -> str:
    return _bytes(table, field).decode() if _place(table, field) else ""


def _floats(table: Any, field: int) -> Floats | None:
    place = 0 if table is None else _place(table, field)
    if not place:
        return None
    first, count = table.Vector(place - table.Pos), table.VectorLen(place - table.Pos)
    return np.frombuffer(bytes(table.Bytes[first : first + 4 * count]), "<f4").astype(np.float32)
