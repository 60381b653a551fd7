"""Convert MoveNet from TensorFlow.js to TFLite, without TensorFlow.

The input's size is fixed first: whatever depends on it only becomes a constant. What is left
is written operator by operator. The input is uint8, since pictures are: the graph's own first
step turns whole numbers into floats, so the results stay the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.errors import WeightsError
from vitruvian.weights import cache
from vitruvian.weights.arithmetic import OPERATIONS, outputs_of
from vitruvian.weights.tfjs import Array, Graph, Node, read_graph
from vitruvian.weights.tflite import ModelWriter, schema

__all__ = ["convert_movenet"]

# Operators that need nothing but their inputs: TensorFlow's name -> TFLite's, options table.
_PLAIN = {
    "Abs": ("ABS", "AbsOptions"),
    "AddN": ("ADD_N", "AddNOptions"),
    "AddV2": ("ADD", "AddOptions"),
    "ArgMax": ("ARG_MAX", "ArgMaxOptions"),
    "Cast": ("CAST", "CastOptions"),
    "ConcatV2": ("CONCATENATION", "ConcatenationOptions"),
    "Equal": ("EQUAL", "EqualOptions"),
    "Exp": ("EXP", "ExpOptions"),
    "FloorDiv": ("FLOOR_DIV", "FloorDivOptions"),
    "GatherNd": ("GATHER_ND", "GatherNdOptions"),
    "Greater": ("GREATER", "GreaterOptions"),
    "GreaterEqual": ("GREATER_EQUAL", "GreaterEqualOptions"),
    "Less": ("LESS", "LessOptions"),
    "LogicalAnd": ("LOGICAL_AND", "LogicalAndOptions"),
    "Max": ("REDUCE_MAX", "ReducerOptions"),
    "Maximum": ("MAXIMUM", "MaximumMinimumOptions"),
    "Minimum": ("MINIMUM", "MaximumMinimumOptions"),
    "Mul": ("MUL", "MulOptions"),
    "Pack": ("PACK", "PackOptions"),
    "RealDiv": ("DIV", "DivOptions"),
    "ResizeBilinear": ("RESIZE_BILINEAR", "ResizeBilinearOptions"),
    "Select": ("SELECT", "SelectOptions"),
    "Sigmoid": ("LOGISTIC", ""),
    "Split": ("SPLIT", "SplitOptions"),
    "Sqrt": ("SQRT", ""),
    "SquaredDifference": ("SQUARED_DIFFERENCE", "SquaredDifferenceOptions"),
    "Sub": ("SUB", "SubOptions"),
    "Sum": ("SUM", "ReducerOptions"),
    "Tile": ("TILE", "TileOptions"),
    "TopKV2": ("TOPK_V2", "TopKV2Options"),
    "Unpack": ("UNPACK", "UnpackOptions"),
}
# Operators that only name the same values anew, in another shape.
_SHAPES = frozenset(["ExpandDims", "Identity", "Reshape", "Squeeze"])
_PADDING = {"SAME": schema.Padding.SAME, "VALID": schema.Padding.VALID}
_ACTIVATION = {
    "": schema.ActivationFunctionType.NONE,
    "Relu": schema.ActivationFunctionType.RELU,
    "Relu6": schema.ActivationFunctionType.RELU6,
}


def convert_movenet(json_path: Path, bin_path: Path, out: Path, *, size: tuple[int, int]) -> Path:
    """Write a MoveNet graph as a TFLite model for pictures of one size.

    The model takes (1, H, W, 3) uint8 RGB. Lightning and Thunder give (1, 1, 17, 3): y, x, score
    of every keypoint, 0..1. MultiPose gives (1, 6, 56): the same for six people, then the box
    (ymin, xmin, ymax, xmax) and its score. Outputs agree with the graph's own arithmetic to
    float32 rounding.

    Args:
        json_path: The graph.
        bin_path: Its weights.
        out: The file to write; it appears whole or not at all.
        size: Height and width; for MultiPose multiples of 32, for Lightning 192, for Thunder 256.

    Raises:
        WeightsError: The graph holds an operation that cannot be converted.
    """
    graph = read_graph(json_path, bin_path)
    try:
        model = _Conversion(graph, size).bytes()
    except KeyError as error:
        raise WeightsError(f"cannot convert {json_path.name}: no rule for {error}") from error
    with cache.writing(out) as file:
        file.write(model)
    return out


class _Conversion:
    """One graph at one input size, on its way into a `ModelWriter`."""

    def __init__(self, graph: Graph, size: tuple[int, int]) -> None:
        self._graph = graph
        self._values = _fixed(graph, size)
        self._known = _known(graph)
        self._writer = ModelWriter("MoveNet, Google, Apache-2.0; converted by Vitruvian")
        self._indices: dict[str, int] = {}

    def bytes(self) -> bytes:
        graph, writer = self._graph, self._writer
        shape = self._values[graph.input].shape
        self._indices[graph.input] = writer.tensor("image", shape, np.uint8)
        for node in graph.nodes:
            if node.name not in self._known:
                self._write(node)
        return writer.finish([self._indices[graph.input]], [self._indices[graph.output]])

    def _write(self, node: Node) -> None:
        if node.op in _WINDOWS:
            _WINDOWS[node.op](self, node)
        elif node.op in _SHAPES or self._only_reshapes(node):
            self._reshape(node)
        elif node.op == "Reciprocal":
            one = self._writer.constant(f"{node.name}/one", np.array(1, np.float32))
            self._add(node, "DIV", [one, self._index(node.inputs[0])], "DivOptions")
        elif node.op == "ConcatV2":
            self._plain(node, node.inputs[:-1])
        elif node.op == "StridedSlice":
            raise KeyError("StridedSlice that selects values")
        else:
            self._plain(node, node.inputs)

    def _plain(self, node: Node, inputs: tuple[str, ...]) -> None:
        kind, options = _PLAIN[node.op]
        indices = [self._index(name) for name in inputs]
        self._add(node, kind, indices, options, **self._settings(node))

    def _settings(self, node: Node) -> dict[str, Any]:
        attrs = node.attrs
        match node.op:
            case "ArgMax":
                return {"outputType": schema.TensorType.INT32}
            case "ConcatV2":
                return {"axis": int(self._values[node.inputs[-1]])}
            case "Max" | "Sum":
                return {"keepDims": attrs["keep_dims"]}
            case "Pack":
                return {"valuesCount": attrs["N"], "axis": attrs["axis"]}
            case "ResizeBilinear":
                return {"halfPixelCenters": attrs["half_pixel_centers"]}
            case "Split":
                return {"numSplits": attrs["num_split"]}
            case "Unpack":
                return {"num": attrs["num"], "axis": attrs["axis"]}
            case _:
                return {}

    def _only_reshapes(self, node: Node) -> bool:
        """Whether the values stay what and where they are: at most the shape is another."""
        source, result = self._values[node.inputs[0]], self._values[node.name]
        match node.op:
            case "ResizeBilinear":
                # Half pixel centres at the same size fall on the pixels themselves.
                return source.shape == result.shape
            case "StridedSlice" | "Unpack":
                return source.size == result.size
            case _:
                return False

    def _reshape(self, node: Node) -> None:
        shape = np.array(self._values[node.name].shape, np.int32)
        target = self._writer.constant(f"{node.name}/shape", shape)
        inputs = [self._index(node.inputs[0]), target]
        self._add(node, "RESHAPE", inputs, "ReshapeOptions", newShape=shape.tolist())

    def _convolution(self, node: Node) -> None:
        filters = np.moveaxis(self._values[node.inputs[1]], 3, 0)
        self._window(node, "CONV_2D", filters, "Conv2DOptions")

    def _depthwise(self, node: Node) -> None:
        filters = self._values[node.inputs[1]]
        height, width, channels, multiplier = filters.shape
        flat = filters.reshape(1, height, width, channels * multiplier)
        options = "DepthwiseConv2DOptions"
        self._window(node, "DEPTHWISE_CONV_2D", flat, options, depthMultiplier=multiplier)

    def _window(self, node: Node, kind: str, filters: Array, options: str, **settings: int) -> None:
        if set(node.attrs["dilations"]) != {1} or node.attrs["data_format"] != "NHWC":
            raise KeyError(f"{node.op} with dilation or another layout")
        bias, activation = self._fused(node)
        inputs = [
            self._index(node.inputs[0]),
            self._writer.half(f"{node.name}/filters", filters),
            self._writer.half(f"{node.name}/bias", bias),
        ]
        settings |= {"dilationHFactor": 1, "dilationWFactor": 1}
        self._add(
            node,
            kind,
            inputs,
            options,
            fusedActivationFunction=activation,
            **_strides(node),
            **settings,
        )

    def _fused(self, node: Node) -> tuple[Array, int]:
        names = node.attrs.get("fused_ops", [])
        if not names:
            return np.zeros(self._values[node.name].shape[-1], np.float32), _ACTIVATION[""]
        bias, *activation = names
        if bias != "BiasAdd" or len(activation) > 1:
            raise KeyError(f"{node.op} fused with {names}")
        return self._values[node.inputs[2]], _ACTIVATION["".join(activation)]

    def _pool(self, node: Node) -> None:
        _, height, width, _ = node.attrs["ksize"]
        settings = {"filterHeight": height, "filterWidth": width, **_strides(node)}
        inputs = [self._index(node.inputs[0])]
        self._add(node, "MAX_POOL_2D", inputs, "Pool2DOptions", **settings)

    def _add(self, node: Node, kind: str, inputs: list[int], options: str, **settings: Any) -> None:
        outputs = []
        for name in self._results(node):
            value = self._values[name]
            self._indices[name] = self._writer.tensor(name, value.shape, value.dtype)
            outputs.append(self._indices[name])
        self._writer.operator(kind, inputs, outputs, options, **settings)

    def _results(self, node: Node) -> list[str]:
        count = {"Unpack": node.attrs.get("num"), "Split": node.attrs.get("num_split"), "TopKV2": 2}
        wanted = 1 if self._only_reshapes(node) else count.get(node.op) or 1
        return [f"{node.name}:{i}" if i else node.name for i in range(wanted)]

    def _index(self, name: str) -> int:
        if name not in self._indices:
            self._indices[name] = self._writer.constant(name, self._values[name])
        return self._indices[name]


_WINDOWS: dict[str, Callable[[_Conversion, Node], None]] = {
    "_FusedConv2D": _Conversion._convolution,
    "FusedDepthwiseConv2dNative": _Conversion._depthwise,
    "DepthwiseConv2dNative": _Conversion._depthwise,
    "MaxPool": _Conversion._pool,
}


def _fixed(graph: Graph, size: tuple[int, int]) -> dict[str, Array]:
    """Every tensor for a black picture: the constants' values, and all the others' shapes."""
    black = np.broadcast_to(np.int32(0), (1, *size, 3))
    values = {graph.input: black, **graph.constants}
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            result = OPERATIONS[node.op](node.attrs, *(values[name] for name in node.inputs))
            values.update(outputs_of(node.name, result))
    return values


def _known(graph: Graph) -> set[str]:
    """The nodes and constants that do not depend on the picture once its size is fixed."""
    known = set(graph.constants)
    for node in graph.nodes:
        of_shape = node.op in ("Shape", "Size")
        if of_shape or all(name.split(":")[0] in known for name in node.inputs):
            known.add(node.name)
    return known


def _strides(node: Node) -> dict[str, int]:
    _, height, width, _ = node.attrs["strides"]
    padding = _PADDING[node.attrs["padding"]]
    return {"padding": padding, "strideH": height, "strideW": width}
