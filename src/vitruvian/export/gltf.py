"""glTF 2.0 as one binary file (GLB): a skeleton and a skin of capsules, animated."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from vitruvian.export.solid import mesh
from vitruvian.motion import Motion

__all__ = ["to_glb"]

_FLOAT, _BYTE, _INT = 5126, 5121, 5125
_KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
_VERTICES, _INDICES = 34962, 34963


def to_glb(motion: Motion, skin: tuple[Any, Any, Any, Any, Any] | None = None) -> bytes:
    """The file's bytes: metres, y up, quaternions x, y, z, w, keyed at the motion's own times.

    Args:
        motion: The bones and how they move.
        skin: Places and normals (N, 3) at rest round the root, the joints (N, 4) that carry each
            and their weights (N, 4), and triangles (F, 3); capsules round the bones if None.
    """
    data = _Buffer()
    joints = len(motion.joints)
    places, normals, owners, weights, faces = skin or _capsules(motion)
    primitive = {
        "attributes": {
            "POSITION": data.add(places.astype(np.float32), _VERTICES, bounds=True),
            "NORMAL": data.add(normals.astype(np.float32), _VERTICES),
            "JOINTS_0": data.add(owners.astype(np.uint8), _VERTICES),
            "WEIGHTS_0": data.add(weights.astype(np.float32), _VERTICES),
        },
        "indices": data.add(faces.astype(np.uint32).reshape(-1, 1), _INDICES),
        "material": 0,
    }
    bind = np.tile(np.eye(4, dtype=np.float32), (joints, 1, 1))
    rest = _rest(motion)
    bind[:, 3, :3] = -rest  # glTF's matrices are by columns
    skin_matrices = data.add(bind.reshape(joints, 16))
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "Vitruvian"},
        "scene": 0,
        "scenes": [{"nodes": [0, joints]}],
        "nodes": [*_nodes(motion), {"name": "body", "mesh": 0, "skin": 0}],
        "meshes": [{"name": "body", "primitives": [primitive]}],
        "materials": [
            {
                "name": "body",
                "pbrMetallicRoughness": {
                    "baseColorFactor": [0.75, 0.45, 0.35, 1], "metallicFactor": 0,
                    "roughnessFactor": 0.8,
                },
            }
        ],
        "skins": [
            {"joints": list(range(joints)), "inverseBindMatrices": skin_matrices, "skeleton": 0}
        ],
        "animations": [_animation(motion, data)],
    }  # fmt: skip
    document |= data.describe()
    return _packed(document, data.bytes())


def _capsules(motion: Motion) -> tuple[Any, Any, Any, Any, Any]:
    places, normals, owners, faces = mesh(motion)
    first = np.array([1, 0, 0, 0])
    return places, normals, owners[:, None] * first, np.tile(first, (len(places), 1)), faces


def _rest(motion: Motion) -> Any:
    rest = np.zeros((len(motion.joints), 3), np.float32)
    for joint, parent in enumerate(motion.parents):
        if parent >= 0:
            rest[joint] = rest[parent] + motion.offsets[joint]
    return rest


def _nodes(motion: Motion) -> list[dict[str, Any]]:
    nodes = []
    for joint, name in enumerate(motion.joints):
        node: dict[str, Any] = {"name": name}
        children = [i for i, parent in enumerate(motion.parents) if parent == joint]
        if children:
            node["children"] = children
        node["translation"] = motion.offsets[joint].tolist()
        nodes.append(node)
    return nodes


def _animation(motion: Motion, data: _Buffer) -> dict[str, Any]:
    clock = data.add(motion.times.astype(np.float32).reshape(-1, 1), bounds=True)
    samplers = [{"input": clock, "output": data.add(motion.root.astype(np.float32))}]
    channels = [{"sampler": 0, "target": {"node": 0, "path": "translation"}}]
    for joint in range(len(motion.joints)):
        turns = motion.rotations[:, joint][:, [1, 2, 3, 0]].astype(np.float32)
        turns /= np.linalg.norm(turns, axis=1, keepdims=True)
        samplers.append({"input": clock, "output": data.add(turns)})
        target = {"node": joint, "path": "rotation"}
        channels.append({"sampler": len(samplers) - 1, "target": target})
    return {"name": motion.name, "samplers": samplers, "channels": channels}


class _Buffer:
    """The binary part, and what lies where in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._views: list[dict[str, Any]] = []
        self._accessors: list[dict[str, Any]] = []

    def add(self, values: Any, target: int | None = None, *, bounds: bool = False) -> int:
        """The accessor of an array (N, width)."""
        kind = {"f": _FLOAT, "u": _BYTE if values.dtype.itemsize == 1 else _INT}[values.dtype.kind]
        raw = np.ascontiguousarray(values).tobytes()
        view: dict[str, Any] = {"buffer": 0, "byteOffset": self._size, "byteLength": len(raw)}
        if target is not None:
            view["target"] = target
        accessor: dict[str, Any] = {
            "bufferView": len(self._views), "componentType": kind, "count": len(values),
            "type": _KINDS[values.shape[1]],
        }  # fmt: skip
        if bounds:
            accessor |= {"min": values.min(0).tolist(), "max": values.max(0).tolist()}
        self._views.append(view)
        self._accessors.append(accessor)
        padded = raw + b"\0" * (-len(raw) % 4)
        self._parts.append(padded)
        self._size += len(padded)
        return len(self._accessors) - 1

    def describe(self) -> dict[str, Any]:
        return {
            "buffers": [{"byteLength": self._size}],
            "bufferViews": self._views,
            "accessors": self._accessors,
        }

    def bytes(self) -> bytes:
        return b"".join(self._parts)


def _packed(document: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
