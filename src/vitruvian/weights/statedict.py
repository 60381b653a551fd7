"""Read the tensors of a PyTorch state dict, without PyTorch and without unpickling.

Such a file is a pickle, and unpickling runs what the file says. Here the pickle's operations are
interpreted one by one by a machine that knows only those which name, number and arrange
tensors; nothing is imported and nothing is called.
"""

from __future__ import annotations

import io
import math
import pickletools
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.errors import InputError
from vitruvian.weights.tfjs import Array

__all__ = ["read_state_dict"]

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
"""What ``torch.save`` begins its files with, before it wrote zips (PyTorch 1.6)."""
_DTYPES: dict[str, np.dtype[Any]] = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch LongStorage": np.dtype("<i8"),
}
_DICT, _REBUILD = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"


@dataclass(frozen=True, slots=True)
class _Global:
    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]
    length: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]


class _RefusedError(ValueError):
    """The file asks for something that a state dict has no need of."""


def read_state_dict(path: Path) -> dict[str, Array]:
    """The tensors of a file that ``torch.save`` of PyTorch before 1.6 has written.

    Args:
        path: The file.

    Returns:
        Arrays by name, float32 and int64.

    Raises:
        InputError: The file cannot be read, or is anything else than a state dict.
    """
    try:
        file = io.BytesIO(path.read_bytes())
        if _loaded(file) != _MAGIC or _loaded(file) != _PROTOCOL:
            raise _RefusedError("it does not begin as one")
        if _loaded(file).get("little_endian") is not True:
            raise _RefusedError("its numbers are big-endian")
        tensors, keys = _loaded(file), _loaded(file)
        return _filled(tensors, _storages(file, tensors, keys))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (
        *(ValueError, LookupError, TypeError, AttributeError),
        *(struct.error, RecursionError, OverflowError, MemoryError),
    ) as error:
        raise InputError(f"{path} is not a PyTorch state dict: {error}") from error


def _storages(file: io.BytesIO, tensors: Any, keys: Any) -> dict[str, Array]:
    """The numbers behind the tensors: for every key a count and as many values."""
    wanted = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    found = {}
    for key in keys:
        storage = wanted[_checked(key, str)]
        (length,) = struct.unpack("<q", file.read(8))
        data = file.read(storage.length * storage.dtype.itemsize)
        if length != storage.length or len(data) != length * storage.dtype.itemsize:
            raise _RefusedError("it ends early")
        found[key] = np.frombuffer(data, storage.dtype)
    return found


def _filled(tensors: dict[str, _Tensor], storages: dict[str, Array]) -> dict[str, Array]:
    arrays = {}
    if sum(math.prod(t.shape) for t in tensors.values()) > sum(map(len, storages.values())):
        raise _RefusedError("its tensors hold more than it does")
    for name, tensor in tensors.items():
        stop = tensor.offset + math.prod(tensor.shape)
        values = storages[tensor.storage.key]
        if stop > len(values):
            raise _RefusedError(f"{name} reaches beyond its storage")
        arrays[name] = values[tensor.offset : stop].reshape(tensor.shape).copy()
    return arrays


def _loaded(file: io.BytesIO) -> Any:
    """What one pickle of the file describes."""
    stack: list[Any] = []
    machine = _Machine(stack)
    with warnings.catch_warnings():
        # Damaged strings may hold escapes that Python will refuse one day.
        warnings.simplefilter("ignore", DeprecationWarning)
        for opcode, argument, _ in pickletools.genops(file):
            if opcode.name == "STOP":
                break
            machine.step(opcode.name, argument)
    return stack.pop()


class _Machine:
    """A pickle machine without imports or calls."""

    def __init__(self, stack: list[Any]) -> None:
        self._stack = stack
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in _CONSTANTS:
            stack.append(_CONSTANTS[name]())
        elif name in ("BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE"):
            stack.append(argument)
        elif name == "MARK":
            self._marks.append(len(stack))
        elif name in ("BINPUT", "LONG_BINPUT"):
            self._memo[argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(self._memo[argument])
        elif name in ("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"):
            count = len(stack) - self._marks.pop() if name == "TUPLE" else int(name[-1])
            stack.append(tuple(self._popped(count)))
        elif name in ("APPEND", "APPENDS"):
            items = self._popped(len(stack) - self._marks.pop() if name == "APPENDS" else 1)
            _checked(stack[-1], list).extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = self._popped(len(stack) - self._marks.pop() if name == "SETITEMS" else 2)
            # Of text only: the hash of tuples within tuples has no end to its depth.
            names = [_checked(key, str) for key in items[::2]]
            _checked(stack[-1], dict).update(zip(names, items[1::2], strict=True))
        elif name == "GLOBAL":
            stack.append(_allowed(argument))
        elif name == "BINPERSID":
            stack.append(_storage(stack.pop()))
        elif name == "REDUCE":
            called, given = self._popped(2)
            stack.append(_made(called, given))
        elif name == "BUILD":
            # Notes on versions, which PyTorch hangs on the dictionary; nobody needs them here.
            stack.pop()
        elif name != "PROTO":
            raise _RefusedError(f"it holds the operation {name}")

    def _popped(self, count: int) -> list[Any]:
        if not 0 <= count <= len(self._stack):
            raise _RefusedError("it takes more than it has")
        start = len(self._stack) - count
        items = self._stack[start:]
        del self._stack[start:]
        return items


_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
}


def _checked(value: Any, kind: type[Any]) -> Any:
    if type(value) is not kind:
        raise _RefusedError(f"it has a {type(value).__name__} in place of a {kind.__name__}")
    return value


def _allowed(name: str) -> _Global:
    if name not in (_DICT, _REBUILD, *_DTYPES):
        raise _RefusedError(f"it names {name.replace(' ', '.')}")
    return _Global(name)


def _storage(what: Any) -> _Storage:
    kind, dtype, key, _, length, view = _checked(what, tuple)
    if (
        kind != "storage"
        or not isinstance(dtype, _Global)
        or dtype.name not in _DTYPES
        or view is not None
    ):
        raise _RefusedError("it holds something else than storages")
    if not isinstance(key, str) or not isinstance(length, int) or length < 0:
        raise _RefusedError("a storage has no length")
    return _Storage(key, _DTYPES[dtype.name], length)


def _made(called: Any, given: Any) -> Any:
    if called == _Global(_DICT) and given == ():
        return {}
    if called != _Global(_REBUILD):
        raise _RefusedError("it calls something")
    storage, offset, shape, strides, *_ = given
    sizes = (offset, *shape, *strides)
    if not isinstance(storage, _Storage) or any(type(n) is not int or n < 0 for n in sizes):
        raise _RefusedError("a tensor is not described by whole numbers")
    plain = tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
    if len(strides) != len(shape) or any(
        n > 1 and ours != theirs for n, ours, theirs in zip(shape, strides, plain, strict=True)
    ):
        raise _RefusedError("a tensor's values do not lie one after the other")
    return _Tensor(storage, offset, tuple(shape))
