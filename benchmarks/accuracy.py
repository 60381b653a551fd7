"""Landmarks and people found, against ground truth: ``python -m benchmarks.accuracy``.

Parts (``--only``): ``picture``, MediaPipe's own test picture; ``lspet``, landmarks on 400 sport
pictures; ``pictures`` and ``films``, finding everybody where there are several.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import found, peer, truth
from benchmarks.found import Found
from benchmarks.report import Report
from vitruvian.geometry.boxes import iou, overlap_of
from vitruvian.measure import COCO_SIGMAS, Recall, oks, pck, recall_and_false
from vitruvian.skeletons import BLAZEPOSE_33

MODELS = ("lite", "full", "heavy")
MODEL = "full"
MOVENET_BARS = (0.25, 0.15)
"""tfjs-models' own, and one at which it finds more with still few false people."""
Pictures = Callable[[list[Path], str], list[Found]]


def picture(report: Report, ours: bool) -> None:
    """Both systems on MediaPipe's test picture, against its expected landmarks."""
    path, expected = truth.reference_pose()
    size = np.array(next(found.pictures([path])).shape[1::-1])
    rows = []
    for model in MODELS:
        for name, run in one_person(ours).items():
            body = run([path], model)[0].body
            if body is None or not len(body):
                raise RuntimeError(f"{name} {model} finds nobody in {path.name}")
            off = np.abs(body[0] / size - expected)
            rows.append({"model": model, "system": name, "max": off.max(), "mean": off.mean()})
    report.add(
        "pose.jpg: difference from pose_landmarks.pbtxt, as a share of the picture",
        rows,
        "MediaPipe's own tests allow 0.03.",
    )


def one_person(ours: bool) -> dict[str, Pictures]:
    """The systems that give 33 landmarks, asked for the most prominent person."""
    systems: dict[str, Pictures] = {
        f"MediaPipe {peer.VERSION}": lambda paths, model: found.mediapipe_pictures(paths, model, 1)
    }
    if ours:
        systems["Vitruvian"] = lambda paths, model: found.ours_pictures(paths, model, 1)
    return systems


def lspet(report: Report, ours: bool) -> None:
    """PCK@0.2 of the torso over twelve joints; nobody found is twelve joints wrong."""
    paths, joints = truth.lspet()
    columns = [BLAZEPOSE_33.index(name) for name in truth.LSP_JOINTS]
    torso = np.linalg.norm(joints[:, truth.SHOULDERS[0]] - joints[:, truth.HIPS[1]], axis=-1)
    rows = []
    for model in MODELS:
        bodies = {name: _first(run(paths, model)) for name, run in one_person(ours).items()}
        if ours:
            from benchmarks import given

            bodies["given the true region"] = given.bodies(
                paths, model, joints, truth.SHOULDERS, truth.HIPS
            )
        for name, landmarks in bodies.items():
            guess = np.full_like(joints, np.nan)
            for row, body in enumerate(landmarks):
                if len(body):
                    guess[row] = body[0, columns]
            share = 100 * pck(guess, joints, torso, 0.2)
            rows.append(
                {
                    "model": model,
                    "system": name,
                    "PCK@0.2": float(share.mean()),
                    "either way round": _either_way_round(guess, joints, torso),
                    "found %": 100 * float(np.isfinite(guess[:, 0, 0]).mean()),
                }
                | _sides(dict(zip(truth.LSP_JOINTS, share, strict=True)))
            )
    report.add(
        f"lspet: {len(paths)} pictures, the first person returned, per cent",
        rows,
        "Torso: left shoulder to right hip. Neck and head top, which BlazePose has not, are left"
        " out. One person is labelled per picture, not always the most prominent. Either way round:"
        " left and right of the whole body exchanged where that fits the labels better: some of"
        " these name a person's sides wrongly.",
    )


def _either_way_round(guess: NDArray[Any], joints: NDArray[Any], torso: NDArray[Any]) -> float:
    """PCK@0.2 in per cent where nobody asks which side of a person is their left."""
    columns = [BLAZEPOSE_33.index(name) for name in truth.LSP_JOINTS]
    other = [columns.index(BLAZEPOSE_33.mirror[column]) for column in columns]
    as_read, exchanged = (
        [pck(*one, 0.2).mean() for one in zip(bodies, joints, torso, strict=True)]
        for bodies in (guess, guess[:, other])
    )
    return 100 * float(np.maximum(as_read, exchanged).mean())


def _first(seen: list[Found]) -> list[NDArray[Any]]:
    return [np.zeros((0, 33, 2)) if one.body is None else one.body[:1] for one in seen]


def _sides(by_name: dict[str, float]) -> dict[str, float]:
    parts = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    return {part: (by_name[f"left_{part}"] + by_name[f"right_{part}"]) / 2 for part in parts}


def pictures(report: Report, ours: bool) -> None:
    """Everybody in COCO's and CrowdPose's few pictures, at OKS 0.5 and at IoU 0.5."""
    sets = {name: truth.keypoint_pictures(name) for name in ("coco", "crowdpose")}
    crowds = [pair for pairs in sets.values() for pair in pairs]
    paths = [path for path, _ in crowds]
    key = " ".join(map(str, paths))
    systems = {
        f"MediaPipe {peer.VERSION}, num_poses=10": found.mediapipe_pictures(paths, MODEL, 10),
    }
    for bar in MOVENET_BARS:
        systems[movenet(bar)] = found.movenet_pictures(found.pictures(paths), key, bar)
    if ours:
        systems["Vitruvian"] = found.ours_pictures(paths, MODEL, None)
    rows = []
    for name, seen in systems.items():
        pairs = [(one, crowd) for one, (_, crowd) in zip(seen, crowds, strict=True)]
        by_oks, by_box = _sum(map(_by_keypoints, pairs)), _sum(map(_by_boxes, pairs))
        rows.append({"system": name} | _shares("OKS ", by_oks) | _shares("IoU ", by_box))
    report.add(
        f"coco and crowdpose: {len(paths)} pictures, people found at 0.5",
        rows,
        "People without labelled keypoints are no merit and no mistake.",
    )


def films(report: Report, ours: bool) -> None:
    """Everybody in the frames of two tracking films, at IoU 0.5."""
    for title, film in truth.films().items():
        version = f"MediaPipe {peer.VERSION}, num_poses=10"
        key = f"{film.path} {film.step}"
        systems = {
            f"{version}, IMAGE": found.mediapipe_film(film, MODEL, 10, "IMAGE"),
            f"{version}, VIDEO": found.mediapipe_film(film, MODEL, 10, "VIDEO"),
        }
        for bar in MOVENET_BARS:
            raw = found.movenet_pictures(found.frames(film), key, bar)
            systems[movenet(bar)] = dict(zip(film.compared, raw, strict=True))
        if ours:
            systems["Vitruvian"] = found.ours_film(film, MODEL)
        rows = []
        for name, seen in systems.items():
            shares = _shares("IoU ", _sum(map(_by_boxes, _compared(film, seen))))
            in_sight = {i: one.in_sight for i, one in seen.items()}
            count = _sum(map(_by_boxes, _compared(film, in_sight)))
            excusing = _sum(map(_by_boxes, _compared(film, in_sight, excused=True)))
            rows.append(
                {"system": name}
                | shares
                | {"in sight: recall %": 100 * count.recall, "false %": 100 * count.false_share}
                | {"false, all labelled %": 100 * excusing.false_share}
            )
        report.add(
            f"{title}: every {film.step}. frame, people found at IoU 0.5",
            rows,
            "In sight: without the rows of those who are hidden and only believed to be there,"
            " which are marked as such. All labelled: of these, without people at the left and"
            " right edge, who are labelled late, and those known by eye who never are.",
        )


def _compared(
    film: truth.Film, seen: dict[int, Found], *, excused: bool = False
) -> list[tuple[Found, truth.Crowd]]:
    """What was found and what is true, frame by frame."""
    return [
        (seen[i], truth.Crowd(film.boxes[i], excused=film.excused(i) if excused else None))
        for i in film.compared
    ]


def movenet(bar: float) -> str:
    """What MoveNet is called in the tables."""
    return f"MoveNet MultiPose 384, score {bar}"


def _by_keypoints(pair: tuple[Found, truth.Crowd]) -> Recall:
    seen, crowd = pair
    if crowd.keypoints is None or crowd.areas is None:
        raise ValueError("this crowd has no keypoints")
    likeness = oks(seen.coco, crowd.keypoints, crowd.areas, COCO_SIGMAS)
    return recall_and_false(likeness, scores=seen.scores, ignored=_excused(seen, crowd))


def _by_boxes(pair: tuple[Found, truth.Crowd]) -> Recall:
    seen, crowd = pair
    likeness = iou(seen.boxes, crowd.boxes)
    return recall_and_false(likeness, scores=seen.scores, ignored=_excused(seen, crowd))


def _excused(seen: Found, crowd: truth.Crowd) -> NDArray[np.bool_]:
    """Who lies, by more than half, where the truth is known to be incomplete."""
    if crowd.excused is None or not len(crowd.excused):
        return np.zeros(len(seen.boxes), bool)
    return np.asarray((overlap_of(seen.boxes, crowd.excused) > 0.5).any(axis=1))


def _sum(counts: Iterable[Recall]) -> Recall:
    return sum(counts, Recall())


def _shares(prefix: str, count: Recall) -> dict[str, Any]:
    return {
        f"{prefix}recall %": 100 * count.recall,
        f"{prefix}false %": 100 * count.false_share,
        f"{prefix}people": count.truths,
    }


PARTS = {"picture": picture, "lspet": lspet, "pictures": pictures, "films": films}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    parser.add_argument("--peers", action="store_true", help="leave Vitruvian out")
    parser.add_argument("--json", type=Path, help="write the tables there too")
    options = parser.parse_args()
    report = Report()
    for name in options.only or PARTS:
        PARTS[name](report, not options.peers)
    report.save(options.json)


if __name__ == "__main__":
    main()
