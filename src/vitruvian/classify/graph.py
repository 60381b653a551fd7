"""A classifier as a TFLite model, its normalisation included, written without TensorFlow."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vitruvian.classify import metadata
from vitruvian.classify.features import EPSILON, Features, Indices, Space
from vitruvian.classify.metadata import TensorNote
from vitruvian.classify.model import PoseModel
from vitruvian.classify.network import Network
from vitruvian.errors import UnknownNameError
from vitruvian.types import Floats
from vitruvian.weights.tflite import ModelWriter, schema

__all__ = ["PRECISIONS", "as_written", "rounded", "write_tflite"]

PRECISIONS = ("float32", "float16", "int8")
"""How weights are kept in the file; computation is in float32 always."""


def rounded(network: Network, precision: str) -> Network:
    """The network with the weights that a file of this precision keeps.

    Raises:
        UnknownNameError: There is no such precision.
    """
    if precision not in PRECISIONS:
        raise UnknownNameError("precision", precision, PRECISIONS)
    if precision == "float32":
        return network
    weights = tuple(_kept(weight, precision) for weight in network.weights)
    return Network(network.mean, network.scale, weights, network.biases)


def as_written(model: PoseModel, precision: str) -> PoseModel:
    """The model with the weights that a file of this precision keeps."""
    branches = tuple(
        replace(branch, network=rounded(branch.network, precision)) for branch in model.branches
    )
    return replace(model, branches=branches)


def _kept(weight: Floats, precision: str) -> Floats:
    if precision == "float16":
        return weight.astype(np.float16).astype(np.float32)
    step = _step(weight)
    return np.asarray(np.rint(weight / step).astype(np.int8) * step, np.float32)


def _step(weight: Floats) -> np.float32:
    """What one of the 255 steps of int8 is worth."""
    return np.float32(max(float(np.abs(weight).max()), 1e-12) / 127)


def write_tflite(model: PoseModel, *, precision: str = "float32") -> bytes:
    """The bytes of a ``.tflite`` file.

    Each branch is an input: ``landmarks`` (1, 33, 5) float32, x and y in pixels and x, y, z in
    metres, and ``keypoints`` (1, 17, 2), pixels. Output: (1, C) probabilities, the last of them
    that of "none of these".

    Args:
        model: What was trained.
        precision: ``"float32"``, ``"float16"`` or ``"int8"``: how weights are kept.

    Raises:
        UnknownNameError: There is no such precision.
    """
    writer = ModelWriter("A pose classifier; trained and written by Vitruvian")
    graphs = [_Graph(branch.features, writer) for branch in model.branches]
    sources = [
        graph.source(branch.input_name)
        for graph, branch in zip(graphs, model.branches, strict=True)
    ]
    logits = [
        graph.logits(graph.extract(source), rounded(branch.network, precision), precision)
        for graph, source, branch in zip(graphs, sources, model.branches, strict=True)
    ]
    result = graphs[0].probabilities(logits)
    told = TensorNote("probabilities", "One per label; they sum to 1.", labels=True)
    notes = [branch.note() for branch in model.branches]
    table = metadata.described(model.name, model.description, notes, [told])
    writer.note("TFLITE_METADATA", table)
    data = writer.finish([source.index for source in sources], [result])
    card = json.dumps(model.card() | {"precision": precision}, indent=1)
    labels = "\n".join(model.labels) + "\n"
    return metadata.appended(data, {metadata.LABELS: labels, metadata.MODEL_CARD: card})


@dataclass
class _Value:
    index: int
    shape: tuple[int, ...]


class _Graph:
    """The steps of `extract` and of `Network.logits` as operators."""

    def __init__(self, features: Features, writer: ModelWriter) -> None:
        self._features = features
        self._writer = writer
        self._prefix = f"{features.skeleton.name}/"
        self._count = 0
        self._constants: dict[bytes, int] = {}

    def source(self, name: str) -> _Value:
        shape = (1, len(self._features.skeleton), self._features.columns)
        return _Value(self._writer.tensor(name, shape, np.float32), shape)

    def extract(self, rows: _Value) -> _Value:
        features = self._features
        left, right = features.halves
        middles = self._times(self._add(self._take(rows, left), self._take(rows, right)), 0.5)
        points = self._join([rows, middles], 1)
        parts: list[_Value] = []
        for space in features.spaces:
            columns = np.array(space.columns, np.int32)
            parts += self._measured(space, self._take(points, columns, axis=2))
        return self._join(parts, 1)

    def _measured(self, space: Space, points: _Value) -> list[_Value]:
        features = self._features
        chosen = self._take(points, features.points)
        away = self._less(chosen, self._reduce("MEAN", chosen, (1,)))
        size = self._length(away, (1, 2), keep=True)
        scaled = self._over(points, self._times(self._safe(size), len(features.points) ** -0.5))
        hip = np.array([features.hip], np.int32)
        offsets = self._less(self._take(scaled, features.points), self._take(scaled, hip))
        ends = self._between(scaled, features.bones)
        bones = self._over(ends, self._safe(self._length(ends, (2,), keep=True)))
        found = []
        for kind in space.kinds:
            if kind == "distance":
                found.append(self._length(self._between(scaled, features.pairs[:, ::-1]), (2,)))
            elif kind == "bend":
                first, second = (self._take(bones, features.bends[:, i]) for i in (0, 1))
                found.append(self._reduce("SUM", self._mul(first, second), (2,), keep=False))
            elif kind == "slope":
                found.append(self._column(bones, 1))
            else:
                found.append(self._column(offsets, ("side", "height", "depth").index(kind)))
        return found

    def logits(self, inputs: _Value, network: Network, precision: str) -> _Value:
        if self._features.mirror:
            order, signs = self._features.mirrored
            other = self._take(inputs, order)
            if (signs < 0).any():
                other = self._mul(other, self._known(signs[None]))
            inputs = self._join([inputs, other], 0)
        value = self._less(inputs, self._known(network.mean[None]))
        value = self._mul(value, self._known(network.scale[None]))
        last = len(network.weights) - 1
        for i, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
            value = self._layer(value, weight, bias, precision, relu=i < last)
        return self._reduce("MEAN", value, (0,)) if self._features.mirror else value

    def probabilities(self, logits: list[_Value]) -> int:
        value = logits[0]
        for other in logits[1:]:
            value = self._add(value, other)
        value = self._times(value, 1 / len(logits))
        result = self._writer.tensor("probabilities", value.shape, np.float32)
        self._writer.operator("SOFTMAX", [value.index], [result], "SoftmaxOptions", beta=1.0)
        return result

    def _layer(
        self, value: _Value, weight: Floats, bias: Floats, precision: str, *, relu: bool
    ) -> _Value:
        kept = np.ascontiguousarray(weight.T)
        name = f"{self._prefix}weights_{self._count}"
        if precision == "float16":
            index = self._writer.half(name, kept)
        elif precision == "int8":
            step = _step(weight)
            index = self._writer.quantized(name, np.rint(kept / step).astype(np.int8), float(step))
        else:
            index = self._writer.constant(name, kept)
        activation = schema.ActivationFunctionType.RELU if relu else 0
        return self._do(
            "FULLY_CONNECTED",
            [value, _Value(index, kept.shape), self._known(bias)],
            (value.shape[0], len(bias)),
            "FullyConnectedOptions",
            fusedActivationFunction=activation,
        )

    def _between(self, points: _Value, pairs: Indices) -> _Value:
        """From the first to the second of every pair."""
        return self._less(self._take(points, pairs[:, 1]), self._take(points, pairs[:, 0]))

    def _length(self, value: _Value, axes: tuple[int, ...], *, keep: bool = False) -> _Value:
        total = self._reduce("SUM", self._mul(value, value), axes, keep=keep)
        return self._do("SQRT", [total], total.shape)

    def _safe(self, value: _Value) -> _Value:
        return self._add(value, self._known(np.array(EPSILON)))

    def _column(self, value: _Value, column: int) -> _Value:
        taken = self._take(value, np.array(column, np.int32), axis=2)
        return _Value(taken.index, taken.shape)

    def _take(self, value: _Value, indices: Indices, *, axis: int = 1) -> _Value:
        shape = (*value.shape[:axis], *indices.shape, *value.shape[axis + 1 :])
        which = self._known(indices)
        return self._do("GATHER", [value, which], shape, "GatherOptions", axis=axis)

    def _join(self, values: list[_Value], axis: int) -> _Value:
        shape = list(values[0].shape)
        shape[axis] = sum(value.shape[axis] for value in values)
        return self._do("CONCATENATION", values, tuple(shape), "ConcatenationOptions", axis=axis)

    def _reduce(
        self, kind: str, value: _Value, axes: tuple[int, ...], *, keep: bool = True
    ) -> _Value:
        shape = tuple(
            1 if i in axes else n for i, n in enumerate(value.shape) if keep or i not in axes
        )
        which = self._known(np.array(axes, np.int32))
        return self._do(kind, [value, which], shape, "ReducerOptions", keepDims=keep)

    def _times(self, value: _Value, factor: float) -> _Value:
        return self._mul(value, self._known(np.array(factor, np.float32)))

    def _add(self, a: _Value, b: _Value) -> _Value:
        return self._do("ADD", [a, b], a.shape, "AddOptions")

    def _less(self, a: _Value, b: _Value) -> _Value:
        return self._do("SUB", [a, b], a.shape, "SubOptions")

    def _mul(self, a: _Value, b: _Value) -> _Value:
        return self._do("MUL", [a, b], a.shape, "MulOptions")

    def _over(self, a: _Value, b: _Value) -> _Value:
        return self._do("DIV", [a, b], a.shape, "DivOptions")

    def _known(self, values: Any) -> _Value:
        key = values.dtype.str.encode() + repr(values.shape).encode() + values.tobytes()
        if key not in self._constants:
            self._constants[key] = self._writer.constant(
                f"{self._prefix}constant_{len(self._constants)}", values
            )
        return _Value(self._constants[key], values.shape)

    def _do(
        self,
        kind: str,
        inputs: list[_Value],
        shape: tuple[int, ...],
        options: str = "",
        **settings: Any,
    ) -> _Value:
        self._count += 1
        result = self._writer.tensor(
            f"{self._prefix}{kind.lower()}_{self._count}", shape, np.float32
        )
        indices = [value.index for value in inputs]
        self._writer.operator(kind, indices, [result], options, **settings)
        return _Value(result, shape)
