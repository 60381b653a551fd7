"""Who is who, beside the peers: ``python -m benchmarks.identity``.

HOTA, IDF1 and switches of ids on TUD-Campus and PETS09-S2L1 (boxes, IoU 0.5), and on films of
people in contact that are composed so that the truth is known (`benchmarks.contact`), where the
share of moments counts in which a person has a body of their own under the id they had.

Parts (``--only``): ``tud``, ``pets``, ``contact``, and ``drawn``, random scenes of
`benchmarks.scenes_drawn`. With ``--ablate`` it is Vitruvian alone, online, without each cue of its
association in turn; with ``--shaken N`` N times with landmarks a twentieth of a pixel off, which
tells what is chance.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import followed
from benchmarks.contact import RATE, make
from benchmarks.followed import Followed
from benchmarks.found import Doubles
from benchmarks.peer import BENCH
from benchmarks.report import Report
from benchmarks.scenes import SCENES, Scene
from benchmarks.scenes_drawn import drawn
from benchmarks.truth import Film, data, films
from vitruvian.measure import (
    COCO_SIGMAS,
    Contact,
    Moments,
    Tracks,
    box_moments,
    contact,
    oks,
    read_mot,
)
from vitruvian.measure import tracking as track_measures
from vitruvian.skeletons import COCO_17, blazepose_to_coco
from vitruvian.types import Ints

LEAST = 0.1
"""Who is seen less than this can be labelled by nobody, and is not counted."""
AREA = 0.53
"""A person's share of their box, as ``crowdposetools`` takes it."""
SHOULDERS = [COCO_17.index(f"{side}_shoulder") for side in ("left", "right")]
HIPS = [COCO_17.index(f"{side}_hip") for side in ("left", "right")]
System = Callable[[Film], Followed | None]


def systems(model: str, ablate: bool, shaken: int) -> dict[str, System]:
    """Everybody who takes part: the peers; ours without each of its cues; or ours, shaken."""
    if shaken:
        return {
            f"Vitruvian, online, shaken {seed}": partial(followed.online, model=model, shaken=seed)
            for seed in range(shaken + 1)
        }
    if ablate:
        ours: dict[str, System] = {"all cues": lambda film: followed.online(film, model)}
        for cue in followed.cues():
            ours[f"without {cue}"] = partial(followed.online, model=model, without=cue)
        return ours
    return {
        "Vitruvian, online": lambda film: followed.online(film, model),
        "Vitruvian, whole film": lambda film: followed.whole(film, model),
        "MoveNet 384 + ByteTrack": lambda film: followed.movenet(film, "bytetrack"),
        "MoveNet 384 + OC-SORT": lambda film: followed.movenet(film, "ocsort"),
        "MoveNet 384 + keypoint tracker": followed.keypoint_tracker,
        "MediaPipe, list index as id": lambda film: followed.mediapipe(film, model),
    }


def tud(report: Report, options: argparse.Namespace) -> None:
    """People of 200 pixels who walk past each other."""
    boxes(report, options, "TUD-Campus")


def pets(report: Report, options: argparse.Namespace) -> None:
    """People of 50 to 90 pixels who leave and return."""
    boxes(report, options, "PETS09-S2L1")


def boxes(report: Report, options: argparse.Namespace, name: str) -> None:
    """One table on a film of which only boxes are known."""
    film = films()[name]
    truth = read_mot(data("tracking", name, "gt.txt"))
    rows = []
    for system, follow in chosen(options).items():
        seen = follow(film)
        if seen is not None:
            rows.append({"system": system, **summary(box_moments(truth, seen.tracks))})
    report.add(f"{name}, boxes, IoU 0.5", rows)


def summary(moments: Moments) -> dict[str, Any]:
    """The columns of every table."""
    table = track_measures(moments).table
    names = ("HOTA", "DetA", "AssA", "IDF1", "MOTA", "recall", "precision")
    ids = {"ids": len({int(i) for row in moments.found for i in row})}
    return {name: float(table[name]) for name in names} | {"switches": table["switches"]} | ids


@dataclass(frozen=True)
class Scenery:
    """The truth of a composed film.

    Args:
        boxes: Of everybody who can be seen.
        bodies: Per frame ids (N,) and COCO keypoints (N, 17, 2) of the same people.
    """

    boxes: Tracks
    bodies: list[tuple[Ints, Doubles]]


def in_contact(report: Report, options: argparse.Namespace) -> None:
    """Two tables: every film, and all together."""
    scenes = {name: SCENES[name] for name in options.films or SCENES}
    compared(report, options, "People in contact", scenes, BENCH / "contact")


def random_contact(report: Report, options: argparse.Namespace) -> None:
    """The same of random scenes, which nobody has seen before."""
    scenes = drawn(options.drawn, options.seed)
    title = f"Drawn at random (seed {options.seed})"
    compared(report, options, title, scenes, BENCH / f"drawn-{options.seed}")


def compared(
    report: Report,
    options: argparse.Namespace,
    title: str,
    scenes: Mapping[str, Scene],
    folder: Path,
) -> None:
    """Two tables of composed films: every film, and all together."""
    shares: dict[str, dict[str, Any]] = {}
    totals: dict[str, Contact] = {}
    measures: dict[str, list[dict[str, Any]]] = {}
    for name, scene in scenes.items():
        film, truth = composed(name, scene, folder)
        for system, follow in chosen(options).items():
            seen = follow(film)
            if seen is None:
                continue
            count = contact(body_moments(truth, seen))
            row = shares.setdefault(system, {"system": system})
            row[name] = f"{count.share:.2f} ({count.switches})"
            totals[system] = totals.get(system, Contact()) + count
            found = summary(box_moments(truth.boxes, seen.tracks))
            measures.setdefault(system, []).append(found)
    note = "Share of moments with a body of one's own under the id one had; in brackets, switches."
    report.add(f"{title}, film by film", shares.values(), note)
    rows: list[dict[str, Any]] = []
    for system, count in totals.items():
        means = {k: float(np.mean([m[k] for m in measures[system]])) for k in ("HOTA", "IDF1")}
        body: dict[str, Any] = {"share": count.share, "covered": count.covered / count.moments}
        rows.append({"system": system, **body, "switches": count.switches, **means})
    report.add(f"{title}, all films", rows, "HOTA and IDF1: of boxes, mean over films.")


def composed(name: str, scene: Scene, folder: Path) -> tuple[Film, Scenery]:
    """A film of `benchmarks.contact` and its truth; composed if it is not there."""
    path, truth = folder / f"{name}.mp4", folder / f"{name}.truth.json"
    if not truth.exists():
        folder.mkdir(parents=True, exist_ok=True)
        make(name, scene, folder)
    saved = json.loads(truth.read_text())
    width, height = saved["size"]
    frames: dict[int, tuple[Ints, Doubles]] = {}
    bodies = []
    for frame in saved["frames"]:
        people = [p for p in frame["people"] if p["visible"] >= LEAST]
        ids = np.array([p["id"] for p in people], np.int64)
        corners = np.array([p["box"] for p in people], np.float64).reshape(-1, 4)
        frames[frame["index"]] = ids, np.clip(corners, 0, [width, height] * 2)
        xy = np.array([p["xy"] for p in people], np.float64).reshape(-1, 33, 2)
        bodies.append((ids, xy[:, list(blazepose_to_coco)]))
    plain = {index: found.astype(np.float32) for index, (_, found) in frames.items()}
    film = Film(path, RATE, (width, height), plain, 1)
    return film, Scenery(Tracks(frames), bodies)


def body_moments(truth: Scenery, seen: Followed) -> Moments:
    """Compared by OKS of the trunk's two ends.

    The limbs of the truth were read by a model too, and not all of them rightly; and whether a
    body is on a person does not depend on which of its sides is called left.
    """
    likeness = []
    for index, (_, xy) in enumerate(truth.bodies):
        box = truth.boxes.at(index)[1]
        area = AREA * np.prod(box[:, 2:] - box[:, :2], axis=1)
        found, there = _trunks(seen.found[index].coco), _trunks(xy)
        likeness.append(oks(found, there, area, [COCO_SIGMAS[HIPS[0]]] * 2).T)
    return Moments([ids for ids, _ in truth.bodies], seen.ids[: len(likeness)], likeness)


def _trunks(coco: Doubles) -> Doubles:
    """(N, 2, 2) the middle of the shoulders and of the hips."""
    return np.stack([coco[:, SHOULDERS].mean(1), coco[:, HIPS].mean(1)], axis=1)


def chosen(options: argparse.Namespace) -> dict[str, System]:
    """The systems asked for."""
    every = systems(options.model, options.ablate, options.shaken)
    wanted = options.systems or [""]
    return {n: s for n, s in every.items() if any(w.lower() in n.lower() for w in wanted)}


PARTS = {"tud": tud, "pets": pets, "contact": in_contact, "drawn": random_contact}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    parser.add_argument("--systems", action="append", help="part of a name; may be repeated")
    parser.add_argument("--films", choices=SCENES, action="append", help="for contact")
    parser.add_argument("--drawn", type=int, default=12, help="how many random scenes")
    parser.add_argument("--seed", type=int, default=2, help="of the random scenes")
    parser.add_argument("--ablate", action="store_true", help="ours, without one cue at a time")
    parser.add_argument("--shaken", type=int, default=0, help="ours, so often with a little noise")
    parser.add_argument("--model", default="full", choices=("lite", "full", "heavy"))
    parser.add_argument("--json", type=Path, help="write the tables there too")
    options = parser.parse_args()
    report = Report()
    for name in options.only or PARTS:
        PARTS[name](report, options)
    report.save(options.json)


if __name__ == "__main__":
    main()
