"""Learning what two people do, from poses in three dimensions or from labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vitruvian.classify.cameras import disturbed, seen_from_somewhere
from vitruvian.classify.network import Network, fit
from vitruvian.classify.pair_model import PairModel
from vitruvian.classify.pairs import pair_features
from vitruvian.errors import InputError
from vitruvian.types import Floats, Ints

__all__ = ["PairPlan", "PairSamples", "train_pairs"]

_AT_ONCE = 2048
_SMOOTHING = 0.05
"""Share of a target that is spread over all outputs: labels are not always right."""


@dataclass(frozen=True, slots=True, eq=False)
class PairSamples:
    """Labelled pairs to learn from.

    Args:
        poses: (N, 2, 17, 3) metres, y up; or (N, 2, 17, 2) pixels; NaN is missing.
        labels: N class names.
        tops: (N,) 0 or 1, who is on top; -1 where nobody is.
        groups: (N,) which scene a sample is from: scenes count alike, however long.
        recombine: Makes further poses of a class from all samples; see ``training/grapplemap.py``.

    Raises:
        InputError: The shapes do not fit, or there are fewer than two classes.
    """

    poses: Floats
    labels: tuple[str, ...]
    tops: Ints
    groups: Ints
    recombine: Callable[[int, np.random.Generator], Floats] | None = None

    def __post_init__(self) -> None:
        n = len(self.labels)
        if self.poses.shape[:3] != (n, 2, 17) or self.poses.shape[3:] not in ((2,), (3,)):
            raise InputError(f"poses must be ({n}, 2, 17, 2 or 3), not {self.poses.shape}")
        if self.tops.shape != (n,) or self.groups.shape != (n,):
            raise InputError(f"tops and groups must be ({n},)")
        if len(set(self.labels)) < 2:
            raise InputError("a classifier needs samples of at least two classes")


@dataclass(frozen=True, slots=True)
class PairPlan:
    """How much is trained.

    Args:
        samples: Views that each network sees.
        networks: How many are averaged.
        epochs: How often each view is seen.
        hidden: Sizes of the layers between.
        decay: How strongly weights are drawn to 0.
        seed: The same seed gives the same model.
    """

    samples: int = 100_000
    networks: int = 6
    epochs: int = 12
    hidden: tuple[int, ...] = (128, 64)
    decay: float = 0.1
    seed: int = 0


def train_pairs(
    samples: PairSamples,
    plan: PairPlan = PairPlan(),
    *,
    order: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> PairModel:
    """Train a model of what two people do.

    Every network sees views of its own: all classes alike often, all scenes of a class alike
    often, from cameras anywhere (for poses in metres), with a detector's errors.

    Args:
        samples: What to learn from.
        plan: How much.
        order: The order of the classes; by default that of the alphabet.
        progress: Told how many networks are done, of how many.

    Raises:
        InputError: There is too little to learn from.
    """
    classes = tuple(order) or tuple(sorted(set(samples.labels)))
    if set(classes) != set(samples.labels):
        missing = set(samples.labels) ^ set(classes)
        raise InputError(f"classes and labels differ in {', '.join(sorted(missing))}")
    which = np.array([classes.index(label) for label in samples.labels])
    roles = tuple(bool((samples.tops[which == c] >= 0).any()) for c in range(len(classes)))
    model = PairModel(classes, roles, ())
    networks: list[Network] = []
    for number in range(plan.networks):
        if progress is not None:
            progress(number, plan.networks)
        rng = np.random.default_rng((plan.seed, number))
        views, labels, tops = draw_views(samples, which, rng, plan.samples)
        networks.append(
            fit(
                _features(views),
                _targets(model, labels, tops),
                rng,
                hidden=plan.hidden,
                epochs=plan.epochs,
                decay=plan.decay,
            )
        )
    return PairModel(classes, roles, tuple(networks))


def _features(views: Floats) -> Floats:
    rows = range(0, len(views), _AT_ONCE)
    return np.concatenate([pair_features(views[start : start + _AT_ONCE]) for start in rows])


def draw_views(
    samples: PairSamples, which: Ints, rng: np.random.Generator, count: int
) -> tuple[Floats, Ints, Ints]:
    """Views of pairs, with their classes and who is on top.

    Args:
        samples: What is drawn from.
        which: (N,) the class of every sample.
        rng: Where chance comes from.
        count: How many.
    """
    labels = rng.choice(np.unique(which), count)
    picked = np.zeros(count, np.int64)
    for c in np.unique(labels).tolist():
        rows = np.flatnonzero(which == c)
        _, scene = np.unique(samples.groups[rows], return_inverse=True)
        weight = 1 / np.bincount(scene)[scene]
        wanted = labels == c
        picked[wanted] = rng.choice(rows, int(wanted.sum()), p=weight / weight.sum())
    poses = samples.poses[picked]
    if samples.recombine is not None:
        poses = np.stack([samples.recombine(row, rng) for row in picked.tolist()])
    tops = samples.tops[picked]
    swap = rng.random(count) < 0.5
    poses = np.where(swap[:, None, None, None], poses[:, ::-1], poses)
    tops = np.where(swap & (tops >= 0), 1 - tops, tops)
    if poses.shape[-1] == 3:
        views = [
            disturbed(seen, rng, np.ones(len(seen), np.float32), behind)
            for start in range(0, count, _AT_ONCE)
            for seen, behind in (seen_from_somewhere(poses[start : start + _AT_ONCE], rng),)
        ]
        return np.concatenate(views), labels, tops
    return disturbed(poses, rng, _metres(poses)), labels, tops


def _metres(pairs: Floats) -> Floats:
    """(N,) about how many pixels a metre is: a torso is half of one."""
    torso = pairs[:, :, [5, 6]].mean(2) - pairs[:, :, [11, 12]].mean(2)
    length = np.linalg.norm(torso, axis=-1)
    seen = np.isfinite(length)
    longest = np.where(seen, length, 0).max(1)
    whole = np.nanmedian(longest[longest > 0]) if (longest > 0).any() else 1.0
    return np.asarray(np.where(longest > 0, longest, whole) * 2, np.float32)


def _targets(model: PairModel, labels: Ints, tops: Ints) -> Floats:
    """(N, outputs) probabilities; where nobody can be said to be on top, both halves."""
    outputs = np.array(model.outputs)
    same = labels[:, None] == outputs[None, :, 0]
    role = outputs[None, :, 1]
    fits = same & ((role < 0) | (tops[:, None] < 0) | (role == tops[:, None]))
    sure = fits / fits.sum(1, keepdims=True)
    return np.asarray(sure * (1 - _SMOOTHING) + _SMOOTHING / len(outputs), np.float32)
