"""A classifier's file, opened: poses in, labels with probabilities out."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.classify.metadata import LABELS, MODEL_CARD
from vitruvian.classify.model import FORMAT, NONE
from vitruvian.classify.table import BODY, KEYPOINTS
from vitruvian.errors import InputError
from vitruvian.runtime import Session, open_session
from vitruvian.skeletons import blazepose_to_coco
from vitruvian.types import Floats, Landmarks

__all__ = ["PoseClassifier"]

_LARGEST = 1 << 20
"""Bytes that labels and model card may have, whatever the file promises."""


class PoseClassifier:
    """A ``.tflite`` that `vitruvian.classify.graph.write_tflite` wrote, ready to run.

    Args:
        path: The file.

    Raises:
        InputError: The file is missing, or is no such classifier.
    """

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        if not path.is_file():
            raise InputError(f"there is no classifier at {path}; vitruvian train makes one")
        card, labels = _attached(path)
        self.labels: tuple[str, ...] = tuple(labels)
        """C texts, the last of which is "none of these"."""
        self.held_back: dict[str, Any] = dict(card.get("held_back") or {})
        """What was known about it when it was trained."""
        self._session = open_session(path)
        self._inputs = [(entry["name"], bool(entry["world"])) for entry in card["inputs"]]
        shapes = [shape for shape, _ in self._session.inputs]
        wanted = [
            (1, len(KEYPOINTS if name == "keypoints" else BODY), 5 if world else 2)
            for name, world in self._inputs
        ]
        if shapes != wanted:
            raise InputError(f"{path} is damaged: it takes {shapes} and tells of {wanted}")

    @property
    def session(self) -> Session:
        """What runs it."""
        return self._session

    @property
    def wants_keypoints(self) -> bool:
        """Whether it is better with MoveNet's own 17 keypoints."""
        return any(name == "keypoints" for name, _ in self._inputs)

    @property
    def wants_landmarks(self) -> bool:
        """Whether the 33 landmarks are needed, and not MoveNet's 17 keypoints alone."""
        return any(name != "keypoints" for name, _ in self._inputs)

    def probabilities(self, body: Landmarks, keypoints: Floats | None = None) -> Floats:
        """The probability of every label for each of N people.

        Args:
            body: Landmarks with lead (N,) of the 33.
            keypoints: (N, 17, 2 or 3) MoveNet's of the same people; None takes those 17 among
                the 33.

        Returns:
            (N, C); NaN for somebody whose landmarks are not all known.

        Raises:
            InputError: The landmarks are of another skeleton, or have no metres.
        """
        if body.skeleton is not BODY:
            raise InputError(f"the classifier takes {BODY.name}, not {body.skeleton.name}")
        if keypoints is None:
            keypoints = body.xy[:, list(blazepose_to_coco)]
        columns: list[Floats] = []
        for name, world in self._inputs:
            if name == "keypoints":
                columns.append(keypoints[..., :2])
            elif not world:
                columns.append(body.xy)
            elif body.world is None:
                raise InputError("the classifier takes landmarks in metres; these have none")
            else:
                columns.append(np.concatenate([body.xy, body.world], -1))
        return self.run(*columns)

    def run(self, *rows: Floats) -> Floats:
        """(N, C) from N rows of each input; NaN for a row in which a number is missing."""
        result = np.full((len(rows[0]), len(self.labels)), np.nan, np.float32)
        for i, row in enumerate(zip(*rows, strict=True)):
            if all(np.isfinite(part).all() for part in row):
                inputs = [np.ascontiguousarray(part[None], np.float32) for part in row]
                (answer,) = self._session.run(*inputs)
                result[i] = answer[0]
        return result


def _attached(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The model card and the labels from the archive at the file's end."""
    try:
        with zipfile.ZipFile(path) as archive:
            card = json.loads(_member(archive, MODEL_CARD))
            labels = _member(archive, LABELS).decode().splitlines()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError) as error:
        raise InputError(
            f"{path} is not a classifier of ours: it has no {MODEL_CARD}; vitruvian train makes one"
        ) from error
    known = isinstance(card, dict) and card.get("format") == FORMAT
    if not known or not card.get("inputs") or len(labels) < 2 or labels[-1] != NONE:
        raise InputError(f"{path} is not a classifier of ours; vitruvian train makes one")
    if card.get("version") != 1:
        raise InputError(f"{path} is of version {card.get('version')!r}; update vitruvian")
    return card, labels


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST:
        raise ValueError(f"{name} is too large")
    return archive.read(name)
