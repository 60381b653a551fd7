"""Pairs of people in files: JSON with 17 keypoints of each, and NPZ with poses in metres.

A JSON file is a list of samples::

    {"image_id": "7", "pose1": [[x, y, score], …], "pose2": …, "position": "mount1"}

with ``pose1`` or ``gt_pose1`` (null for a person nobody found), and for training a ``position``.
A 1 or 2 behind it says whose it is: for ``turtle``, ``mount``, ``back`` and ``side_control`` who is
on top, for guards who is below, as the ViCoS jiu-jitsu data has it. ``"top": 1``, 2 or null goes
before that.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from vitruvian.classify.pair_training import PairSamples
from vitruvian.errors import InputError
from vitruvian.skeletons import COCO_17
from vitruvian.types import Floats, Ints

__all__ = ["Pairs", "read_pairs", "read_samples"]

_SEEN = 0.02
"""A keypoint of which a detector is less sure is not there."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """N pairs of a file.

    Args:
        ids: N texts or numbers, as in the file; by default 0, 1, ….
        keypoints: (N, 2, 17, 2) pixels; NaN is missing.
        positions: N class names, or None where a sample has none.
        tops: (N,) 0 or 1, who is on top; -1 where nobody is or it is not said.
    """

    ids: tuple[Any, ...]
    keypoints: Floats
    positions: tuple[str | None, ...]
    tops: Ints

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.ids)


def read_pairs(path: str | Path) -> Pairs:
    """Read a JSON file of pairs.

    Raises:
        InputError: It cannot be read, or is no such file; the line names the sample.
    """
    try:
        data = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON ({error}); expected a list of pairs") from error
    if not isinstance(data, list) or not data:
        raise InputError(f"{path} is no list of pairs; expected [{{'pose1': …, 'pose2': …}}, …]")
    poses, positions, tops = [], [], []
    for number, sample in enumerate(data):
        try:
            poses.append([_pose(sample, "pose1"), _pose(sample, "pose2")])
            position, top = _position(sample)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{path}: sample {number} is no pair ({type(error).__name__}: {error}); expected "
                "'pose1' and 'pose2' with 17 of [x, y, score]"
            ) from error
        positions.append(position)
        tops.append(top)
    return Pairs(
        tuple(sample.get("image_id", number) for number, sample in enumerate(data)),
        np.array(poses, np.float32),
        tuple(positions),
        np.array(tops, np.int64),
    )


def _pose(sample: dict[str, Any], key: str) -> Floats:
    given = sample[key] if key in sample else sample[f"gt_{key}"]
    missing = np.full((len(COCO_17), 2), np.nan, np.float32)
    if given is None:
        return missing
    rows = [
        [np.nan] * 3 if row is None else [np.nan if x is None else x for x in row] for row in given
    ]
    points = np.array(rows, np.float32)
    if points.ndim != 2 or points.shape[0] != len(COCO_17) or points.shape[1] not in (2, 3):
        raise ValueError(f"{key} is {points.shape}")
    there = np.asarray(np.isfinite(points[:, :2]).all(1) & (points[:, :2] != 0).any(1), np.bool_)
    if points.shape[1] == 3:
        there &= points[:, 2] > _SEEN
    return np.where(there[:, None], points[:, :2], missing)


def _position(sample: dict[str, Any]) -> tuple[str | None, int]:
    text = sample.get("position", sample.get("label"))
    if text is None:
        return None, -1
    found = re.fullmatch(r"(.*?)_?([12])?", str(text))
    name, whose = (found[1], found[2]) if found else (str(text), None)
    if sample.get("top") is not None:
        return name, int(sample["top"]) - 1
    if whose is None:
        return name, -1
    return name, (2 - int(whose)) if "guard" in name else int(whose) - 1


def read_samples(path: str | Path) -> PairSamples:
    """Read what `vitruvian train-pairs` learns from.

    Args:
        path: JSON as for `read_pairs`, each sample with its ``position``; or ``.npz`` with
            ``poses`` (N, 2, 17, 3) metres, y up, ``labels`` (N,), and, if they matter, ``tops``
            (N,) and ``groups`` (N,).

    Raises:
        InputError: It cannot be read, or lacks something.
    """
    if Path(path).suffix == ".npz":
        return _read_npz(Path(path))
    pairs = read_pairs(path)
    bare = [number for number, name in enumerate(pairs.positions) if name is None]
    if bare:
        raise InputError(f"{path}: sample {bare[0]} has no 'position' to learn")
    names = tuple(name or "" for name in pairs.positions)
    return PairSamples(pairs.keypoints, names, pairs.tops, np.arange(len(pairs)))


def _read_npz(path: Path) -> PairSamples:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            poses = np.asarray(arrays["poses"], np.float32)
            labels = tuple(str(name) for name in arrays["labels"])
            n = len(labels)
            tops = arrays["tops"] if "tops" in arrays else np.full(n, -1)
            groups = arrays["groups"] if "groups" in arrays else np.arange(n)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise InputError(
            f"{path} cannot be read ({error}); expected poses (N, 2, 17, 3) and labels (N,)"
        ) from error
    return PairSamples(poses, labels, np.asarray(tops, np.int64), np.asarray(groups, np.int64))
