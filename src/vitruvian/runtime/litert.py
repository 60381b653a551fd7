"""Run TFLite models with LiteRT's interpreter and XNNPACK, on the CPU."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from vitruvian.errors import InputError
from vitruvian.runtime.session import Array, Shape, Spec, check_inputs

__all__ = ["LiteRTSession"]

_STDERR = 2
_quieting = threading.Lock()


class LiteRTSession:
    """A TFLite model, loaded and with its memory in place.

    ``run`` lets other threads work, so two sessions in two threads keep two cores busy. Sessions
    of one file share what they read of it.

    Args:
        path: A ``.tflite`` file.
        threads: How many cores one ``run`` may use.
        shape: Of the only input, where it is not to be as the file has it.

    Raises:
        InputError: The file is missing or is not a TFLite model.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, threads: int = 1, shape: Shape | None = None
    ) -> None:
        path = Path(path)
        self._file = _read(path)
        with _quiet():
            self._interpreter = _load(path, self._file.content, threads, shape)
        model = self._interpreter
        self._slots = [detail["index"] for detail in model.get_input_details()]
        self._results = [detail["index"] for detail in model.get_output_details()]
        self._inputs: tuple[Spec, ...] = tuple(
            (tuple(int(n) for n in detail["shape"]), np.dtype(detail["dtype"]))
            for detail in model.get_input_details()
        )

    @property
    def inputs(self) -> tuple[Spec, ...]:
        """Shape and dtype of every input, by position."""
        return self._inputs

    def run(self, *arrays: Array) -> tuple[Array, ...]:
        """Run the model once; the arrays returned belong to the caller.

        Raises:
            InputError: An array has another shape or dtype than ``inputs`` says.
        """
        check_inputs(self._inputs, arrays)
        for slot, array in zip(self._slots, arrays, strict=True):
            self._interpreter.set_tensor(slot, array)
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(slot) for slot in self._results)


class _File:
    """What is in a file.

    LiteRT, given a path, maps the file anew for every session, and each map counts as memory of
    the process: three sessions of full took 13 MB more so, of heavy 53.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content


_files: WeakValueDictionary[tuple[Path, int, int], _File] = WeakValueDictionary()
"""By path, size and time of change, for as long as a session needs them."""


def _read(path: Path) -> _File:
    if not path.is_file():
        raise InputError(f"there is no model at {path}; give a .tflite file")
    try:
        about = path.stat()
        key = (path.resolve(), about.st_size, about.st_mtime_ns)
        file = _files.get(key)
        if file is None:
            file = _files[key] = _File(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if not file.content:
        raise InputError(f"{path} is not a TFLite model that can be run: it is empty")
    return file


def _load(path: Path, content: bytes, threads: int, shape: Shape | None) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    if threads < 1:
        raise InputError(f"threads must be at least 1, not {threads}")
    try:
        interpreter = Interpreter(model_content=content, num_threads=threads)
        if shape is not None:
            interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], shape)
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        given = "" if shape is None else f" with an input of {shape}"
        raise InputError(
            f"{path} is not a TFLite model that can be run{given}: {reason}"
        ) from error
    return interpreter


@contextmanager
def _quiet() -> Iterator[None]:
    """Drop what C++ writes to stderr while a model loads.

    LiteRT announces XNNPACK there, and its Python package has no way to say at which level it
    should log. The descriptor is the whole process's, so one thread at a time may turn it.
    """
    with _quieting:
        try:
            kept = os.dup(_STDERR)
        except OSError:
            # No stderr at all, as under pythonw: nothing to keep quiet.
            yield
            return
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, _STDERR)
            os.close(silence)
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
