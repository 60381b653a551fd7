"""Families of positions that look alike: what is held back must not have a twin in training."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist, squareform

from training.grapplemap import JOINTS, distances
from vitruvian.types import Floats, Ints

__all__ = ["families"]

_ALIKE = 6.5
"""How far apart two positions of a family are on average: the root of the summed squares of the
differences, in metres, of the 1,035 distances between the joints of both players. With it, the 601
positions fall into 233 families."""


def families(positions: Floats) -> Ints:
    """(N,) the number of each position's family.

    Positions are compared wherever they lie, mirrored, and with the players exchanged.

    Args:
        positions: (N, 2, 23, 3) metres.
    """
    partner = [
        JOINTS.index(name.replace("left", "@").replace("right", "left").replace("@", "right"))
        for name in JOINTS
    ]
    own = np.array([distances(pair) for pair in positions])
    others = [
        np.array([distances(pair) for pair in each])
        for players in (positions, positions[:, ::-1])
        for each in (players, players[:, :, partner])
    ]
    apart = np.min([cdist(own, other) for other in others], axis=0)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(apart, checks=False), "average")
    return np.asarray(fcluster(tree, _ALIKE, "distance"), np.int64)
