"""Drop the part of a model that only an unwanted output needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from vitruvian.errors import WeightsError
from vitruvian.weights import cache
from vitruvian.weights.tflite import packed, schema

__all__ = ["prune_mask", "prune_outputs"]

_MASK = 256 * 256


def prune_mask(path: Path, out: Path) -> Path:
    """Write a BlazePose landmark model without its segmentation mask.

    The other outputs stay as they are and in their order.

    Args:
        path: A ``.tflite`` with one output of 256 x 256 numbers, at any position.
        out: The file to write.

    Raises:
        WeightsError: The file is not a TFLite model, or has no mask.
    """
    return prune_outputs(path, out, lambda shape: _count(shape) == _MASK and 256 in shape)


def prune_outputs(path: Path, out: Path, unwanted: Callable[[tuple[int, ...]], bool]) -> Path:
    """Write a model without the outputs of some shapes and all that only they need.

    Args:
        path: A ``.tflite`` with one subgraph.
        out: The file to write.
        unwanted: Told an output's shape, whether it goes.

    Raises:
        WeightsError: The file is not a TFLite model, or no output goes, or all of them do.
    """
    model = _read(path)
    graph = model.subgraphs[0]
    outputs = [int(i) for i in graph.outputs]
    kept = [i for i in outputs if not unwanted(tuple(int(n) for n in graph.tensors[i].shape))]
    if not 0 < len(kept) < len(outputs):
        raise WeightsError(f"{path.name} has no output to drop among its {len(outputs)}")
    graph.outputs = kept
    _drop_unused(model, graph)
    model.signatureDefs = None
    data = packed(model)
    with cache.writing(out) as file:
        file.write(data)
    return out


def _read(path: Path) -> Any:
    data = path.read_bytes()
    if data[4:8] != b"TFL3":
        raise WeightsError(f"{path.name} is not a TFLite model")
    try:
        model = schema.ModelT.InitFromPackedBuf(data, 0)
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise WeightsError(f"{path.name} is a damaged TFLite model") from error
    if len(model.subgraphs or ()) != 1:
        raise WeightsError(f"{path.name} has {len(model.subgraphs or ())} subgraphs, not one")
    return model


def _drop_unused(model: Any, graph: Any) -> None:
    """Keep the operators that an output needs, and empty the buffers that nobody reads."""
    needed = {int(i) for i in graph.outputs}
    operators = []
    # Operators stand in the order of execution: from the end every reader comes before its writer.
    for operator in reversed(graph.operators):
        if needed.intersection(int(i) for i in operator.outputs):
            needed.update(int(i) for i in operator.inputs)
            operators.append(operator)
    graph.operators = operators[::-1]
    needed.update(int(i) for i in graph.inputs)
    renumbered = {old: new for new, old in enumerate(sorted(needed - {-1}))} | {-1: -1}
    graph.tensors = [graph.tensors[i] for i in sorted(needed - {-1})]
    for operator in graph.operators:
        operator.inputs = [renumbered[int(i)] for i in operator.inputs]
        operator.outputs = [renumbered[int(i)] for i in operator.outputs if int(i) in renumbered]
    graph.inputs = [renumbered[int(i)] for i in graph.inputs]
    graph.outputs = [renumbered[int(i)] for i in graph.outputs]
    read = {tensor.buffer for tensor in graph.tensors}
    read.update(entry.buffer for entry in model.metadata or ())
    for index, buffer in enumerate(model.buffers):
        if index not in read:
            buffer.data = None


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count
