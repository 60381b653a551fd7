"""TFLite metadata: what a model takes and gives, and its labels, inside the file itself.

A model names a buffer ``TFLITE_METADATA``, which holds the ``ModelMetadata`` table of
``metadata_schema.fbs`` (https://github.com/tensorflow/tflite-support, Apache-2.0); the files that
the table names lie in a zip archive at the end of the model, so that `zipfile` opens it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flatbuffers

__all__ = ["LABELS", "MODEL_CARD", "TensorNote", "appended", "described"]

LABELS = "labels.txt"
"""The associated file with one label a line, in the order of the output."""
MODEL_CARD = "vitruvian.json"
"""The associated file with everything else there is to know."""

_IDENTIFIER = b"M001"
_AXIS_LABELS = 2  # AssociatedFileType.TENSOR_AXIS_LABELS
_FEATURES = 1  # ContentProperties.FeatureProperties
_A_DATE = (1980, 1, 1, 0, 0, 0)
"""The same bytes whenever they are written: the earliest time that a zip can hold."""


@dataclass(frozen=True, slots=True)
class TensorNote:
    """What is told of an input or output.

    Args:
        name: What it is called.
        description: What it holds, and in which units.
        labels: Whether ``labels.txt`` names its places.
    """

    name: str
    description: str
    labels: bool = False


class _Table:
    """A table of the schema: what stands in which of its slots."""

    def __init__(self, builder: flatbuffers.Builder, slots: int) -> None:
        self._builder, self._slots = builder, slots
        self._offsets: dict[int, int] = {}
        self._bytes: dict[int, int] = {}

    def text(self, slot: int, value: str) -> _Table:
        self._offsets[slot] = self._builder.CreateString(value)
        return self

    def many(self, slot: int, tables: Sequence[int]) -> _Table:
        self._builder.StartVector(4, len(tables), 4)
        for offset in reversed(tables):
            self._builder.PrependUOffsetTRelative(offset)
        self._offsets[slot] = self._builder.EndVector()
        return self

    def one(self, slot: int, table: int) -> _Table:
        self._offsets[slot] = table
        return self

    def number(self, slot: int, value: int) -> _Table:
        self._bytes[slot] = value
        return self

    def end(self) -> int:
        self._builder.StartObject(self._slots)
        for slot, offset in self._offsets.items():
            self._builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
        for slot, value in self._bytes.items():
            self._builder.PrependUint8Slot(slot, value, 0)
        return int(self._builder.EndObject())


def described(
    name: str, description: str, sources: Sequence[TensorNote], results: Sequence[TensorNote]
) -> bytes:
    """The ``ModelMetadata`` table of a model, with a note for every input and output."""
    builder = flatbuffers.Builder(1024)
    graph = _Table(builder, 9).text(0, name)
    graph.many(2, [_tensor(builder, note) for note in sources])
    graph.many(3, [_tensor(builder, note) for note in results])
    subgraph = graph.end()
    card = _Table(builder, 5).text(0, MODEL_CARD)
    files = [card.text(1, "Settings, threshold and how good it was when held back.").end()]
    model = _Table(builder, 8).text(0, name).text(1, description)
    model.many(3, [subgraph]).text(4, "Vitruvian").many(6, files).text(7, "1.0.0")
    builder.Finish(model.end(), _IDENTIFIER)
    return bytes(builder.Output())


def _tensor(builder: flatbuffers.Builder, note: TensorNote) -> int:
    kind = _Table(builder, 0).end()
    content = _Table(builder, 3).number(0, _FEATURES).one(1, kind).end()
    table = _Table(builder, 7).text(0, note.name).text(1, note.description).one(3, content)
    if note.labels:
        labels = _Table(builder, 5).text(0, LABELS).number(2, _AXIS_LABELS)
        table.many(6, [labels.text(1, "One label a line, in the order of the output.").end()])
    return table.end()


def appended(model: bytes, files: Mapping[str, str]) -> bytes:
    """A model with associated files in a zip archive at its end; always the same bytes."""
    whole = io.BytesIO(model)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _A_DATE), text.encode())
    return whole.getvalue()
