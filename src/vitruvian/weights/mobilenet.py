"""Write MobileNetV2 as a TFLite model, from the tensors of its PyTorch state dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vitruvian.errors import WeightsError
from vitruvian.weights import cache
from vitruvian.weights.statedict import read_state_dict
from vitruvian.weights.tfjs import Array
from vitruvian.weights.tflite import ModelWriter, schema

__all__ = ["Layer", "convert_mobilenet", "layers"]

_SIZE = 224
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's pictures in 0..1, which PyTorch's models are trained to have taken out."""
_EPSILON = 1e-5
"""What ``torch.nn.BatchNorm2d`` adds to variances."""
_STAGES = (
    *((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)),
    *((6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)),
)
"""Expansion, channels, repeats and first stride: Sandler et al., MobileNetV2, table 2."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One convolution with its batch normalisation folded in.

    Args:
        name: What its tensors are called in the state dict.
        filters: (out, height, width, in), or (1, height, width, channels) where it is depthwise.
        bias: (out,).
        stride: Down and right.
        depthwise: Whether every channel goes by itself.
        bounded: Whether ReLU6 follows.
        opens: Whether a block begins, whose input may be added at its end.
        adds: Whether the input of the block is added.
    """

    name: str
    filters: Array
    bias: Array
    stride: int
    depthwise: bool
    bounded: bool
    opens: bool = False
    adds: bool = False


def convert_mobilenet(path: Path, out: Path) -> Path:
    """Write the MobileNetV2 of a PyTorch state dict, without its classifier.

    The model takes (1, 224, 224, 3) float32 RGB in 0..1 and gives (1, 1280), the mean of the
    last features; it takes ImageNet's mean and deviation out by itself.

    Args:
        path: The state dict.
        out: The file to write; it appears whole or not at all.

    Raises:
        InputError: The file is not a state dict.
        WeightsError: It is that of another model.
    """
    try:
        folded = layers(read_state_dict(path))
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{path.name} is not a MobileNetV2: {error}") from error
    with cache.writing(out) as file:
        file.write(_written(folded))
    return out


def layers(tensors: Mapping[str, Array]) -> list[Layer]:
    """The 52 convolutions in order, from the tensors of the state dict.

    Raises:
        KeyError: A tensor is missing.
        ValueError: A tensor has another shape.
    """
    found = [_folded(tensors, "features.0", 0, (32, 3, 3, 3), stride=2)]
    wide, block = 32, 0
    for expansion, channels, repeats, first in _STAGES:
        for repeat in range(repeats):
            block += 1
            stride = 1 if repeat else first
            found += _block(tensors, block, wide, expansion, channels, stride)
            wide = channels
    found.append(_folded(tensors, f"features.{block + 1}", 0, (1280, wide, 1, 1)))
    return found


def _block(
    tensors: Mapping[str, Array], index: int, wide: int, expansion: int, channels: int, stride: int
) -> list[Layer]:
    """An inverted residual: widen, look around in every channel, narrow again."""
    name, hidden = f"features.{index}.conv", wide * expansion
    parts = []
    if expansion > 1:
        parts.append(_folded(tensors, name, 0, (hidden, wide, 1, 1), opens=True))
    at = 3 * len(parts)
    depthwise = _folded(tensors, name, at, (hidden, 1, 3, 3), stride=stride, opens=not parts)
    adds = stride == 1 and wide == channels
    narrow = _folded(tensors, name, at + 3, (channels, hidden, 1, 1), bounded=False, adds=adds)
    return [*parts, depthwise, narrow]


def _folded(
    tensors: Mapping[str, Array],
    prefix: str,
    at: int,
    shape: tuple[int, int, int, int],
    *,
    stride: int = 1,
    bounded: bool = True,
    opens: bool = False,
    adds: bool = False,
) -> Layer:
    weight = tensors[f"{prefix}.{at}.weight"]
    if weight.shape != shape:
        raise ValueError(f"{prefix}.{at} is {weight.shape}, expected {shape}")
    gain, shift, mean, variance = (
        tensors[f"{prefix}.{at + 1}.{part}"].astype(np.float64)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gain / np.sqrt(variance + _EPSILON)
    filters = (weight * scale[:, None, None, None]).astype(np.float32)
    bias = (shift - mean * scale).astype(np.float32)
    depthwise = shape[1] == 1 and shape[2] == 3
    order = (1, 2, 3, 0) if depthwise else (0, 2, 3, 1)
    filters = np.ascontiguousarray(filters.transpose(order))
    return Layer(f"{prefix}.{at}", filters, bias, stride, depthwise, bounded, opens, adds)


def _written(folded: list[Layer]) -> bytes:
    writer = ModelWriter("MobileNetV2 without classifier; converted by Vitruvian")
    image = writer.tensor("image", (1, _SIZE, _SIZE, 3), np.float32)
    values = _normalised(writer, image)
    size, opened = _SIZE, values
    for layer in folded:
        if layer.opens:
            opened = values
        values, size = _convolved(writer, layer, values, size)
        if layer.adds:
            total = writer.tensor(f"{layer.name}/sum", (1, size, size, len(layer.bias)), np.float32)
            writer.operator("ADD", [values, opened], [total], "AddOptions")
            values = total
    axes = writer.constant("axes", np.array([1, 2], np.int32))
    vector = writer.tensor("vector", (1, len(folded[-1].bias)), np.float32)
    writer.operator("MEAN", [values, axes], [vector], "ReducerOptions", keepDims=False)
    return writer.finish([image], [vector])


def _normalised(writer: ModelWriter, image: int) -> int:
    for name, kind, row in (
        ("mean", "SUB", np.array(_MEAN)),
        ("scale", "MUL", 1 / np.array(_DEVIATION)),
    ):
        constant = writer.constant(name, row.astype(np.float32).reshape(1, 1, 1, 3))
        result = writer.tensor(f"image/{name}", (1, _SIZE, _SIZE, 3), np.float32)
        writer.operator(kind, [image, constant], [result], f"{kind.title()}Options")
        image = result
    return image


def _convolved(writer: ModelWriter, layer: Layer, values: int, size: int) -> tuple[int, int]:
    """Write one layer; the tensor it gives, and its width."""
    wide = layer.filters.shape[3]
    padding = schema.Padding.SAME
    if layer.stride == 2:
        # PyTorch pads both sides by one; TensorFlow would pad the far side only.
        margins = writer.constant(
            f"{layer.name}/margins", np.array([[0, 0], [1, 0], [1, 0], [0, 0]], np.int32)
        )
        padded = writer.tensor(f"{layer.name}/padded", (1, size + 1, size + 1, wide), np.float32)
        writer.operator("PAD", [values, margins], [padded], "PadOptions")
        values, size, padding = padded, size // 2, schema.Padding.VALID
    kinds = schema.ActivationFunctionType
    settings = {
        "padding": padding,
        "strideH": layer.stride,
        "strideW": layer.stride,
        "dilationHFactor": 1,
        "dilationWFactor": 1,
        "fusedActivationFunction": kinds.RELU6 if layer.bounded else kinds.NONE,
    }
    kind, options = "CONV_2D", "Conv2DOptions"
    if layer.depthwise:
        kind, options = "DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions"
        settings["depthMultiplier"] = 1
    inputs = [
        values,
        writer.constant(f"{layer.name}/filters", layer.filters),
        writer.constant(f"{layer.name}/bias", layer.bias),
    ]
    result = writer.tensor(layer.name, (1, size, size, len(layer.bias)), np.float32)
    writer.operator(kind, inputs, [result], options, **settings)
    return result, size
