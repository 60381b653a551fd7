"""Reading back the JSON that `vitruvian.sink.json` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.errors import InputError
from vitruvian.sink.json import FORMAT, VERSION
from vitruvian.skeletons import SKELETONS, Skeleton
from vitruvian.types import Clip, Floats, Landmarks

__all__ = ["read_clip"]


def read_clip(path: str | Path) -> Clip:
    """Read a clip from the JSON that ``--save json`` wrote.

    People of one frame who have no identity (id -1) become -1, -2, …; where a file gives no
    ids at all, people are numbered from 0 in the order of the frame.

    Args:
        path: The file.

    Returns:
        The clip: P identities over T frames.

    Raises:
        InputError: The file cannot be read, or is not such a clip.
    """
    try:
        data = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is not JSON or is damaged ({error}); a clip comes from --save json"
        ) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{path} is not a clip ('format': '{FORMAT}'); one comes from --save json")
    if data.get("version") != VERSION:
        raise InputError(
            f"{path} is a clip of version {data.get('version')!r}, and this program reads "
            f"version {VERSION}; update vitruvian"
        )
    try:
        # What float32 cannot hold is missing, as NaN is.
        with np.errstate(over="ignore"):
            return _clip(data)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{path} is a damaged clip ({type(error).__name__}: {error})") from error


def _clip(data: dict[str, Any]) -> Clip:
    frames = data["frames"]
    skeleton = _skeleton(data["skeleton"])
    numbered = [_ids([person["id"] for person in frame["people"]]) for frame in frames]
    ids = np.array(sorted({i for row in numbered for i in row}), np.int64)
    lead = (len(frames), len(ids))
    boxes = np.full((*lead, 4), np.nan, np.float32)
    scores = np.full(lead, np.nan, np.float32)
    body = Landmarks.missing(skeleton, lead)
    for t, (frame, row) in enumerate(zip(frames, numbered, strict=True)):
        for person, p in zip(frame["people"], np.searchsorted(ids, row).tolist(), strict=True):
            boxes[t, p] = _floats(person["box"])
            scores[t, p] = _floats(person["score"])
            _fill(body, (t, p), person)
    for column in (boxes, scores, body.xy, body.z, body.visibility, body.presence, body.world):
        if column is not None:
            column[~np.isfinite(column)] = np.nan
    names = [frame.get("name") for frame in frames]
    width, height = data["width"], data["height"]
    return Clip(
        str(data["source"]),
        None if width is None or height is None else (int(width), int(height)),
        np.array([float(frame["time"]) for frame in frames], np.float64),
        np.array([int(frame["index"]) for frame in frames], np.int64),
        ids,
        boxes,
        scores,
        body,
        tuple(names) if names and all(isinstance(name, str) for name in names) else None,
    )


def _skeleton(data: dict[str, Any]) -> Skeleton:
    name, landmarks = str(data["name"]), tuple(data["landmarks"])
    known = SKELETONS.get(name)
    if known is not None and known.landmarks == landmarks:
        return known
    return Skeleton(name, landmarks, ())


def _ids(given: list[Any]) -> list[int]:
    if all(i is None for i in given):
        return list(range(len(given)))
    ids: list[int] = []
    nobody = 0
    for i in given:
        nobody -= i is None or i < 0
        ids.append(nobody if i is None or i < 0 else int(i))
    if len(set(ids)) != len(ids):
        raise ValueError(f"a frame has the same id twice: {given}")
    return ids


def _fill(body: Landmarks, at: tuple[int, int], person: dict[str, Any]) -> None:
    points = person.get("landmarks")
    if points is not None:
        for name in ("xy", "z", "visibility", "presence"):
            _put(getattr(body, name), at, name, points[name])
    if person.get("world") is not None and body.world is not None:
        _put(body.world, at, "world", person["world"])


def _put(column: Floats, at: tuple[int, int], name: str, numbers: Any) -> None:
    values = _floats(numbers)
    if values.shape != column.shape[2:]:
        raise ValueError(f"{name} must be {column.shape[2:]}, not {values.shape}")
    column[at] = values


def _floats(numbers: Any) -> Floats:
    return np.array(numbers, np.float32)  # None turns into NaN
