"""Reading back the JSON that `vitruvian.sink.json` writes."""

from __future__ import annotations

import json
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.clip import Clip
from vitruvian.errors import InputError
from vitruvian.sink.json import FORMAT, VERSION, JsonSink
from vitruvian.sink.seam import About
from vitruvian.skeletons import HAND_21, SKELETONS, Skeleton
from vitruvian.types import Floats, Frame, Landmarks, People

__all__ = ["read_clip", "write_clip"]

_NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


def read_clip(path: str | Path) -> Clip:
    """Read a clip from the JSON that ``--save json`` wrote.

    People of one frame who have no identity (id -1) become -1, -2, …; where a file gives no
    ids at all, people are numbered from 0 in the order of the frame. Of a file that breaks off,
    because its run was killed or the file was cut, the whole frames are read, with a warning.

    Args:
        path: The file.

    Returns:
        The clip: P identities over T frames.

    Raises:
        InputError: The file cannot be read, or is not such a clip.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        data = _unfinished(content)
        if data is None:
            raise InputError(
                f"{path} is not JSON or is damaged ({error}); a clip comes from --save json"
            ) from error
        warnings.warn(f"{path} breaks off after {len(data['frames'])} frames", stacklevel=2)
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


def write_clip(clip: Clip, out: str | Path, *, stem: str = "") -> Path:
    """Write a film's clip as ``--save json`` does; `read_clip` reads it.

    Args:
        clip: The film.
        out: The folder; it is made if need be.
        stem: What the file is called; made from the clip's source when empty.

    Returns:
        The file.

    Raises:
        SinkError: The file cannot be written.
    """
    stills, skeleton = clip.files is not None, clip.body.skeleton
    about = About(clip.source, clip.size, None, stills, skeleton, stem, clip.mirrored)
    with JsonSink(Path(out), about) as sink:
        for t in range(len(clip.times)):
            sink.write(_frame(clip, t), clip.people(t))
    return sink.path


def _frame(clip: Clip, t: int) -> Frame:
    width, height = clip.size or (1, 1)
    return Frame(
        np.broadcast_to(np.uint8(0), (height, width, 3)),
        index=int(clip.indices[t]),
        time=float(clip.times[t]),
        name=None if clip.files is None else clip.files[t],
    )


def _clip(data: dict[str, Any]) -> Clip:
    frames, skeleton = data["frames"], _skeleton(data["skeleton"])
    hands = _skeleton(data["hand_skeleton"]) if "hand_skeleton" in data else HAND_21
    moments = [(_moment(frame), _people(frame["people"], skeleton, hands)) for frame in frames]
    clip = Clip.gather(str(data["source"]), skeleton, moments)
    width, height = data["width"], data["height"]
    size = None if width is None or height is None else (int(width), int(height))
    return replace(clip, size=size, mirrored=data.get("mirrored") is True)


def _unfinished(content: bytes) -> dict[str, Any] | None:
    """The whole frames of a file that breaks off: every line but the first is one frame.

    A stop within a write leaves the last line torn, or with more behind its frame.
    """
    head, *lines = content.decode("utf-8", "replace").rstrip().split("\n")
    whole, last = lines[:-1], lines[-1:]
    try:
        data = json.loads(head + "]}")
        frames = [json.loads(line.removesuffix(",")) for line in whole]
    except (ValueError, RecursionError):
        return None
    with suppress(ValueError, RecursionError):
        frames += [json.JSONDecoder().raw_decode(line)[0] for line in last]
    return {**data, "frames": frames} if frames else None


def _moment(frame: dict[str, Any]) -> Frame:
    name = frame.get("name")
    return Frame(
        _NO_PICTURE,
        index=int(frame["index"]),
        time=float(frame["time"]),
        name=name if isinstance(name, str) else None,
    )


def _people(people: list[dict[str, Any]], skeleton: Skeleton, hands: Skeleton) -> People:
    ids = np.array(_ids([person["id"] for person in people]), np.int64)
    n = len(ids)
    return People(
        _finite(np.array([person["box"] for person in people], np.float32).reshape(n, 4)),
        _finite(_floats([person["score"] for person in people])),
        ids=ids,
        id_scores=_optional(people, "id_score"),
        body=_landmarks([_body(person) for person in people], skeleton),
        left_hand=_hand(people, "left_hand", hands),
        right_hand=_hand(people, "right_hand", hands),
        names=_texts(people, "name"),
        labels=_texts(people, "label"),
        label_scores=_optional(people, "label_score"),
        root=_root(people),
    )


def _body(person: dict[str, Any]) -> dict[str, Any] | None:
    points = person.get("landmarks")
    return None if points is None else {**points, "world": person.get("world")}


def _hand(people: list[dict[str, Any]], key: str, skeleton: Skeleton) -> Landmarks | None:
    if not any(person.get(key) for person in people):
        return None
    return _landmarks([person.get(key) for person in people], skeleton)


def _texts(people: list[dict[str, Any]], key: str) -> tuple[str | None, ...] | None:
    texts = tuple(None if person.get(key) is None else str(person[key]) for person in people)
    return texts if any(text is not None for text in texts) else None


def _optional(people: list[dict[str, Any]], key: str) -> Floats | None:
    if not any(key in person for person in people):
        return None
    return _finite(_floats([person.get(key) for person in people]))


def _root(people: list[dict[str, Any]]) -> Floats | None:
    if not any("root" in person for person in people):
        return None
    nowhere = [None, None, None]
    return _finite(_floats([person.get("root") or nowhere for person in people]).reshape(-1, 3))


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


def _landmarks(given: list[dict[str, Any] | None], skeleton: Skeleton) -> Landmarks:
    body = Landmarks.missing(skeleton, (len(given),))
    for row, points in enumerate(given):
        for name in ("xy", "z", "visibility", "presence", "world"):
            column = getattr(body, name)
            if points is not None and (name != "world" or points.get(name) is not None):
                _put(column, row, name, points[name])
    return body


def _put(column: Floats, row: int, name: str, numbers: Any) -> None:
    values = _floats(numbers)
    if values.shape != column.shape[1:]:
        raise ValueError(f"{name} must be {column.shape[1:]}, not {values.shape}")
    column[row] = _finite(values)


def _finite(values: Floats) -> Floats:
    values[~np.isfinite(values)] = np.nan
    return values


def _floats(numbers: Any) -> Floats:
    return np.array(numbers, np.float32)  # None turns into NaN
