"""From a table of poses to a classifier, with what is known about it when it is held back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vitruvian.classify.augment import Variety, varied
from vitruvian.classify.features import Features, extract
from vitruvian.classify.model import NONE, Branch, PoseModel
from vitruvian.classify.network import fit, softmax
from vitruvian.classify.others import other_poses
from vitruvian.classify.recombine import chimeras, recombined
from vitruvian.classify.scores import class_scores
from vitruvian.classify.table import BODY, KEYPOINTS, PoseTable
from vitruvian.errors import InputError
from vitruvian.types import Bools, Floats, Ints

__all__ = ["Plan", "Trained", "fold_of", "train"]

_COPIES = 8
"""How often each pose is seen once more, varied."""
_SMOOTHING = 0.05
"""The share of every target that is spread over all classes."""
_STRANGE = Variety(bend=0.9, odd=0.0, swap=0.3, lost=0.2)
"""Limbs turned this far make a pose that is none of those shown."""
_STRANGERS, _OTHERS, _CHIMERAS = 2, 4, 4
"""How many of them, of what people do elsewhere, and of bodies put together from all these there
are to a pose of the largest class."""
_ANSWERED = 0.85
"""The share of held-back poses of known classes that must not be refused."""
_FOLDS = 5
_AT_ONCE = 256
"""Rows whose distances are reckoned together, for memory's sake."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a classifier is trained.

    Args:
        facing: Whether poses that differ by where the person faces are different poses.
        mirror: Whether a pose and its mirror image are the same.
        seed: Where chance begins; the same seed and table give the same classifier.
        folds: In how many parts the table is cut to be held back, one after the other; 0 holds
            nothing back, and then nothing is known about how good the classifier is.
    """

    facing: bool = False
    mirror: bool = True
    seed: int = 0
    folds: int = _FOLDS


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A classifier, and what it said of each pose before it had seen it.

    Args:
        model: The classifier, trained on all poses.
        held_back: (N, C) probabilities by a classifier that had not seen the pose's fold; NaN
            where a class has no pose in other folds.
        strangers: The share of poses of a class never shown that were refused.
    """

    model: PoseModel
    held_back: Floats
    strangers: float


def train(
    table: PoseTable, plan: Plan | None = None, *, step: Callable[[int, int], None] | None = None
) -> Trained:
    """Train a classifier, and find out how good it is and when it should refuse to answer.

    Every class counts the same, however many poses it has. Each fold is held back once; then
    each class is, to see what the classifier makes of poses that are none of those it knows.
    Temperature (Guo et al., 2017) and the threshold for "none of these" are chosen on these
    answers: the threshold makes the mean of known poses answered and unknown ones refused as
    large as it gets while 85 % of the known ones are answered.

    Args:
        table: The poses.
        plan: How; None for the usual way.
        step: Told how many of how many trainings are done.

    Raises:
        InputError: There are fewer than two classes with poses.
    """
    plan = plan or Plan()
    present = np.unique(table.truth)
    if len(present) < 2:
        raise InputError("a classifier needs poses of two classes or more; give a folder for each")
    spaces = _branches(table, plan)
    fold = fold_of(table, max(plan.folds, 1))
    jobs: list[Bools] = [fold != number for number in range(plan.folds)]
    known = len(jobs)
    # With two classes nothing is left to tell apart when one is held back.
    if known and len(present) > 2:
        jobs += [table.truth != label for label in present]
    total = len(jobs) + 1
    answers = np.full((len(table), len(table.classes) + 1), np.nan, np.float32)
    strangers: list[Floats] = []
    for number, seen in enumerate(jobs):
        held = ~seen
        if held.any() and len(np.unique(table.truth[seen])) > 1:
            model = _fitted(table[seen], spaces, plan)
            logits = model.logits(*table[held].inputs(model))
            absent = ~np.isin(np.arange(len(table.classes)), table.truth[seen])
            logits[:, :-1][:, absent] = -np.inf
            if number < known:
                logits[absent[table.truth[held]]] = np.nan
                answers[held] = logits
            else:
                strangers.append(_refusal(logits))
        if step is not None:
            step(number + 1, total)
    model = _fitted(table, spaces, plan)
    if step is not None:
        step(total, total)
    return _settled(model, table, answers, np.concatenate([np.zeros(0, np.float32), *strangers]))


def fold_of(table: PoseTable, folds: int) -> Ints:
    """(N,) the part of each pose: pictures of one scene stay together.

    File names that differ by their last number only, such as ``anna_tree007.jpg`` and
    ``anna_tree008.jpg``, and frames of one film, are taken for one scene; within a class scenes
    go to the parts in turn, by name. A class with fewer scenes than parts is cut by picture, in
    the order of the names.
    """
    fold = np.zeros(len(table), np.int64)
    for label in np.unique(table.truth):
        rows = np.flatnonzero(table.truth == label)
        scenes = [_scene(table.files[row]) for row in rows]
        names = sorted(set(scenes))
        if len(names) >= folds:
            # The largest scenes first, so that no part is left with the crumbs only.
            sizes = {name: scenes.count(name) for name in names}
            main = sorted(sorted(names, key=lambda n: -sizes[n])[:folds])
            place = {name: i for i, name in enumerate(main)}
            rest = (name for name in names if name not in place)
            place |= {name: i % folds for i, name in enumerate(rest)}
            fold[rows] = [place[scene] for scene in scenes]
        else:
            order = np.argsort([table.files[row] for row in rows], kind="stable")
            fold[rows[order]] = np.arange(len(rows)) * folds // len(rows)
    return fold


def _scene(file: str) -> str:
    name = file.rsplit("/", 1)[-1].split("#", 1)[0]
    return re.sub(r"\d+(?=\.[^.]*$|$)", "", name)


def _branches(table: PoseTable, plan: Plan) -> list[Features]:
    found = []
    if table.body is not None:
        found.append(Features(BODY, table.body.shape[2] == 6, plan.facing, plan.mirror))
    if table.keypoints is not None:
        found.append(Features(KEYPOINTS, False, plan.facing, plan.mirror))
    return found


def _fitted(table: PoseTable, spaces: Sequence[Features], plan: Plan) -> PoseModel:
    """A network for each reading of the body, trained on poses and their variations."""
    rng = np.random.default_rng(plan.seed)
    counts = np.bincount(table.truth, minlength=len(table.classes))
    weights = (1 / np.maximum(counts, 1))[table.truth]
    most = int(counts.max())
    # All poses once, and those of the smaller classes again until all classes are as large.
    extra = rng.choice(len(table), max(0, most * int((counts > 0).sum()) - len(table)),
                       p=_short(counts, table.truth, weights, most))  # fmt: skip
    even = table[np.concatenate([np.arange(len(table)), extra]).astype(np.int64)]
    branches = []
    for features in spaces:
        shown = _shown(even, features, rng)
        strange = _strange(shown, even, features, most, rng)
        truth = np.concatenate([np.tile(even.truth, _COPIES + 1), np.full(len(strange), -1)])
        outputs = len(table.classes) + 1
        targets = np.eye(outputs, dtype=np.float32)[truth] * (1 - _SMOOTHING)
        network = fit(np.concatenate([shown, strange]), targets + _SMOOTHING / outputs, rng)
        branches.append(Branch(features, network))
    return PoseModel(tuple(branches), (*table.classes, NONE))


def _shown(table: PoseTable, features: Features, rng: np.random.Generator) -> Floats:
    """The features of all poses, and after them those of their variations."""
    rows = table.points(features.skeleton, world=features.world)
    parts = [extract(features, rows)]
    for _ in range(_COPIES):
        if features.world:
            # Only what is known in metres can be put together anew.
            rows = table.points(features.skeleton, world=True)
            rows[..., 2:] = recombined(rows[..., 2:], table.truth, rng)
        parts.append(extract(features, varied(features, rows, rng)))
    return np.concatenate(parts)


def _strange(
    shown: Floats, table: PoseTable, features: Features, most: int, rng: np.random.Generator
) -> Floats:
    """The features of poses of no class: limbs turned at random or lent, and what others do."""
    rows = table.points(features.skeleton, world=features.world)
    some = rows[rng.integers(0, len(rows), _STRANGERS * most)]
    turned = extract(features, varied(features, some, rng, _STRANGE))
    poses = other_poses()
    every = poses
    if table.body is not None and table.body.shape[2] == 6:
        every = np.concatenate([table.points(BODY, world=True)[..., 2:], poses])
    mixed = chimeras(every, _CHIMERAS * most, rng)
    poses = np.concatenate([poses[rng.integers(0, len(poses), _OTHERS * most)], mixed])
    solid = Features(BODY, True, features.facing, features.mirror)
    bodies = np.concatenate([poses[..., :2], poses], 2)
    others = _seen(features, varied(solid, bodies, rng))
    # What is as near to a pose that was shown as its own variations are is no stranger.
    scale = 1 / (shown.std(0) + 1e-3)
    known = shown * scale
    limit = np.median(_nearest(known[len(rows) : 2 * len(rows)], known[: len(rows)]))
    return np.concatenate([turned, others[_nearest(others * scale, known) > limit]])


def _seen(features: Features, bodies: Floats) -> Floats:
    """The features of bodies (N, 33, 5) in the classifier's own points."""
    if features.world:
        return extract(features, bodies)
    picked = [BODY.index(name) for name in features.skeleton.landmarks]
    return extract(features, np.ascontiguousarray(bodies[:, picked, :2]))


def _nearest(rows: Floats, known: Floats) -> Floats:
    """(N,) how far each row is from the nearest of those known."""
    lengths = (known**2).sum(1)
    found = [
        ((part**2).sum(1)[:, None] + lengths - 2 * part @ known.T).min(1)
        for part in np.array_split(rows, len(rows) // _AT_ONCE + 1)
    ]
    return np.asarray(np.sqrt(np.maximum(np.concatenate(found), 0)), np.float32)


def _short(
    counts: Ints, truth: Ints, weights: NDArray[np.float64], most: int
) -> NDArray[np.float64] | None:
    """How likely each pose is to be taken again: by how much its class lacks."""
    lack = (most - counts)[truth] * weights
    return np.asarray(lack / lack.sum(), np.float64) if lack.sum() else None


def _refusal(logits: Floats) -> Floats:
    """(N,) by how much "none of these" is ahead of the best class; negative where behind."""
    return np.asarray(logits[:, -1] - logits[:, :-1].max(1), np.float32)


def _settled(model: PoseModel, table: PoseTable, answers: Floats, strange: Floats) -> Trained:
    """Scale the logits and shift that of "none of these" as the held-back answers ask for."""
    asked = np.asarray(~np.isnan(answers).any(1), np.bool_)
    shift = _shift(_refusal(answers[asked]), strange)
    factor = _temperature(answers[asked, :-1], table.truth[asked])
    shifts = np.zeros(answers.shape[1], np.float32)
    shifts[-1] = shift * factor
    branches = tuple(
        replace(branch, network=branch.network.adjusted(factor, shifts))
        for branch in model.branches
    )
    model = replace(model, branches=branches)
    probabilities = softmax(answers * np.float32(factor) + shifts)
    refused = float((strange + shift > 0).mean()) if len(strange) else float("nan")
    model = replace(model, held_back=_told(table, probabilities, asked, refused, factor))
    return Trained(model, probabilities, refused)


def _shift(known: Floats, strange: Floats) -> float:
    """What to add to the logit of "none of these"; 0 where nothing was held back."""
    if not len(known) or not len(strange):
        return 0.0
    bars = np.quantile(np.concatenate([known, strange]), np.linspace(0, 1, 201))
    answered = np.array([(known <= bar).mean() for bar in bars])
    value = answered + np.array([(strange > bar).mean() for bar in bars])
    value[answered < min(_ANSWERED, answered.max())] = -1
    return -float(bars[int(np.argmax(value))])


def _temperature(logits: Floats, truth: Ints) -> float:
    """By what to multiply logits so that held-back probabilities are neither shy nor bold."""
    if not len(logits):
        return 1.0
    factors = np.geomspace(0.2, 2, 60)
    rows = np.arange(len(truth))
    losses = [-np.log(softmax(logits * np.float32(f))[rows, truth] + 1e-7).mean() for f in factors]
    return float(factors[int(np.argmin(losses))])


def _told(
    table: PoseTable, answers: Floats, asked: Bools, refused: float, factor: float
) -> dict[str, object]:
    """The figures that go into the file."""
    predicted = answers[asked, :-1].argmax(1)
    scores = class_scores(table.truth[asked], predicted, len(table.classes))
    return {
        "poses": len(table),
        "asked": int(asked.sum()),
        "accuracy": _figure(scores.accuracy),
        "macro_f1": _figure(scores.macro_f1),
        "answered": _figure(float((answers[asked].argmax(1) < len(table.classes)).mean()))
        if asked.any()
        else None,
        "strangers_refused": _figure(refused),
        "temperature": _figure(1 / factor),
    }


def _figure(value: float) -> float | None:
    return round(value, 4) if value == value else None
