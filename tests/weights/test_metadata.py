from __future__ import annotations

import struct

import flatbuffers
import numpy as np
import pytest

from vitruvian.errors import InputError
from vitruvian.weights.metadata import normalisation
from vitruvian.weights.tflite import ModelWriter, packed, read, schema


def floats(builder, values):
    builder.StartVector(4, len(values), 4)
    for value in reversed(values):
        builder.PrependFloat32(value)
    return builder.EndVector()


def listed(builder, table):
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(table)
    return builder.EndVector()


def table(builder, fields, size, kind=None):
    """A table with offsets in some fields; ``kind`` goes into the first as a byte."""
    builder.StartObject(size)
    if kind is not None:
        builder.PrependUint8Slot(0, kind, 0)
    for field, offset in fields.items():
        builder.PrependUOffsetTRelativeSlot(field, offset, 0)
    return builder.EndObject()


def metadata(mean, deviation, kind=1):
    """As MediaPipe's tools write it: model, subgraph, tensor, process unit, options."""
    builder = flatbuffers.Builder(0)
    options = table(builder, {0: floats(builder, mean), 1: floats(builder, deviation)}, 2)
    unit = table(builder, {1: options}, 2, kind)
    tensor = table(builder, {4: listed(builder, unit)}, 7)
    graph = table(builder, {2: listed(builder, tensor)}, 9)
    builder.Finish(table(builder, {3: listed(builder, graph)}, 8), b"M001")
    return bytes(builder.Output())


@pytest.fixture
def model(tmp_path):
    """Writes a small model with some metadata."""

    def write(data=None):
        writer = ModelWriter("mean of a picture")
        image = writer.tensor("image", (1, 4, 4, 3), np.float32)
        axes = writer.constant("axes", np.array([1, 2], np.int32))
        vector = writer.tensor("vector", (1, 3), np.float32)
        writer.operator("MEAN", [image, axes], [vector], "ReducerOptions", keepDims=False)
        path = tmp_path / "mine.tflite"
        path.write_bytes(writer.finish([image], [vector]))
        if data is None:
            return path
        made = read(path)
        buffer, entry = schema.BufferT(), schema.MetadataT()
        buffer.data = np.frombuffer(data, np.uint8)
        made.buffers.append(buffer)
        entry.name, entry.buffer = "TFLITE_METADATA", len(made.buffers) - 1
        made.metadata = [entry]
        path.write_bytes(packed(made))
        return path

    return write


@pytest.mark.parametrize(
    ("mean", "deviation"), [([127.5], [127.5]), ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])]
)
def test_mean_and_deviation_are_read(model, mean, deviation):
    found = normalisation(model(metadata(mean, deviation)))
    assert found is not None
    assert found[0].tolist() == mean
    assert found[1].tolist() == deviation


def test_a_model_without_metadata_says_nothing(model):
    assert normalisation(model()) is None


def test_other_process_units_say_nothing(model):
    assert normalisation(model(metadata([0.0], [255.0], kind=3))) is None


@pytest.mark.parametrize(("mean", "deviation"), [([], []), ([0.0], [0.0]), ([0.0, 1.0], [1.0])])
def test_numbers_that_cannot_be_meant_are_refused(model, mean, deviation):
    with pytest.raises(InputError, match="asks for the mean"):
        normalisation(model(metadata(mean, deviation)))


@pytest.mark.parametrize("at", range(0, 120, 4))
def test_damage_is_an_input_error_or_other_numbers(model, at):
    data = bytearray(metadata([127.5], [127.5]))
    data[at : at + 4] = struct.pack("<I", 0x7FFFFFF0)
    try:
        found = normalisation(model(bytes(data)))
    except InputError:
        return
    assert found is None or len(found[0]) == 1


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "mine.tflite"
    path.write_bytes(b"text")
    with pytest.raises(InputError, match="not a TFLite model"):
        normalisation(path)
