"""Hands beside MediaPipe's, in one run: ``python -m benchmarks.hands``.

Parts (``--only``): ``speed`` on MediaPipe's film of a signing hand and ``film``, how near both
come to what is expected of each of its frames; ``pictures``, FreiHAND, RHD and ``left_hands.jpg``;
``fit``, what fitting a mechanism does to joints, bones, jitter and the way back to the picture.
`benchmarks.truth.data` says where the data is looked for.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import peer
from benchmarks.report import Report, machine
from benchmarks.truth import data
from vitruvian.fit import bone_lengths, fit_hand
from vitruvian.fit.hand_model import FINGERS, PALM, measured, outside, roots
from vitruvian.weights import obtain

FILM = ("tfjs", "asl_hand.25fps.mp4")
MEDIAPIPE, OURS = f"MediaPipe {peer.VERSION}", "Vitruvian"
Array = NDArray[np.floating[Any]]
_TIP_FIRST = [0, 4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9, 16, 15, 14, 13, 20, 19, 18, 17]
"""RHD counts every finger from its tip."""


@dataclass
class Seen:
    """What one system found, a list entry per picture."""

    xy: list[Array]
    world: list[Array]
    right: list[Array]
    done: Array
    peak: float

    @classmethod
    def read(cls, path: Path) -> Seen:
        """Read what `benchmarks.peer_hands` wrote."""
        with np.load(path) as saved:
            ends = np.cumsum(saved["counts"])[:-1]
            xy, world, right = (np.split(saved[part], ends) for part in ("xy", "world", "right"))
            return cls(xy, world, right, saved["done"], float(saved["peak"]))

    @property
    def fps(self) -> float:
        """Frames a second from the first result to the last."""
        return (len(self.done) - 1) / float(self.done[-1] - self.done[0])


@dataclass(frozen=True)
class Truth:
    """One hand in one picture: landmarks in pixels, the size of its box, and metres if known."""

    xy: Array
    size: float
    world: Array | None = None


def look(system: str, model: str, *options: object) -> Seen:
    """Run a system in a process of its own."""
    out = peer.BENCH / "hands.npz"
    common = [*map(str, options), "--out", str(out)]
    if system == MEDIAPIPE:
        python, task = str(peer.python()), str(bundle(model))
        command = [python, "-m", "benchmarks.peer_hands", "mediapipe", "--task", task, *common]
    else:
        module = [sys.executable, "-m", "benchmarks.peer_hands"]
        command = [*module, "ours", "--model", model, *common]
    peer.check(system, command)
    return Seen.read(out)


def bundle(model: str) -> Path:
    made = peer.BENCH / f"hand-{model}.task"
    if not made.exists():
        made.parent.mkdir(exist_ok=True)
        models = ["--palms", obtain(f"palm-{model}"), "--landmarks", obtain(f"hand-{model}")]
        module = [str(peer.python()), "-m", "benchmarks.peer_hands", "bundle"]
        peer.check("MediaPipe", [*module, *map(str, models), "--out", str(made)])
    return made


def speed(report: Report, options: argparse.Namespace) -> None:
    """The whole loop with decoding; the systems take turns, and the median round counts."""
    rows = []
    for model in options.models:
        for hands in (1, 2):
            wanted = ("--film", data(*FILM), "--hands", hands)
            rounds: dict[str, list[Seen]] = {MEDIAPIPE: [], OURS: []}
            for _ in range(options.rounds):
                for system, seen in rounds.items():
                    seen.append(look(system, model, *wanted))
            fps = {
                system: float(np.median([one.fps for one in seen]))
                for system, seen in rounds.items()
            }
            rows.append(
                {"model": model, "hands wanted": hands}
                | {f"{system}, fps": value for system, value in fps.items()}
                | {"times": fps[OURS] / fps[MEDIAPIPE]}
                | {f"{s}, MB": max(one.peak for one in seen) for s, seen in rounds.items()}
            )
    note = f"{FILM[-1]}, {options.rounds} rounds in turns, median; {machine()}."
    report.add("Hands: speed", rows, note)


def film(report: Report, options: argparse.Namespace) -> None:
    """Every frame of the signing hand against what tfjs-models' tests expect."""
    expected = np.array(json.loads(data("tfjs", "asl_hand.full.json").read_text()))[..., :2]
    metres = np.array(json.loads(data("tfjs", "asl_hand_3d.full.json").read_text()))
    rows = []
    for name, system, extra in (
        (MEDIAPIPE, MEDIAPIPE, ()),
        (f"{OURS}, frames by OpenCV", OURS, ("--opencv",)),
        (f"{OURS}, frames by PyAV", OURS, ()),
    ):
        seen = look(system, "full", "--film", data(*FILM), "--hands", 1, *extra)
        missing = sum(len(hands) != 1 for hands in seen.xy)
        both = [t for t in range(len(expected)) if len(seen.xy[t]) == 1]
        xy, world = (np.concatenate([part[t] for t in both]) for part in (seen.xy, seen.world))
        gap, deep = xy - expected[both], world - metres[both]
        rows.append(
            {
                "system": name,
                "frames without": missing,
                "mean px": float(np.linalg.norm(gap, axis=-1).mean()),
                "largest px": float(np.abs(gap).max()),
                "mean mm": 1000 * float(np.linalg.norm(deep, axis=-1).mean()),
                "largest mm": 1000 * float(np.abs(deep).max()),
            }
        )
    report.add("Hands: 325 frames against their expected landmarks", rows, "Margins 22 px, 12 mm.")


def pictures(report: Report, options: argparse.Namespace) -> None:
    """Hands alone in pictures: PCK, and in RHD the error in space."""
    sets = {"FreiHAND": freihand(), "RHD": rhd(), "left_hands.jpg": left_hands()}
    listed = peer.BENCH / "hands.txt"
    rows = []
    for name, truth in sets.items():
        listed.write_text("".join(f"{path}\n" for path in truth))
        for model in options.models:
            for system in (MEDIAPIPE, OURS):
                seen = look(system, model, "--list", listed, "--hands", 2)
                rows.append({"set": name, "model": model, "system": system} | score(truth, seen))
    report.add("Hands in pictures", rows, "PCK@0.2 of the hand's box; what is not found counts 0.")


def score(truth: dict[str, list[Truth]], seen: Seen) -> dict[str, Any]:
    """How many hands were found, how many landmarks are near, and how far off the others are."""
    pck, gaps, spaces, found = [], [], [], 0
    for index, expected in enumerate(truth.values()):
        for hand in expected:
            away = [np.linalg.norm(xy - hand.xy, axis=1) / hand.size for xy in seen.xy[index]]
            best = int(np.argmin([gap.mean() for gap in away])) if away else -1
            if best < 0 or away[best].mean() > 1:
                pck.append(0.0)
                continue
            found += 1
            pck.append(float((away[best] < 0.2).mean()))
            gaps.append(float(away[best].mean()))
            if hand.world is not None:
                spaces.append(aligned(seen.world[index][best], hand.world))
    return {
        "found": f"{found}/{len(pck)}",
        "PCK@0.2": float(np.mean(pck)),
        "mean gap % of box": 100 * float(np.mean(gaps)),
        "PA-MPJPE mm": 1000 * float(np.mean(spaces)) if spaces else float("nan"),
    }


def aligned(points: Array, truth: Array) -> float:
    """The mean distance after the best turn, scale and shift (PA-MPJPE)."""
    a, b = points - points.mean(0), truth - truth.mean(0)
    left, sizes, right = np.linalg.svd(a.T @ b)
    sizes[-1] *= (sign := np.sign(np.linalg.det(left @ right)))
    left[:, -1] *= sign
    laid = a @ (left @ right) * (sizes.sum() / (a * a).sum())
    return float(np.linalg.norm(laid - b, axis=1).mean())


def fit(report: Report, options: argparse.Namespace) -> None:
    """Raw landmarks beside those of the fitted mechanism."""
    seen = look(OURS, "full", "--film", data(*FILM), "--hands", 1, "--opencv")
    whole = [t for t, hands in enumerate(seen.xy) if len(hands) == 1]
    xy, raw = (np.concatenate([part[t] for t in whole]) for part in (seen.xy, seen.world))
    side = bool(np.mean(np.concatenate(seen.right)) > 0.5)
    fitted = fit_hand(raw, xy, right=side)
    rows = [{"of": FILM[-1], "landmarks": "as read"} | anatomy(raw, xy, side)]
    rows.append({"of": FILM[-1], "landmarks": "fitted"} | anatomy(fitted, xy, side))
    report.add("Hands: what fitting does over time", rows)
    truth = {**freihand(), **rhd()}
    listed = peer.BENCH / "hands.txt"
    listed.write_text("".join(f"{path}\n" for path in truth))
    seen = look(OURS, "full", "--list", listed, "--hands", 1)
    report.add("Hands: what fitting does in pictures", in_pictures(list(truth.values()), seen))


def in_pictures(truth: Sequence[Sequence[Truth]], seen: Seen) -> list[dict[str, Any]]:
    """One frame has no bones to keep, but joints, fingers and a picture."""
    rows: list[dict[str, Any]] = []
    for name in ("as read", "fitted"):
        kept: list[dict[str, float]] = []
        spaces: list[float] = []
        for hands, xy, world, right in zip(truth, seen.xy, seen.world, seen.right, strict=True):
            for hand in hands if len(xy) else ():
                shape = world if name == "as read" else fit_hand(world, xy, right=bool(right[0]))
                kept.append(anatomy(shape, xy, bool(right[0])))
                if hand.world is not None:
                    spaces.append(aligned(shape[0], hand.world))
        facts = ("beyond limits %", "excess deg", "fingers in fingers", "from the picture %")
        rows.append(
            {"landmarks": name, "hands": len(kept)}
            | {fact: float(np.mean([one[fact] for one in kept])) for fact in facts}
            | {"RHD PA-MPJPE mm": 1000 * float(np.mean(spaces))}
        )
    return rows


def anatomy(world: Array, xy: Array, right: bool) -> dict[str, float]:
    """How much of a hand (T, 21, 3) metres are, and how far from its (T, 21, 2) pixels.

    Jitter is the mean second difference over time; one finger is in another where their bones
    come nearer than a tenth of the way from wrist to middle knuckle; the way back to the picture
    is by the shift and scale that fit best, in shares of that way.
    """
    shape = world.astype(np.float64)
    angles = measured(
        roots(shape[:, PALM], right=right), shape[:, PALM[1:]], shape[:, FINGERS[:, 1:]]
    )
    excess = np.rad2deg(outside(angles))[..., [0, 1, 3, 4]]
    lengths = bone_lengths(world.astype(np.float32))
    jitter = np.linalg.norm(np.diff(shape, 2, axis=0), axis=-1)
    flat = shape[..., :2] - shape[..., :2].mean(1, keepdims=True)
    seen = xy - xy.mean(1, keepdims=True)
    scale = (flat * seen).sum((1, 2)) / (flat * flat).sum((1, 2))
    gap = np.linalg.norm(flat * scale[:, None, None] - seen, axis=-1)
    palm = np.linalg.norm(xy[:, 9] - xy[:, 0], axis=-1)
    return {
        "beyond limits %": 100 * float((excess > 0.1).mean()),
        "excess deg": float(excess.mean()),
        "bone variation %": 100 * float((lengths.std(0) / lengths.mean(0)).mean()),
        "jitter mm": 1000 * float(jitter.mean()) if len(jitter) else float("nan"),
        "fingers in fingers": float(crossings(shape).mean()),
        "from the picture %": 100 * float((gap / palm[:, None]).mean()),
    }


def crossings(shape: Array) -> Array:
    """(T,) how many pairs of fingers are one in the other."""
    chains = shape[:, FINGERS]
    beads = np.concatenate([(chains[:, :, :-1] + chains[:, :, 1:]) / 2, chains[:, :, 1:]], 2)
    least = 0.1 * np.linalg.norm(shape[:, 9] - shape[:, 0], axis=-1)
    pairs = [
        np.linalg.norm(beads[:, a, :, None] - beads[:, b, None], axis=-1).min((1, 2)) < least
        for a in range(5)
        for b in range(a + 1, 5)
    ]
    return np.asarray(np.sum(pairs, axis=0))


def freihand() -> dict[str, list[Truth]]:
    return {
        path: [
            Truth(np.array(one["keypoints"]).reshape(21, 3)[:, :2], max(one["bbox"][2:]))
            for one in hands
        ]
        for path, hands in coco(data("mmpose", "freihand"), "test_freihand.json").items()
    }


def rhd() -> dict[str, list[Truth]]:
    return {
        path: [
            Truth(
                np.array(one["keypoints"])[_TIP_FIRST, :2],
                max(one["bbox"][2:]),
                np.array(one["joint_cam"])[_TIP_FIRST] / 1000,
            )
            for one in hands
        ]
        for path, hands in coco(data("mmpose", "rhd"), "test_rhd.json").items()
    }


def coco(folder: Path, name: str) -> dict[str, list[Any]]:
    table = json.loads((folder / name).read_text())
    names = {image["id"]: str(folder / image["file_name"]) for image in table["images"]}
    hands: dict[str, list[Any]] = {}
    for one in table["annotations"]:
        hands.setdefault(names[one["image_id"]], []).append(one)
    return hands


def left_hands() -> dict[str, list[Truth]]:
    hands = []
    for way in ("up", "down"):
        text = data("mediapipe", f"expected_left_{way}_hand_landmarks.prototxt").read_text()
        columns = [[float(x) for x in re.findall(rf"{axis}: (\S+)", text)] for axis in "xy"]
        xy = np.array(columns).T[:21] * (720, 382)
        hands.append(Truth(xy, float(np.ptp(xy, axis=0).max())))
    return {str(data("mediapipe", "left_hands.jpg")): hands}


PARTS = {"speed": speed, "film": film, "pictures": pictures, "fit": fit}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hands", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    parser.add_argument("--models", choices=("full", "lite"), nargs="+", default=("full", "lite"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the tables there too")
    options = parser.parse_args()
    report = Report()
    for name in options.only or PARTS:
        PARTS[name](report, options)
    report.save(options.json)


if __name__ == "__main__":
    main()
