"""What a classifier looks at: numbers of a pose that place, size and facing do not change.

Points come in pixels, and, where the landmark model gives them, in metres too. Of each of the
two, with the body's own size as the unit:

* ``distance``: how far two joints are apart; no turn of a body in metres changes it,
* ``bend``: the cosine between two bones at a joint, likewise,
* ``slope``: how steeply a bone points down, which no turn about the vertical changes,
* ``height``: how far a joint is below the middle of the hips, likewise,
* ``side`` and ``depth``: how far it is to the right and behind.

Where there are metres and facing does not matter, side and depth are left out, and pixels give
heights and slopes only. Of pixels alone everything is taken: without them nothing is left that
keeps still when the camera walks round the person. `extract` computes the features in NumPy;
`vitruvian.classify.graph` writes the same steps into a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from vitruvian.skeletons import Skeleton
from vitruvian.types import Floats

__all__ = ["EPSILON", "Features", "Indices", "Space", "extract"]

Indices = NDArray[np.int32]

EPSILON = np.float32(1e-6)
"""Added to what is divided by, so that a body without extent gives 0 and not NaN."""

_MIDDLES = ("ear", "shoulder", "hip")
_LIMBS = ("elbow", "wrist", "knee", "ankle", "foot_index")
_BONES = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"),
    ("ankle", "foot_index"), ("shoulder", "hip"),
)  # fmt: skip
_JOINTS = ((0, 1), (2, 3), (0, 5), (2, 5), (3, 4), (0, 2))
"""Pairs of bones of one side: elbow, knee, shoulder, hip, ankle, and arm against thigh."""
_TRUNK = (("middle_shoulder", "middle_hip"), ("middle_ear", "middle_shoulder"))


@dataclass(frozen=True, slots=True)
class Space:
    """One set of coordinates among a row's columns, and what is measured in it.

    Args:
        columns: Which columns are its coordinates: right, down, and for metres away.
        kinds: The kinds of features, in order.
    """

    columns: tuple[int, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Features:
    """Which features a classifier has.

    Args:
        skeleton: The landmarks of a row, K of them.
        world: Whether a row has metres: then it is (K, 5), x, y in pixels and x, y, z in metres,
            else (K, 2).
        facing: Whether poses that differ by where the person faces are different poses.
        mirror: Whether a pose and its mirror image are the same.
    """

    skeleton: Skeleton
    world: bool
    facing: bool = False
    mirror: bool = True

    @property
    def columns(self) -> int:
        """Numbers per landmark."""
        return 5 if self.world else 2

    @cached_property
    def spaces(self) -> tuple[Space, ...]:
        """The coordinates that are looked at."""
        upright = ("height", "slope")
        if not self.world:
            return (Space((0, 1), ("distance", "bend", *upright, "side")),)
        if not self.facing:
            return Space((0, 1), upright), Space((2, 3, 4), ("distance", "bend", *upright))
        whole = ("distance", "bend", *upright, "side", "depth")
        return Space((0, 1), (*upright, "side")), Space((2, 3, 4), whole)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The landmarks and after them the middles of ears, shoulders and hips."""
        return (*self.skeleton.landmarks, *(f"middle_{part}" for part in _MIDDLES))

    @cached_property
    def halves(self) -> tuple[Indices, Indices]:
        """The landmarks between which the middles lie."""
        left, right = (
            [self.skeleton.index(f"{side}_{part}") for part in _MIDDLES]
            for side in ("left", "right")
        )
        return np.array(left, np.int32), np.array(right, np.int32)

    @cached_property
    def points(self) -> Indices:
        """The points that are measured."""
        limbs = [
            f"{side}_{part}"
            for part in _LIMBS
            for side in ("left", "right")
            if f"{side}_{part}" in self.names
        ]
        middles = [f"middle_{part}" for part in _MIDDLES]
        return np.array([self.names.index(name) for name in (*middles, *limbs)], np.int32)

    @cached_property
    def hip(self) -> int:
        """The middle of the hips."""
        return self.names.index("middle_hip")

    @cached_property
    def pairs(self) -> Indices:
        """(n, 2) every two of the points."""
        return np.array(list(combinations(self.points.tolist(), 2)), np.int32)

    @cached_property
    def bones(self) -> Indices:
        """(m, 2) from where to where each bone goes."""
        names = [
            (f"{side}_{a}", f"{side}_{b}")
            for side in ("left", "right")
            for a, b in _BONES
            if f"{side}_{b}" in self.names
        ]
        ends = [*names, *_TRUNK]
        return np.array([[self.names.index(name) for name in pair] for pair in ends], np.int32)

    @cached_property
    def bends(self) -> Indices:
        """(j, 2) the bones, by their place in ``bones``, between which a cosine is taken."""
        row = {tuple(pair): i for i, pair in enumerate(self.bones.tolist())}

        def bone(side: str, number: int) -> int | None:
            ends = (f"{side}_{part}" for part in _BONES[number])
            known = [self.names.index(name) for name in ends if name in self.names]
            return row.get(tuple(known))

        found = [(bone(side, a), bone(side, b)) for side in ("left", "right") for a, b in _JOINTS]
        return np.array([pair for pair in found if None not in pair], np.int32)

    @cached_property
    def mirrored(self) -> tuple[Indices, Floats]:
        """(D,) which feature of a pose each one is in the mirror, and (D,) its sign there."""
        swap = {"left": "right", "right": "left"}
        partner = [
            self.names.index("_".join(swap.get(word, word) for word in name.split("_")))
            for name in self.names
        ]
        tables = {
            "distance": _partners(np.sort(self.pairs), partner, ordered=False),
            "height": _partners(self.points[:, None], partner),
            "slope": _partners(self.bones, partner),
        }
        across = _partners(self.bones, partner)
        tables["bend"] = _partners(self.bends, across.tolist())
        tables["side"] = tables["depth"] = tables["height"]
        indices: list[Indices] = []
        signs: list[Floats] = []
        start = 0
        for space in self.spaces:
            for kind in space.kinds:
                indices.append(tables[kind] + start)
                signs.append(np.full(len(tables[kind]), -1 if kind == "side" else 1, np.float32))
                start += len(tables[kind])
        return np.concatenate(indices).astype(np.int32), np.concatenate(signs)

    def __len__(self) -> int:
        """D, how many features there are."""
        return len(self.mirrored[0])


def extract(features: Features, rows: Floats) -> Floats:
    """The features of poses.

    Args:
        features: Which ones.
        rows: (N, K, 5) x, y in pixels and x, y, z in metres, or (N, K, 2) pixels.

    Returns:
        (N, D).
    """
    left, right = features.halves
    half = np.float32(0.5)
    points = np.concatenate([rows, (rows[:, left] + rows[:, right]) * half], 1)
    parts = []
    for space in features.spaces:
        parts += _measured(features, space, points[..., list(space.columns)])
    return np.concatenate(parts, 1)


def _measured(features: Features, space: Space, points: Floats) -> list[Floats]:
    """Every kind of feature of one space, (N, n) each."""
    chosen = points[:, features.points]
    away = chosen - chosen.mean(1, keepdims=True)
    size = np.sqrt((away * away).sum((1, 2), keepdims=True)) + EPSILON
    scaled = points / (size * np.float32(len(features.points) ** -0.5))
    offsets = scaled[:, features.points] - scaled[:, [features.hip]]
    ends = scaled[:, features.bones[:, 1]] - scaled[:, features.bones[:, 0]]
    bones = ends / (np.sqrt((ends * ends).sum(2, keepdims=True)) + EPSILON)
    found = []
    for kind in space.kinds:
        if kind == "distance":
            gap = scaled[:, features.pairs[:, 0]] - scaled[:, features.pairs[:, 1]]
            found.append(np.sqrt((gap * gap).sum(2)))
        elif kind == "bend":
            first, second = bones[:, features.bends[:, 0]], bones[:, features.bends[:, 1]]
            found.append((first * second).sum(2))
        elif kind == "slope":
            found.append(bones[..., 1])
        else:
            found.append(offsets[..., ("side", "height", "depth").index(kind)])
    return found


def _partners(rows: Indices, partner: list[int], *, ordered: bool = True) -> Indices:
    """For each row of points, where the row of their partners stands."""
    place = {tuple(row): i for i, row in enumerate(rows.tolist())}
    swapped = [[partner[point] for point in row] for row in rows.tolist()]
    keys = swapped if ordered else [sorted(row) for row in swapped]
    return np.array([place[tuple(key)] for key in keys], np.int32)
