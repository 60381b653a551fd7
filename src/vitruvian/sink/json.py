"""The clip as JSON: the file that others build on, whole after every flush.

``people`` come with ``box``, ``score``, ``landmarks`` and ``world``, and with ``id_score``,
``name``, ``label``, ``label_score``, ``root``, ``left_hand`` and ``right_hand`` where they are
known; a missing number is ``null``. The reader of these files is `vitruvian.sink.clip.read_clip`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from vitruvian.sink.place import GrowingFile
from vitruvian.sink.seam import About, Sink
from vitruvian.skeletons import HAND_21
from vitruvian.types import Floats, Frame, Landmarks, People

__all__ = ["FORMAT", "VERSION", "JsonSink"]

FORMAT = "vitruvian.clip"
VERSION = 1


class JsonSink(Sink):
    """Writes ``<stem>.json``.

    Args:
        out: The folder.
        about: What the clip is of.

    Raises:
        SinkError: The file cannot be written.
    """

    def __init__(self, out: Path, about: About) -> None:
        self._size = about.size
        self._file = GrowingFile(out / f"{about.stem}.json", _head(about), b"\n]}\n")

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def write(self, frame: Frame, people: People) -> None:
        """Add one frame."""
        comma = "\n" if self._file.empty else ",\n"
        self._file.append((comma + _frame(frame, people, self._size)).encode())

    def close(self, *, complete: bool = True) -> None:
        """Finish the file."""
        self._file.close(complete=complete)


def _head(about: About) -> bytes:
    width, height = about.size or (None, None)
    head: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "source": about.title,
        "width": width,
        "height": height,
        "skeleton": {"name": about.skeleton.name, "landmarks": about.skeleton.landmarks},
        "hand_skeleton": {"name": HAND_21.name, "landmarks": HAND_21.landmarks},
    }
    if about.mirrored:
        head["mirrored"] = True
    return (json.dumps(head)[:-1] + ', "frames": [').encode()


def _frame(frame: Frame, people: People, size: tuple[int, int] | None) -> str:
    head: dict[str, Any] = {"index": frame.index, "time": float(frame.time)}
    if frame.name is not None:
        head["name"] = frame.name
    if frame.size != size:
        head["width"], head["height"] = frame.size
    return f'{json.dumps(head)[:-1]}, "people": [{", ".join(_people(people))}]}}'


def _people(people: People) -> list[str]:
    n = len(people)
    if not n:
        return []
    ids = ["null"] * n if people.ids is None else [str(i) for i in people.ids.tolist()]
    facts = [f'{{"id": {i}, ' for i in ids]
    if people.id_scores is not None:
        facts = [
            f'{fact}"id_score": {score}, '
            for fact, score in zip(facts, _texts("%.4f", people.id_scores[:, None]), strict=True)
        ]
    for key, texts in (("name", people.names), ("label", people.labels)):
        if texts is not None:
            facts = [
                fact if text is None else f'{fact}"{key}": {json.dumps(text)}, '
                for fact, text in zip(facts, texts, strict=True)
            ]
    if people.label_scores is not None:
        facts = [
            f'{fact}"label_score": {score}, '
            for fact, score in zip(facts, _texts("%.4f", people.label_scores[:, None]), strict=True)
        ]
    if people.root is not None:
        places = _texts('"root": [%.4f, %.4f, %.4f], ', people.root)
        facts = [fact + place for fact, place in zip(facts, places, strict=True)]
    for key in ("left_hand", "right_hand"):
        facts = [fact + hand for fact, hand in zip(facts, _hands(people, key), strict=True)]
    numbers = _numbers(people)
    return [fact + number for fact, number in zip(facts, numbers, strict=True)]


def _hands(people: People, key: str) -> list[str]:
    """A person's hand as the start of their text; nothing where there is none."""
    hand: Landmarks | None = getattr(people, key)
    if hand is None:
        return [""] * len(people)
    template = _points(len(hand.skeleton), hand.world is not None)
    rows = np.concatenate(_columns(hand, len(people)), axis=1)
    seen = [bool(np.isfinite(xy).any()) for xy in hand.xy]
    texts = _texts(f'"{key}": {{{template}}}, ', rows)
    return [text if there else "" for text, there in zip(texts, seen, strict=True)]


def _numbers(people: People) -> list[str]:
    n = len(people)
    columns = [people.boxes, people.scores[:, None]]
    body = people.body
    if body is None:
        template = _template(0, False)
    else:
        template = _template(len(body.skeleton), body.world is not None)
        columns += _columns(body, n)
    return _texts(template, np.concatenate(columns, axis=1, dtype=np.float32))


def _columns(body: Landmarks, n: int) -> list[Floats]:
    columns = [body.xy.reshape(n, -1), body.z, body.visibility, body.presence]
    return columns if body.world is None else [*columns, body.world.reshape(n, -1)]


def _texts(template: str, rows: Floats) -> list[str]:
    """One text per row; the only letters in ``nan`` are the number's own."""
    if not np.isfinite(rows).all():
        rows = np.where(np.isfinite(rows), rows, np.nan)
        return [_fill(template, row).replace("nan", "null") for row in rows.tolist()]
    return [_fill(template, row) for row in rows.tolist()]


def _fill(template: str, row: list[float]) -> str:
    return template % tuple(row)


@lru_cache(maxsize=8)
def _template(k: int, world: bool) -> str:
    head = '"box": [%.2f, %.2f, %.2f, %.2f], "score": %.4f, '
    if not k:
        return head + '"landmarks": null, "world": null}'
    points, _, metres = _points(k, world).partition(', "world": ')
    return f'{head}"landmarks": {{{points}}}, "world": {metres}}}'


@lru_cache(maxsize=8)
def _points(k: int, world: bool) -> str:
    def many(item: str) -> str:
        return "[" + ", ".join([item] * k) + "]"

    return (
        f'"xy": {many("[%.2f, %.2f]")}, "z": {many("%.2f")}, "visibility": {many("%.4f")}, '
        f'"presence": {many("%.4f")}, "world": ' + (many("[%.4f, %.4f, %.4f]") if world else "null")
    )
