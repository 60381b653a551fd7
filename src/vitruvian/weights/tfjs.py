"""Read a TensorFlow.js graph model: a JSON of nodes beside shards of weights."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import WeightsError

__all__ = ["Array", "Graph", "Node", "read_graph"]

Array = NDArray[Any]

_DTYPES = {
    "DT_FLOAT": np.float32,
    "DT_INT32": np.int32,
    "DT_BOOL": np.bool_,
    "DT_UINT8": np.uint8,
}


@dataclass(frozen=True, slots=True)
class Node:
    """One operation; its inputs are references: ``"name"``, or ``"name:1"`` for output 1."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attrs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """The operations in an order in which they can be run, and the constants they use.

    Args:
        input: The reference of the one placeholder.
        output: The reference of the one result.
        nodes: Everything the result needs, constants left out.
        constants: By reference.
    """

    input: str
    output: str
    nodes: tuple[Node, ...]
    constants: dict[str, Array]


def read_graph(json_path: Path, bin_path: Path) -> Graph:
    """Read a graph model with one input and one output.

    Args:
        json_path: The model's ``.json``.
        bin_path: Its one shard of weights.

    Raises:
        WeightsError: The files are not a TensorFlow.js graph model, or are cut short.
    """
    try:
        model = json.loads(json_path.read_text(encoding="utf-8"))
        constants = _read_constants(model["weightsManifest"], bin_path.read_bytes())
        nodes = {raw["name"]: _node(raw) for raw in model["modelTopology"]["node"]}
        (output,) = model["signature"]["outputs"].values()
        (start,) = (node.name for node in nodes.values() if node.op == "Placeholder")
        name = _reference(output["name"])
        return Graph(start, name, _in_order(nodes, name), constants)
    except (ValueError, KeyError, TypeError, CycleError) as error:
        raise WeightsError(
            f"{json_path.name} is not a TensorFlow.js graph model: {error}"
        ) from error


def _read_constants(manifest: list[dict[str, Any]], data: bytes) -> dict[str, Array]:
    constants: dict[str, Array] = {}
    offset = 0
    for spec in (spec for group in manifest for spec in group["weights"]):
        quantization = spec.get("quantization", {})
        stored = np.dtype(quantization.get("dtype", spec["dtype"]))
        count = prod(spec["shape"])
        # reshape keeps a scalar 0-d; np.ascontiguousarray would make it 1-d.
        values = np.frombuffer(data, stored, count, offset).reshape(spec["shape"])
        if "scale" in quantization:
            values = values.astype(np.float32) * quantization["scale"] + quantization["min"]
        constants[spec["name"]] = values.astype(spec["dtype"])
        offset += count * stored.itemsize
    if offset != len(data):
        raise ValueError(f"the weights need {offset} bytes, the shard has {len(data)}")
    return constants


def _node(raw: dict[str, Any]) -> Node:
    inputs = (name for name in raw.get("input", ()) if not name.startswith("^"))
    attrs = {key: _attribute(value) for key, value in raw.get("attr", {}).items()}
    return Node(raw["name"], raw["op"], tuple(_reference(name) for name in inputs), attrs)


def _reference(name: str) -> str:
    return name.removesuffix(":0")


def _attribute(value: dict[str, Any]) -> Any:
    (kind,), (content,) = value.keys(), value.values()
    match kind:
        case "i":
            return int(content)
        case "s":
            return base64.b64decode(content).decode()
        case "type":
            return _DTYPES[content]
        case "list":
            return [_attribute({key: item}) for key, items in content.items() for item in items]
        case _:
            return content


def _in_order(nodes: dict[str, Node], output: str) -> tuple[Node, ...]:
    needed: dict[str, set[str]] = {}
    waiting = [output.split(":")[0]]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = {reference.split(":")[0] for reference in nodes[name].inputs}
            waiting.extend(needed[name])
    order = (nodes[name] for name in TopologicalSorter(needed).static_order())
    return tuple(node for node in order if node.op not in ("Const", "Placeholder"))
