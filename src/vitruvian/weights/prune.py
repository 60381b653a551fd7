"""Put a BlazePose landmark model's outputs in order, and drop what only the mask needs."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from vitruvian.errors import InputError
from vitruvian.weights import cache
from vitruvian.weights.tflite import packed, read

__all__ = ["arrange_landmarks", "has_mask"]

_MASK = 256 * 256
# How many numbers each output has: landmarks 39 x 5, presence, mask, heatmap, world 39 x 3.
# No two are alike, so that an output is known whatever its name and place.
_OUTPUTS = (39 * 5, 1, _MASK, 64 * 64 * 39, 39 * 3)


def arrange_landmarks(path: Path, out: Path, *, mask: bool) -> Path:
    """Write a BlazePose landmark model with its outputs in the order that decoders expect.

    The order is landmarks (1, 195), presence (1, 1), mask (1, 256, 256, 1) if wanted, heatmap
    (1, 64, 64, 39), world (1, 117); MediaPipe's pose_landmarks_detector_graph.cc reads them
    so. Without the mask everything that only it needs is dropped; the numbers of the other
    outputs stay the same to the last bit.

    Args:
        path: A ``.tflite`` with these outputs in any order.
        out: The file to write; it appears whole or not at all.
        mask: Whether to keep the mask.

    Raises:
        InputError: The file is not a TFLite model, or not one with these outputs.
    """
    model = read(path)
    graph = model.subgraphs[0]
    found = {prod(graph.tensors[i].shape): int(i) for i in graph.outputs}
    wanted = [size for size in _OUTPUTS if mask or size != _MASK]
    if not set(wanted) <= found.keys():
        shapes = ", ".join("x".join(map(str, graph.tensors[i].shape)) for i in graph.outputs)
        raise InputError(
            f"{path.name} is not a BlazePose landmark model: its outputs are {shapes}, "
            f"expected 1x195, 1x1, 1x256x256x1, 1x64x64x39 and 1x117"
        )
    graph.outputs = [found[size] for size in wanted]
    _drop_unused(model, graph)
    # Both describe the outputs as they were.
    model.signatureDefs, model.metadata = None, None
    data = packed(model)
    with cache.writing(out) as file:
        file.write(data)
    return out


def has_mask(path: Path) -> bool:
    """Whether one of a model's outputs is a segmentation mask.

    Raises:
        InputError: The file is not a TFLite model.
    """
    graph = read(path).subgraphs[0]
    return any(prod(graph.tensors[i].shape) == _MASK for i in graph.outputs)


def _drop_unused(model: Any, graph: Any) -> None:
    """Keep the operators and tensors that an output needs, and empty the other buffers."""
    needed = {int(i) for i in graph.outputs}
    operators = []
    # Operators stand in the order of execution: from the end, readers come before writers.
    for operator in reversed(graph.operators):
        if needed.intersection(operator.outputs):
            needed.update(int(i) for i in (*operator.inputs, *operator.outputs))
            operators.append(operator)
    graph.operators = operators[::-1]
    needed.update(int(i) for i in graph.inputs)
    # -1 stands for an optional input that is not given.
    kept = sorted(needed - {-1})
    place = {old: new for new, old in enumerate(kept)} | {-1: -1}
    graph.tensors = [graph.tensors[i] for i in kept]
    for part in (graph, *graph.operators):
        part.inputs = [place[int(i)] for i in part.inputs]
        part.outputs = [place[int(i)] for i in part.outputs]
    used = {tensor.buffer for tensor in graph.tensors}
    for index, buffer in enumerate(model.buffers):
        if index not in used:
            buffer.data = None
