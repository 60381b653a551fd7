"""What the operations of a TensorFlow graph compute, in NumPy.

Conversion folds constants and learns shapes with this table; the tests add the four
operations over neighbourhoods (`NEIGHBOURHOOD`) and have the graph's own arithmetic as truth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vitruvian.weights.tfjs import Array, Graph

__all__ = ["NEIGHBOURHOOD", "OPERATIONS", "Operation", "evaluate", "outputs_of", "window"]

Attrs = Mapping[str, Any]
Operation = Callable[..., Array | tuple[Array, ...]]

NEIGHBOURHOOD = frozenset(
    ["_FusedConv2D", "FusedDepthwiseConv2dNative", "DepthwiseConv2dNative", "MaxPool"]
)
"""Operations that look at a window round every pixel; here they are known by shape only."""


def evaluate(graph: Graph, image: Array, operations: Mapping[str, Operation]) -> dict[str, Array]:
    """Run a graph; the values of every tensor by reference.

    Args:
        graph: What to run.
        image: The value of its placeholder.
        operations: By TensorFlow's name of the operation; ``OPERATIONS`` and more.

    Raises:
        KeyError: The table has no such operation.
    """
    values = {graph.input: image, **graph.constants}
    for node in graph.nodes:
        result = operations[node.op](node.attrs, *(values[name] for name in node.inputs))
        values.update(outputs_of(node.name, result))
    return values


def outputs_of(name: str, result: Array | tuple[Array, ...]) -> dict[str, Array]:
    """A node's results by reference: ``name``, ``name:1``, …."""
    results = result if isinstance(result, tuple) else (result,)
    return {f"{name}:{i}" if i else name: array for i, array in enumerate(results)}


def window(attrs: Attrs, height: int, width: int, kernel: tuple[int, int]) -> tuple[int, int]:
    """Height and width after a window of size ``kernel`` slid over the picture."""
    _, down, right, _ = attrs["strides"]
    if attrs["padding"] == "SAME":
        return -(-height // down), -(-width // right)
    return (height - kernel[0]) // down + 1, (width - kernel[1]) // right + 1


def _blank(*shape: int) -> Array:
    return np.broadcast_to(np.float32(0), shape)


def _convolved(attrs: Attrs, x: Array, filters: Array, *_: Array) -> Array:
    height, width, _, channels = filters.shape
    return _blank(len(x), *window(attrs, x.shape[1], x.shape[2], (height, width)), channels)


def _depthwise(attrs: Attrs, x: Array, filters: Array, *_: Array) -> Array:
    height, width, channels, multiplier = filters.shape
    size = window(attrs, x.shape[1], x.shape[2], (height, width))
    return _blank(len(x), *size, channels * multiplier)


def _pooled(attrs: Attrs, x: Array) -> Array:
    _, height, width, _ = attrs["ksize"]
    return _blank(len(x), *window(attrs, x.shape[1], x.shape[2], (height, width)), x.shape[3])


def _resize_bilinear(attrs: Attrs, x: Array, size: Array) -> Array:
    if attrs["align_corners"] or not attrs["half_pixel_centers"]:
        raise KeyError("ResizeBilinear without half_pixel_centers")
    for axis, length in ((1, int(size[0])), (2, int(size[1]))):
        x = _stretch(x, axis, length)
    return x


def _stretch(x: Array, axis: int, length: int) -> Array:
    old = x.shape[axis]
    at = (np.arange(length, dtype=np.float32) + np.float32(0.5)) * np.float32(old / length)
    at = at - np.float32(0.5)
    low = np.floor(at)
    shape = [1] * x.ndim
    shape[axis] = length
    part = (at - low).astype(np.float32).reshape(shape)
    first = np.take(x, np.clip(low, 0, old - 1).astype(int), axis)
    last = np.take(x, np.clip(low + 1, 0, old - 1).astype(int), axis)
    return np.asarray(first + (last - first) * part)


def _gather_nd(_: Attrs, x: Array, indices: Array) -> Array:
    return np.asarray(x[tuple(np.moveaxis(indices, -1, 0))])


def _top_k(_: Attrs, x: Array, k: Array) -> tuple[Array, Array]:
    order = np.argsort(-x, axis=-1, kind="stable")[..., : int(k)].astype(np.int32)
    return np.take_along_axis(x, order, -1), order


def _strided_slice(attrs: Attrs, x: Array, begin: Array, end: Array, strides: Array) -> Array:
    def marked(mask: str, axis: int) -> bool:
        return bool(attrs[mask] >> axis & 1)

    if attrs["ellipsis_mask"]:
        raise KeyError("StridedSlice with an ellipsis")
    picks: list[Any] = []
    for axis, (start, stop, step) in enumerate(zip(begin, end, strides, strict=True)):
        if marked("new_axis_mask", axis):
            picks.append(None)
        elif marked("shrink_axis_mask", axis):
            picks.append(int(start))
        else:
            first = None if marked("begin_mask", axis) else int(start)
            last = None if marked("end_mask", axis) else int(stop)
            picks.append(slice(first, last, int(step)))
    return np.asarray(x[tuple(picks)])


def _squeeze(attrs: Attrs, x: Array) -> Array:
    return np.squeeze(x, tuple(attrs["squeeze_dims"]) or None)


def _unpack(attrs: Attrs, x: Array) -> tuple[Array, ...]:
    return tuple(np.moveaxis(x, attrs["axis"], 0))


def _reduce(function: Callable[..., Any]) -> Operation:
    def reduce(attrs: Attrs, x: Array, axes: Array) -> Array:
        axis = tuple(int(a) for a in np.ravel(axes))
        return np.asarray(function(x, axis=axis, keepdims=attrs["keep_dims"]))

    return reduce


def _plain(function: Callable[..., Any]) -> Operation:
    return lambda _, *inputs: np.asarray(function(*inputs))


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)), x.dtype)


OPERATIONS: dict[str, Operation] = {
    "_FusedConv2D": _convolved,
    "FusedDepthwiseConv2dNative": _depthwise,
    "DepthwiseConv2dNative": _depthwise,
    "MaxPool": _pooled,
    "ResizeBilinear": _resize_bilinear,
    "Abs": _plain(np.abs),
    "AddN": _plain(lambda *terms: sum(terms[1:], terms[0])),
    "AddV2": _plain(np.add),
    "ArgMax": lambda a, x, axis: np.argmax(x, int(axis)).astype(a["output_type"]),
    "Cast": lambda a, x: x.astype(a["DstT"]),
    "ConcatV2": lambda _, *inputs: np.concatenate(inputs[:-1], int(inputs[-1])),
    "Equal": _plain(np.equal),
    "Exp": _plain(np.exp),
    "ExpandDims": lambda _, x, axis: np.expand_dims(x, int(axis)),
    "Fill": lambda _, shape, value: np.full(shape, value),
    "FloorDiv": _plain(np.floor_divide),
    "GatherNd": _gather_nd,
    "Greater": _plain(np.greater),
    "GreaterEqual": _plain(np.greater_equal),
    "Identity": lambda _, x: x,
    "Less": _plain(np.less),
    "LogicalAnd": _plain(np.logical_and),
    "Max": _reduce(np.max),
    "Maximum": _plain(np.maximum),
    "Minimum": _plain(np.minimum),
    "Mul": _plain(np.multiply),
    "Pack": lambda a, *inputs: np.stack(inputs, a["axis"]),
    "Range": lambda a, *ends: np.arange(*(end.item() for end in ends)).astype(a["Tidx"]),
    "RealDiv": _plain(np.divide),
    "Reciprocal": _plain(np.reciprocal),
    "Reshape": lambda _, x, shape: x.reshape(shape),
    "Select": _plain(np.where),
    "Shape": lambda a, x: np.array(x.shape, a["out_type"]),
    "Sigmoid": _plain(_sigmoid),
    "Size": lambda a, x: np.array(x.size, a["out_type"]),
    "Split": lambda a, axis, x: tuple(np.split(x, a["num_split"], int(axis))),
    "Sqrt": _plain(np.sqrt),
    "SquaredDifference": _plain(lambda a, b: np.square(a - b)),
    "Squeeze": _squeeze,
    "StridedSlice": _strided_slice,
    "Sub": _plain(np.subtract),
    "Sum": _reduce(np.sum),
    "Tile": _plain(np.tile),
    "TopKV2": _top_k,
    "Unpack": _unpack,
}
"""Every operation of the MoveNet graphs, by TensorFlow's name."""
