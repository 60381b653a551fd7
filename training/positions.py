"""Trains the shipped model of grappling positions: ``python -m training.positions GrappleMap.txt``.

The file is GrappleMap's database, in the public domain. On two cores it takes some minutes; the
same file, seed and NumPy give the same model. ``--check`` holds a fifth of the families of
positions back and tells how well those are named; ``--pairs`` tells how well real, labelled pairs
are.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from training.families import families
from training.grapplemap import CLASSES, labelled, read_entries, to_coco
from vitruvian.classify.pair_model import PairModel
from vitruvian.classify.pair_samples import read_pairs
from vitruvian.classify.pair_training import PairPlan, PairSamples, draw_views, train_pairs
from vitruvian.classify.scores import class_scores
from vitruvian.types import Floats

OUT = Path(__file__).parents[1] / "src" / "vitruvian" / "classify" / "positions.npz"
_FOLDS = 5
_SHARES = {"standing": 0.4, "open_guard": 0.35, "turtle": 0.4}
"""How often the partner is somebody else: in a match people stand apart, one sits and one stands,
and one stands over a turtle, of which GrappleMap has little."""


def grappling(path: Path, *, fold: int | None = None) -> tuple[PairSamples, PairSamples | None]:
    """GrappleMap as samples, without and with only those of every fifth family from ``fold``."""
    entries = read_entries(path)
    found = labelled(entries)
    if fold is None:
        return _samples(found), None
    family = families(np.stack([each.frames[0] for each in entries if len(each.frames) == 1]))
    held = np.random.default_rng(3).integers(0, _FOLDS, family.max() + 1)[family] == fold
    kept, away = ([row for row in found if held[row[3]] == side] for side in (False, True))
    return _samples(kept), _samples(away)


def _samples(found: list[tuple[Floats, str, int, int]]) -> PairSamples:
    poses = to_coco(np.stack([frame for frame, *_ in found]))
    labels = tuple(name for _, name, _, _ in found)
    tops = np.array([top for *_, top, _ in found])
    groups = np.array([group for *_, group in found])
    return PairSamples(poses, labels, tops, groups, Recombination(poses, labels, tops))


class Recombination:
    """Puts people of different scenes together, at places where they could be."""

    def __init__(self, poses: Floats, labels: tuple[str, ...], tops: np.ndarray) -> None:
        self._poses, self._labels, self._tops = poses, labels, tops
        hips = poses[:, :, [11, 12], 1].mean(-1)
        knees = poses[:, :, [13, 14], 1].min(-1)
        name = np.array(labels)
        upright = (hips > 0.6) & (knees > 0.25)
        self._standing = poses[upright & (name == "standing")[:, None]]
        self._over = poses[upright & np.isin(name, ["standing", "open_guard"])[:, None]]
        guard = (name == "open_guard") & (tops >= 0)
        self._passing = poses[np.flatnonzero(guard), tops[guard]]

    def __call__(self, row: int, rng: np.random.Generator) -> Floats:
        """The sample itself, or with another partner."""
        label, top = self._labels[row], int(self._tops[row])
        pose: Floats = self._poses[row]
        if rng.random() >= _SHARES.get(label, 0):
            return pose
        if label == "standing":
            return self._face_to_face(rng)
        if top < 0:
            return pose
        pose = pose.copy()
        place = self._over_a_turtle if label == "turtle" else self._before_a_guard
        pose[top] = place(pose[1 - top], rng)
        return pose

    def _face_to_face(self, rng: np.random.Generator) -> Floats:
        apart, way = rng.uniform(0.4, 2.2), rng.uniform(0, 2 * np.pi)
        one, other = (_any(self._standing, rng) for _ in range(2))
        there = apart * np.array([np.sin(way), np.cos(way)])
        return np.asarray(
            [
                _placed(one, np.zeros(2), way + rng.normal(0, 0.4)),
                _placed(other, there, way + np.pi + rng.normal(0, 0.4)),
            ]
        )

    def _over_a_turtle(self, below: Floats, rng: np.random.Generator) -> Floats:
        middle = below[[5, 6, 11, 12]].mean(0)[[0, 2]]
        way = rng.uniform(0, 2 * np.pi)
        at = middle + rng.uniform(0.1, 0.8) * np.array([np.sin(way), np.cos(way)])
        return _placed(_any(self._over, rng), at, way + np.pi + rng.normal(0, 0.5))

    def _before_a_guard(self, below: Floats, rng: np.random.Generator) -> Floats:
        who = self._over if rng.random() < 0.7 else self._passing
        hips = below[[11, 12]].mean(0)
        legs = below[[13, 14, 15, 16]].mean(0) - hips
        way = np.arctan2(legs[0], legs[2]) + rng.normal(0, 0.35)
        at = hips[[0, 2]] + rng.uniform(0.5, 1.3) * np.array([np.sin(way), np.cos(way)])
        return _placed(_any(who, rng), at, way + np.pi + rng.normal(0, 0.4))


def _any(bodies: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(bodies[rng.integers(len(bodies))])


def _placed(body: Floats, at: np.ndarray, bearing: float) -> Floats:
    """The body with its hips above a place of the floor, its chest towards a bearing."""
    across = body[5] - body[6]
    forward = np.cross(across, body[[5, 6]].mean(0) - body[[11, 12]].mean(0))
    turn = bearing - np.arctan2(forward[0], forward[2])
    x = np.cos(turn) * body[:, 0] + np.sin(turn) * body[:, 2]
    z = np.cos(turn) * body[:, 2] - np.sin(turn) * body[:, 0]
    placed = np.stack([x, body[:, 1], z], axis=1)
    placed[:, [0, 2]] += at - placed[[11, 12]][:, [0, 2]].mean(0)
    return placed


def tell(model: PairModel, views: Floats, labels: list[str], tops: np.ndarray, title: str) -> None:
    """Print macro F1 over the classes present, and how often the top is right."""
    seen = model(views)
    truth, said = (
        np.array([model.classes.index(name) for name in x]) for x in (labels, seen.labels)
    )
    scores = class_scores(truth, said, len(model.classes))
    right = seen.tops[tops >= 0] == tops[tops >= 0]
    print(f"{title}: macro F1 {scores.macro_f1:.3f}, top {right.mean():.3f}")
    each = zip(model.classes, scores.f1, strict=True)
    print("  " + ", ".join(f"{name} {f1:.2f}" for name, f1 in each if f1 == f1))


def main() -> None:
    """Train, write, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("grapplemap", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--check", type=int, metavar="FOLD", choices=range(_FOLDS))
    parser.add_argument("--pairs", type=Path, help="labelled pairs as JSON")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    plan = PairPlan(samples=60_000, epochs=10, seed=options.seed)
    samples, away = grappling(options.grapplemap, fold=options.check)
    model = train_pairs(samples, plan, order=CLASSES)
    if away is not None:
        which = np.array([CLASSES.index(label) for label in away.labels])
        views, labels, tops = draw_views(away, which, np.random.default_rng(99), 6000)
        tell(model, views, [CLASSES[c] for c in labels], tops, "families held back")
    else:
        options.out.write_bytes(model.save())
        print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.2f} MB")
    print(f"{time.perf_counter() - started:.0f} s")
    if options.pairs is not None:
        pairs = read_pairs(options.pairs)
        names = [name or "" for name in pairs.positions]
        tell(model, pairs.keypoints, names, pairs.tops, options.pairs.name)


if __name__ == "__main__":
    main()
