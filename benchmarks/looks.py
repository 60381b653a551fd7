"""How well looks tell people apart: ``python -m benchmarks.looks``.

Everybody found in a film with ground truth is labelled by the box they match (IoU 0.5), in the
sample film by their id, which is right there. Then views are compared: by the colours of the
parts of the body (`vitruvian.embed.Describe`), by MobileNetV2's vector of the box, by a histogram
of hue and saturation in six stripes of the box, and by the first two together.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import vitruvian
from benchmarks import truth
from benchmarks.report import Report, machine
from vitruvian import Frame, ImageEmbedder, People
from vitruvian.geometry.boxes import clip, iou
from vitruvian.measure import match
from vitruvian.measure.appearance import merged, similarity
from vitruvian.types import Floats, Ints
from vitruvian.weights import obtain

FIRST_VIEWS = 5
APART = 0.5
"""Seconds between two views that are compared."""
_MOST = 1500
"""Views compared with each other; a film with more is thinned out."""


@dataclass
class Views:
    """What was seen of everybody: their number, when, and one row for each cue."""

    who: Ints
    time: Floats
    cues: dict[str, Floats]


_NOBODY = (np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
Truth = dict[int, tuple[Floats, Ints]]
"""Of every frame the boxes and who is in them."""


def gathered(film: Path, known: Truth | None, step: int) -> Views:
    """Every ``step``-th frame's people, labelled."""
    embedder = ImageEmbedder(l2_normalize=True)
    who, time = [], []
    cues: dict[str, list[Floats]] = {"parts": [], "network": [], "stripes": []}
    for frame, people in vitruvian.open(film, smooth=False).people():
        if frame.index % step or not len(people) or people.vectors is None:
            continue
        inside = clip(people.boxes, frame.size)
        whole = (inside[:, 2:] - inside[:, :2] > 4).all(1)
        people, inside = people[whole], inside[whole]
        if not len(people) or people.vectors is None:
            continue
        who.append(labels(people, None if known is None else known.get(frame.index, _NOBODY)))
        time.append(np.full(len(people), frame.time, np.float32))
        cues["parts"].append(people.vectors)
        cues["network"].append(np.stack([embedder.embed(frame, box=box) for box in inside]))
        cues["stripes"].append(np.stack([stripes(frame, box) for box in inside]))
    every = {name: np.concatenate(rows) for name, rows in cues.items()}
    return Views(np.concatenate(who), np.concatenate(time), every)


def labels(people: People, known: tuple[Floats, Ints] | None) -> Ints:
    """(N,) who each is by the truth, -1 for nobody; by their id where there is no truth."""
    if known is None:
        return np.array(people.ids)
    boxes, ids = known
    chosen = match(iou(people.boxes, boxes), 0.5)
    return np.where(chosen >= 0, np.append(ids, -1)[chosen], -1)


def stripes(frame: Frame, box: Floats) -> Floats:
    """Hue and saturation in six stripes from head to foot, as square roots of shares."""
    x0, y0, x1, y1 = box.astype(int).tolist()
    person = cv2.resize(frame.image[y0:y1, x0:x1], (32, 96))
    parts = np.split(cv2.cvtColor(person, cv2.COLOR_RGB2HSV), 6)
    counts = [cv2.calcHist([part], [0, 1], None, [16, 4], [0, 180, 0, 256]) for part in parts]
    flat = np.concatenate([count.ravel() for count in counts])
    return np.asarray(np.sqrt(flat / flat.sum()), np.float32)


Compare = Callable[[dict[str, Floats], dict[str, Floats]], Floats]


def both(a: dict[str, Floats], b: dict[str, Floats]) -> Floats:
    """Parts and network: log-odds of the one and a scaled cosine of the other, added up."""
    odds = np.clip(similarity(a["parts"], b["parts"]), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(odds / (1 - odds)) + 6 * cosine("network")(a, b), np.float32)


def cosine(name: str) -> Compare:
    """Compare by the cosine of one cue."""

    def compare(a: dict[str, Floats], b: dict[str, Floats]) -> Floats:
        left, right = (x[name] / np.linalg.norm(x[name], axis=1, keepdims=True) for x in (a, b))
        return np.asarray(left @ right.T, np.float32)

    return compare


CUES: dict[str, Compare] = {
    "parts of the body": lambda a, b: similarity(a["parts"], b["parts"]),
    "MobileNetV2": cosine("network"),
    "both": both,
    "six stripes of the box": cosine("stripes"),
}


def separation(views: Views, compare: Compare) -> float:
    """The share of pairs, one of one person and one of two, that are in the right order."""
    chosen = np.flatnonzero(views.who >= 0)
    chosen = chosen[:: -(-len(chosen) // _MOST)]
    who, time = views.who[chosen], views.time[chosen]
    rows = {name: cue[chosen] for name, cue in views.cues.items()}
    table = compare(rows, rows)
    same = who[:, None] == who[None]
    once = np.triu(np.isfinite(table), 1)
    apart = np.abs(time[:, None] - time[None]) >= APART
    mine, others = table[same & apart & once], table[~same & once]
    order = np.concatenate([mine, others]).argsort().argsort()[: len(mine)].astype(np.float64)
    return float((order.sum() - len(mine) * (len(mine) - 1) / 2) / (len(mine) * len(others)))


def first(views: Views, compare: Compare) -> float:
    """The share of later views whose most alike person, of all remembered, is the right one."""
    people = [p for p in np.unique(views.who) if p >= 0 and (views.who == p).sum() > FIRST_VIEWS]
    remembered: dict[str, list[Any]] = {name: [] for name in views.cues}
    later = np.zeros(len(views.who), bool)
    for person in people:
        rows = np.flatnonzero(views.who == person)
        for name, cue in views.cues.items():
            known = cue[rows[0]]
            for count, row in enumerate(rows[1:FIRST_VIEWS], start=2):
                mean = known + (cue[row] - known) / count
                known = merged(known, cue[row], 1 / count) if name == "parts" else mean
            remembered[name].append(known)
        later[rows] = views.time[rows] >= views.time[rows[FIRST_VIEWS - 1]] + APART
    gallery = {name: np.stack(rows) for name, rows in remembered.items()}
    table = compare({name: cue[later] for name, cue in views.cues.items()}, gallery)
    best = np.nan_to_num(table, nan=-np.inf).argmax(1)
    return float((np.array(people)[best] == views.who[later]).mean())


def films(names: list[str]) -> dict[str, Callable[[], Views]]:
    """The films and how to see everybody in them."""

    def mot(folder: str, name: str, step: int) -> Views:
        rows = np.loadtxt(truth.data("tracking", folder, "gt.txt"), delimiter=",")
        people = {}
        for index in np.unique(rows[:, 0]):
            now = rows[rows[:, 0] == index]
            boxes = np.c_[now[:, 2:4], now[:, 2:4] + now[:, 4:6]].astype(np.float32)
            people[int(index) - 1] = boxes, now[:, 1].astype(np.int64)
        return gathered(truth.data("tracking", folder) / name, people, step)

    known = {
        "TUD-Campus": lambda: mot("TUD-Campus", "TUD-Campus.mp4", 1),
        "PETS09-S2L1": lambda: mot("PETS09-S2L1", "vtest.avi", 5),
        "sample film": lambda: gathered(obtain("demo-film"), None, 2),
    }
    return {name: known[name] for name in names or known}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--film", action="append", default=[], help="one of the films; default all")
    parser.add_argument("--json", type=Path, help="write the table there too")
    options = parser.parse_args()
    report = Report()
    for name, look in films(options.film).items():
        views = look()
        rows = [
            {"cue": cue, "AUC": separation(views, compare), "first": first(views, compare)}
            for cue, compare in CUES.items()
        ]
        people = len(set(views.who[views.who >= 0].tolist()))
        report.add(f"{name}, {people} people, {len(views.who)} views", rows, machine())
    report.save(options.json)


if __name__ == "__main__":
    main()
