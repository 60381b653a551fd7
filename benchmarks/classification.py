"""Poses told apart, beside TensorFlow's course: ``python -m benchmarks.classification``.

The course's method: MoveNet Thunder shown the whole picture, keypoints moved to the hips and scaled
by the torso, two dense layers of 128 and 64. It is trained here with our own NumPy trainer. Our
quick way is two looks of MoveNet Lightning with our features. All learn from the same pictures and
are asked about the test person's; then each person of all pictures is held back once, which says
what is left when renders and camera change. ``--photos`` takes photographs in a
folder for each class; what lies in folders of other names is none of these.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Report
from vitruvian import weights
from vitruvian.classify import KeypointReader, Plan, PoseClassifier, PoseTable, class_scores, train
from vitruvian.classify.collect import Collected, collect
from vitruvian.classify.graph import write_tflite
from vitruvian.classify.network import Network, fit
from vitruvian.classify.quick import collect_quickly, read_twice
from vitruvian.classify.table import COURSE, OURS, read_table
from vitruvian.recipe import Recipe
from vitruvian.source import open_source

MODEL = "full"
COURSE_NAME = "MoveNet Thunder, dense 128/64"
SEEDS = 5
PHOTO_SEEDS = 3


def landmarks(folder: Path, cache: Path, reader: KeypointReader) -> PoseTable:
    """The poses of a folder, read once and kept as CSV."""
    kept = cache / f"{folder.name}.csv"
    if not kept.is_file():
        pipeline = Recipe(MODEL).build(stills=True)
        found: Collected = collect(folder, pipeline.run, reader)
        cache.mkdir(parents=True, exist_ok=True)
        kept.with_name(f"{folder.name}_17.csv").write_text(found.table.csv(COURSE))
        kept.write_text(found.table.csv(OURS))
    return read_table(kept)[0]


def quick_reader() -> KeypointReader:
    """MoveNet Lightning on one core, as one of the readers of ``vitruvian train --quick``."""
    return weights.load("movenet-lightning", partial(KeypointReader, threads=1))


def quick_keypoints(folder: Path, cache: Path, reader: KeypointReader) -> PoseTable:
    """The same as `landmarks`, the quick way."""
    kept = cache / f"{folder.name}_quick.csv"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_text(collect_quickly(folder, [reader]).table.csv(COURSE))
    return read_table(kept)[0]


def course_inputs(table: PoseTable) -> NDArray[np.float32]:
    """(N, 34) keypoints from the hips' middle, in units of the pose's size, as in the course."""
    xy = table.points(COURSE.skeleton)
    hips = xy[:, [11, 12]].mean(1)
    torso = np.linalg.norm(xy[:, [5, 6]].mean(1) - hips, axis=1)
    away = xy - hips[:, None]
    size = np.maximum(2.5 * torso, np.linalg.norm(away, axis=2).max(1))
    return np.asarray((away / size[:, None, None]).reshape(len(xy), -1), np.float32)


def course(seen: PoseTable, seed: int) -> Network:
    """The course's classifier."""
    targets = np.eye(len(seen.classes), dtype=np.float32)[seen.truth]
    rng = np.random.default_rng(seed)
    return fit(course_inputs(seen), targets, rng, hidden=(128, 64), epochs=100, decay=0)


def course_answers(seen: PoseTable, asked: PoseTable, seed: int) -> NDArray[np.int64]:
    """What the course's classifier takes each pose for."""
    return np.asarray(course(seen, seed).logits(course_inputs(asked)).argmax(1), np.int64)


def our_answers(seen: PoseTable, asked: PoseTable, seed: int) -> NDArray[np.int64]:
    """What ours takes each pose for."""
    model = train(seen, Plan(seed=seed, folds=0)).model
    return np.asarray(model.logits(*asked.inputs(model))[:, :-1].argmax(1), np.int64)


SYSTEMS = {
    "Vitruvian": (our_answers, 1, "careful"),
    "Vitruvian, quick": (our_answers, 1, "quick"),
    COURSE_NAME: (course_answers, SEEDS, "careful"),
}
"""What answers, how many seeds are averaged, and which reading of the pictures it takes."""
Tables = dict[str, tuple[PoseTable, PoseTable]]


def on_test(report: Report, tables: Tables) -> None:
    """Macro F1 on the person who is in no training picture."""
    rows = []
    for name, (answers, seeds, reading) in SYSTEMS.items():
        seen, asked = tables[reading]
        found = [
            class_scores(asked.truth, answers(seen, asked, seed), len(seen.classes))
            for seed in range(seeds)
        ]
        rows.append(
            {
                "system": name,
                "macro F1": float(np.mean([scores.macro_f1 for scores in found])),
                "accuracy": float(np.mean([scores.accuracy for scores in found])),
                "seeds": seeds,
            }
        )
    report.add("yoga, of a person who is in no picture that is learned from", rows)


def by_person(report: Report, tables: Tables) -> None:
    """Accuracy on each person, held back from all the pictures there are."""
    rows = []
    for name, (answers, seeds, reading) in SYSTEMS.items():
        together = joined(*tables[reading])
        names = np.array([f.split("/")[-1].split("_")[0] for f in together.files])
        people = [name for name in sorted(set(names)) if (names == name).sum() > 30]
        row: dict[str, Any] = {"system": name}
        for person in people:
            held = names == person
            right = [
                (answers(together[~held], together[held], s) == together.truth[held]).mean()
                for s in range(min(seeds, 2))
            ]
            row[person] = float(np.mean(right))
        rows.append(row | {"mean": float(np.mean([row[person] for person in people]))})
    report.add("accuracy on each person, held back", rows)


def on_photos(report: Report, seen: PoseTable, found: PoseTable) -> None:
    """Photographs: right among the classes, refused though of a class, answered though of none."""
    names = [file.split("/")[0] for file in found.files]
    truth = np.array([seen.classes.index(n) if n in seen.classes else -1 for n in names])
    asked = replace(found, classes=seen.classes, truth=truth)
    known, last = truth >= 0, len(seen.classes)
    answers = {"Vitruvian": [], COURSE_NAME: []}  # type: dict[str, list[NDArray[np.float32]]]
    for seed in range(PHOTO_SEEDS):
        model = train(seen, Plan(seed=seed)).model
        answers["Vitruvian"].append(model.logits(*asked.inputs(model)))
        answers[COURSE_NAME].append(course(seen, seed).logits(course_inputs(asked)))
    rows = []
    for name, every in answers.items():
        best = np.stack([logits[:, :last].argmax(1) for logits in every])
        whole = np.stack([logits.argmax(1) for logits in every])
        row: dict[str, Any] = {"system": name, "accuracy": (best == truth)[:, known].mean()}
        for number in np.unique(truth[known]):
            here = truth == number
            row[f"recall {seen.classes[number]}"] = (best[:, here] == number).mean()
        row["refused, of a class"] = (whole[:, known] == last).mean()
        row["answered, of none"] = (whole[:, ~known] < last).mean()
        rows.append({k: v if isinstance(v, str) else float(v) for k, v in row.items()})
    pictures = f"{known.sum()} of {len(np.unique(truth[known]))} classes, {(~known).sum()} of none"
    report.add(f"photographs, {PHOTO_SEEDS} seeds: {pictures}", rows)


def joined(a: PoseTable, b: PoseTable) -> PoseTable:
    """Two tables of the same classes and readings as one."""
    pairs = ((a.body, b.body), (a.keypoints, b.keypoints))
    body, keypoints = (
        None if one is None or two is None else np.concatenate([one, two]) for one, two in pairs
    )
    truth = np.concatenate([a.truth, b.truth])
    return PoseTable(a.files + b.files, a.classes, truth, body, keypoints)


def speed(report: Report, folder: Path, seen: PoseTable, reader: KeypointReader, most: int) -> None:
    """Milliseconds a picture, from file to label, turn and turn about."""
    paths = sorted(folder.glob("*/*.jpg"))
    paths = paths[:: max(1, len(paths) // most)][:most]
    network = course(seen, 0)
    with tempfile.TemporaryDirectory() as place:
        classifiers = []
        for number, table in enumerate((seen, seen.keypoints_only())):
            file = Path(place) / f"{number}.tflite"
            file.write_bytes(write_tflite(train(table, Plan(folds=0)).model))
            classifiers.append(PoseClassifier(file))
    classifier, quick = classifiers
    lightning = quick_reader()
    pipelines = {model: Recipe(model).build(stills=True) for model in ("lite", "full")}
    times: dict[str, list[float]] = {}
    for path in paths:
        for model, pipeline in pipelines.items():
            started = time.perf_counter()
            for frame, people in pipeline.run(open_source(path)):
                if people.body is not None and len(people):
                    points = reader.read(frame, people.boxes[0])[None]
                    classifier.probabilities(people[:1].body or people.body, points)
            times.setdefault(f"Vitruvian, {model}", []).append(time.perf_counter() - started)
        started = time.perf_counter()
        points = read_twice(next(iter(open_source(path))), lightning)[None, :, :2]
        quick.run(points)
        times.setdefault("Vitruvian, quick, one core", []).append(time.perf_counter() - started)
        for looks in (1, 3):
            started = time.perf_counter()
            frame = next(iter(open_source(path)))
            for _ in range(looks):
                points = reader.read(frame)[None]
            network.logits(
                course_inputs(PoseTable(("x",), ("x",), np.zeros(1, np.int64), None, points))
            )
            title = f"{COURSE_NAME}, {looks} look{'s' * (looks > 1)} a picture"
            times.setdefault(title, []).append(time.perf_counter() - started)
    rows = [
        {"system": name, "median ms": 1000 * float(np.median(t)), "least ms": 1000 * min(t)}
        for name, t in times.items()
    ]
    report.add(f"whole chain, {len(paths)} pictures", rows, "The course looks three times.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/yoga"))
    parser.add_argument("--cache", type=Path, default=Path(".bench/classification"))
    parser.add_argument("--pictures", type=int, default=40, help="for the speed")
    parser.add_argument("--photos", type=Path, help="photographs, with a folder for each class")
    parser.add_argument("--only", nargs="*", choices=("test", "people", "speed", "photos"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    wanted = set(options.only or ("test", "people", "speed", "photos"))
    report = Report()
    reader = weights.load("movenet-thunder", KeypointReader)
    seen, asked = (
        landmarks(options.data / part, options.cache, reader) for part in ("train", "test")
    )
    tables = {"careful": (seen, asked)}
    if wanted & {"test", "people"}:
        lightning = quick_reader()
        quick = [
            quick_keypoints(options.data / part, options.cache, lightning)
            for part in ("train", "test")
        ]
        tables["quick"] = (quick[0], quick[1])
    if "test" in wanted:
        on_test(report, tables)
    if "people" in wanted:
        by_person(report, tables)
    if "photos" in wanted and options.photos:
        on_photos(report, seen, landmarks(options.photos, options.cache, reader))
    if "speed" in wanted:
        speed(report, options.data / "test", seen, reader, options.pictures)
    report.save(options.json)


if __name__ == "__main__":
    main()
