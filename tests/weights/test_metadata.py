"""What a model's metadata says, from files made here as MediaPipe's writer lays them out."""

from __future__ import annotations

import struct

import flatbuffers
import numpy as np
import pytest

from vitruvian import InputError
from vitruvian.weights.metadata import read_metadata
from vitruvian.weights.tflite import ModelWriter, packed, read, schema


def vector(builder, offsets):
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def table(builder, fields, count=10):
    """A table whose fields are offsets to what was built before, or bytes."""
    builder.StartObject(count)
    for slot, (kind, value) in fields.items():
        if kind == "byte":
            builder.PrependUint8Slot(slot, value, 0)
        else:
            builder.PrependUOffsetTRelativeSlot(slot, value, 0)
    return builder.EndObject()


def metadata(mean=None, std=None, activation=None, kind=1):
    builder = flatbuffers.Builder(0)
    subgraph = {}
    if mean is not None:
        values = {0: np.float32(mean), 1: np.float32(std)}
        options = table(
            builder, {i: ("offset", builder.CreateNumpyVector(v)) for i, v in values.items()}
        )
        unit = table(builder, {0: ("byte", kind), 1: ("offset", options)})
        picture = table(builder, {4: ("offset", vector(builder, [unit]))})
        subgraph[2] = ("offset", vector(builder, [picture]))
    if activation is not None:
        inner = flatbuffers.Builder(0)
        inner.Finish(table(inner, {0: ("byte", activation)}))
        name = builder.CreateString("SEGMENTER_METADATA")
        data = builder.CreateByteVector(bytes(inner.Output()))
        custom = table(builder, {0: ("offset", name), 1: ("offset", data)})
        subgraph[9] = ("offset", vector(builder, [custom]))
    graphs = vector(builder, [table(builder, subgraph)])
    builder.Finish(table(builder, {3: ("offset", graphs)}), b"M001")
    return bytes(builder.Output())


@pytest.fixture
def make(tmp_path):
    def write(data):
        writer = ModelWriter("same")
        taken = writer.tensor("in", (1, 4), np.float32)
        given = writer.tensor("out", (1, 4), np.float32)
        writer.operator("LOGISTIC", [taken], [given])
        path = tmp_path / "model.tflite"
        path.write_bytes(writer.finish([taken], [given]))
        if data is not None:
            model = read(path)
            buffer, entry = schema.BufferT(), schema.MetadataT()
            buffer.data = np.frombuffer(data, np.uint8)
            model.buffers.append(buffer)
            entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
            model.metadata = [entry]
            path.write_bytes(packed(model))
        return path

    return write


def test_a_model_without_metadata_says_nothing(make):
    said = read_metadata(make(None))
    assert (said.mean, said.std, said.activation) == (None, None, None)


@pytest.mark.parametrize(("code", "name"), [(0, "none"), (1, "sigmoid"), (2, "softmax")])
def test_normalization_and_activation(make, code, name):
    said = read_metadata(make(metadata([127.5], [127.5], code)))
    assert said.mean.tolist() == said.std.tolist() == [127.5]
    assert said.activation == name


def test_one_number_a_channel_and_no_activation(make):
    said = read_metadata(make(metadata([1, 2, 3, 0], [4, 5, 6, 1])))
    assert said.mean.tolist() == [1, 2, 3, 0]
    assert said.std.tolist() == [4, 5, 6, 1]
    assert said.activation is None


@pytest.mark.parametrize("data", [b"\x01\x02", b"\xff" * 40, metadata([1.0], [1.0], 7)])
def test_damaged_metadata_is_refused(make, data):
    with pytest.raises(InputError, match="damaged metadata"):
        read_metadata(make(data))


def test_other_process_units_say_nothing(make):
    assert read_metadata(make(metadata([0.0], [255.0], kind=3))).mean is None


@pytest.mark.parametrize(("mean", "std"), [([], []), ([0.0], [0.0]), ([0.0, 1.0], [1.0])])
def test_numbers_that_cannot_be_meant_are_refused(make, mean, std):
    with pytest.raises(InputError, match="asks for the mean"):
        read_metadata(make(metadata(mean, std)))


@pytest.mark.parametrize("at", range(0, 120, 4))
def test_damage_is_an_input_error_or_other_numbers(make, at):
    data = bytearray(metadata([127.5], [127.5]))
    data[at : at + 4] = struct.pack("<I", 0x7FFFFFF0)
    try:
        said = read_metadata(make(bytes(data)))
    except InputError:
        return
    assert said.mean is None or len(said.mean) == 1


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "mine.tflite"
    path.write_bytes(b"text")
    with pytest.raises(InputError, match="not a TFLite model"):
        read_metadata(path)
