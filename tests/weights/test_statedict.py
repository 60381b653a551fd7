"""Files of PyTorch's are read as what they should be, and never do what they say."""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
import types
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitruvian.errors import InputError
from vitruvian.weights.statedict import read_state_dict

MAGIC = 0x1950A86A20F9469CFC6C
SYSTEM = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}


class Tensor:
    """What PyTorch would pickle: a view of a storage."""

    def __init__(self, key, values, shape, strides=None, offset=0, length=None):
        self.key, self.values, self.shape, self.offset = key, values, shape, offset
        self.strides = strides
        self.length = len(values) if length is None else length
        if strides is None:
            self.strides = tuple(int(np.prod(shape[i + 1 :])) for i in range(len(shape)))


@pytest.fixture(scope="module")
def torch():
    """The names that a state dict refers to, without PyTorch."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    class FloatStorage: ...

    class LongStorage: ...

    def _rebuild_tensor_v2(): ...

    for made, home in ((FloatStorage, torch), (LongStorage, torch), (_rebuild_tensor_v2, utils)):
        made.__module__, made.__qualname__ = home.__name__, made.__name__
        setattr(home, made.__name__, made)
    torch._utils = utils
    kept = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules.update({"torch": torch, "torch._utils": utils})
    yield torch
    for name, module in kept.items():
        if module is None:
            del sys.modules[name]
        else:
            sys.modules[name] = module


@pytest.fixture(scope="module")
def written(torch):
    """Makes the bytes that ``torch.save`` of old would write."""

    def bytes_of(content, storages=None):
        file = io.BytesIO()

        class Pickler(pickle.Pickler):
            def persistent_id(self, thing):
                if not (isinstance(thing, tuple) and thing and thing[0] == "storage"):
                    return None
                return thing

            def reducer_override(self, thing):
                if not isinstance(thing, Tensor):
                    return NotImplemented
                kind = torch.LongStorage if thing.values.dtype == "i8" else torch.FloatStorage
                storage = ("storage", kind, thing.key, "cpu", thing.length, None)
                view = (storage, thing.offset, thing.shape, thing.strides, False, OrderedDict())
                return torch._utils._rebuild_tensor_v2, view

        for part in (MAGIC, 1001, SYSTEM):
            pickle.dump(part, file, protocol=2)
        Pickler(file, protocol=2).dump(content)
        if storages is None:
            storages = {tensor.key: tensor.values for tensor in content.values()}
        pickle.dump(list(storages), file, protocol=2)
        for values in storages.values():
            file.write(struct.pack("<q", len(values)) + values.tobytes())
        return file.getvalue()

    return bytes_of


@pytest.fixture
def read(tmp_path):
    def from_bytes(data):
        path = tmp_path / "weights.pt"
        path.write_bytes(data)
        return read_state_dict(path)

    return from_bytes


def floats(count):
    return np.arange(count, dtype=np.float32)


def test_tensors_come_as_they_were(written, read):
    content = OrderedDict(
        weight=Tensor("1", floats(24), (2, 3, 4)),
        count=Tensor("2", np.array([7]), ()),
        part=Tensor("3", floats(10), (3,), offset=4),
    )
    content._metadata = OrderedDict(version=1)
    tensors = read(written(content))
    assert list(tensors) == ["weight", "count", "part"]
    np.testing.assert_array_equal(tensors["weight"], floats(24).reshape(2, 3, 4))
    assert tensors["count"].shape == ()
    assert tensors["count"] == 7
    np.testing.assert_array_equal(tensors["part"], [4, 5, 6])


class Evil:
    """Runs something when it is unpickled."""

    def __init__(self, called, *arguments):
        self.called, self.arguments = called, arguments

    def __reduce__(self):
        return self.called, self.arguments


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("where", [0, 1, 2, 3, 4])
def test_nothing_is_ever_run(written, read, tmp_path, protocol, where):
    mark = tmp_path / "was-here"
    evil = pickle.dumps(Evil(os.mkdir, str(mark)), protocol)
    parts = [pickle.dumps(part, 2) for part in (MAGIC, 1001, SYSTEM, OrderedDict(), [])]
    parts[where] = evil
    with pytest.raises(InputError, match="not a PyTorch state dict"):
        read(b"".join(parts))
    assert not mark.exists()
    pickle.loads(evil)
    assert mark.exists()


@pytest.mark.parametrize(
    "name", ["os system", "builtins eval", "torch._utils _rebuild_tensor", "collections deque"]
)
def test_names_of_anything_else_are_refused(written, read, name):
    module, _, thing = name.partition(" ")
    evil = f"\x80\x02c{module}\n{thing}\n.".encode("latin-1")
    head = b"".join(pickle.dumps(part, 2) for part in (MAGIC, 1001, SYSTEM))
    with pytest.raises(InputError, match=f"it names {module}.{thing}"):
        read(head + evil)


@pytest.mark.parametrize(
    "tensor",
    [
        Tensor("1", floats(6), (2, 4)),
        Tensor("1", floats(6), (2, 3), offset=1),
        Tensor("1", floats(6), (2, 3), strides=(1, 2)),
        Tensor("1", floats(6), (2, 3), strides=(3,)),
        Tensor("1", floats(6), (-2, -3), strides=(-3, 1)),
        Tensor("1", floats(6), (2**62, 4), strides=(4, 1)),
        Tensor("1", floats(6), (6,), length=2**70),
        Tensor("1", floats(6), (6,), length=-1),
        Tensor("1", floats(6), (6,), length=5),
        Tensor("1", floats(6), ("6",), strides=(1,)),
    ],
)
def test_tensors_that_do_not_fit_their_numbers_are_refused(written, read, tensor):
    good = Tensor("1", floats(6), (2, 3))
    assert read(written(OrderedDict(weight=good), {"1": floats(6)}))["weight"].shape == (2, 3)
    with pytest.raises(InputError, match="not a PyTorch state dict"):
        read(written(OrderedDict(weight=tensor), {"1": floats(6)}))


def test_one_storage_does_not_become_many_tensors(written, read):
    shared = {f"weight{i}": Tensor("1", floats(1000), (1000,)) for i in range(50)}
    with pytest.raises(InputError, match="hold more than it does"):
        read(written(shared, {"1": floats(1000)}))


def test_depth_is_no_way_to_break_it(read):
    head = b"".join(pickle.dumps(part, 2) for part in (MAGIC, 1001, SYSTEM))
    deep = b"N" + b"\x85" * 100_000
    for evil in (b"\x80\x02}" + deep + b"Ns.", b"\x80\x02}.\x80\x02](" + deep + b"e."):
        with pytest.raises(InputError, match="not a PyTorch state dict"):
            read(head + evil)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"text", b"\x80\x02}.", b"\x80\x02\x8a"])
def test_other_files_are_one_clear_line(read, data):
    with pytest.raises(InputError, match="not a PyTorch state dict"):
        read(data)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_state_dict(tmp_path / "none.pt")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_gives_tensors_or_an_input_error(written, read, data):
    content = OrderedDict(weight=Tensor("1", floats(6), (2, 3)), bias=Tensor("2", floats(2), (2,)))
    good = bytearray(written(content))
    for _ in range(data.draw(st.integers(1, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    try:
        tensors = read(bytes(good[: cut or None]))
    except InputError:
        return
    assert all(isinstance(array, np.ndarray) for array in tensors.values())
