"""Read TFLite models, and write them operator by operator, with ai-edge-litert's schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from vitruvian.errors import InputError
from vitruvian.weights.tfjs import Array

__all__ = ["ModelWriter", "packed", "read", "schema"]

_TYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.float16): schema.TensorType.FLOAT16,
    np.dtype(np.int32): schema.TensorType.INT32,
    np.dtype(np.int8): schema.TensorType.INT8,
    np.dtype(np.uint8): schema.TensorType.UINT8,
    np.dtype(np.bool_): schema.TensorType.BOOL,
}
# TFLite keeps operator codes above this one in a second field; the first then holds this value.
_LAST_SMALL_CODE = 127


class ModelWriter:
    """A model with one subgraph that grows by tensors and operators."""

    def __init__(self, description: str) -> None:
        self._model = schema.ModelT()
        self._model.version = 3
        self._model.description = description
        # Buffer 0 is empty by convention: a tensor that points at it has no constant data.
        self._model.buffers = [schema.BufferT()]
        self._model.operatorCodes = []
        self._codes: dict[int, int] = {}
        self._graph = schema.SubGraphT()
        self._graph.tensors, self._graph.operators = [], []
        self._model.subgraphs = [self._graph]

    def tensor(self, name: str, shape: tuple[int, ...], dtype: Any) -> int:
        """Add a tensor that an operator will fill; returns its index."""
        tensor = schema.TensorT()
        tensor.name, tensor.shape = name, list(shape)
        tensor.type, tensor.buffer = _TYPES[np.dtype(dtype)], 0
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def constant(self, name: str, values: Array) -> int:
        """Add a tensor whose values are known; returns its index."""
        index = self.tensor(name, values.shape, values.dtype)
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        self._graph.tensors[index].buffer = len(self._model.buffers) - 1
        return index

    def half(self, name: str, values: Array) -> int:
        """Add float32 values that fit float16 as float16 and have them widened when loaded.

        XNNPACK unpacks such constants once, so that nothing is paid while running.
        """
        small = values.astype(np.float16)
        if not np.array_equal(small.astype(np.float32), values):
            return self.constant(name, values)
        wide = self.tensor(name, values.shape, np.float32)
        self.operator("DEQUANTIZE", [self.constant(f"{name}/half", small)], [wide])
        return wide

    def quantized(self, name: str, values: Array, scale: float) -> int:
        """Add int8 values that are widened to ``scale`` times as much when the model is loaded."""
        small = self.constant(f"{name}/int8", values)
        details = schema.QuantizationParametersT()
        details.scale, details.zeroPoint = [scale], [0]
        self._graph.tensors[small].quantization = details
        wide = self.tensor(name, values.shape, np.float32)
        self.operator("DEQUANTIZE", [small], [wide])
        return wide

    def note(self, name: str, data: bytes) -> None:
        """Keep some bytes under a name that the engine does not look at."""
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(data, np.uint8)
        self._model.buffers.append(buffer)
        entry = schema.MetadataT()
        entry.name, entry.buffer = name, len(self._model.buffers) - 1
        self._model.metadata = [*(self._model.metadata or []), entry]

    def operator(
        self, kind: str, inputs: list[int], outputs: list[int], options: str = "", **settings: Any
    ) -> None:
        """Add an operator; ``settings`` are the fields of its options table."""
        operator = schema.OperatorT()
        operator.opcodeIndex = self._code(getattr(schema.BuiltinOperator, kind))
        operator.inputs, operator.outputs = inputs, outputs
        if options:
            table = getattr(schema, f"{options}T")()
            for field, value in settings.items():
                setattr(table, field, value)
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            operator.builtinOptions = table
        self._graph.operators.append(operator)

    def finish(self, inputs: list[int], outputs: list[int]) -> bytes:
        """The model as the bytes of a ``.tflite`` file."""
        self._graph.inputs, self._graph.outputs = inputs, outputs
        return packed(self._model)

    def _code(self, builtin: int) -> int:
        if builtin not in self._codes:
            code = schema.OperatorCodeT()
            code.builtinCode = builtin
            code.deprecatedBuiltinCode = min(builtin, _LAST_SMALL_CODE)
            code.version = 1
            self._codes[builtin] = len(self._codes)
            self._model.operatorCodes.append(code)
        return self._codes[builtin]


def packed(model: Any) -> bytes:
    """The bytes of a ``.tflite`` file."""
    size = sum(len(buffer.data) for buffer in model.buffers if buffer.data is not None)
    builder = flatbuffers.Builder(size + size // 8 + 1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def read(path: Path) -> Any:
    """The model of a ``.tflite`` file, as the schema's ``ModelT``.

    Raises:
        InputError: The file cannot be read, is not a TFLite model, or has several subgraphs.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:
        data = path.read_bytes()
        # The schema's Python code trusts every length in the file; the engine verifies them.
        Interpreter(
            model_content=data,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path} is not a TFLite model: {reason}") from error
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    if len(model.subgraphs) != 1:
        raise InputError(f"{path} has {len(model.subgraphs)} subgraphs, expected one")
    return model
