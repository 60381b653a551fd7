"""Poses of everyday life and of sport: what a classifier meets beside the poses it is taught."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np

from vitruvian.types import Floats

__all__ = ["other_poses"]


@lru_cache(maxsize=1)
def other_poses() -> Floats:
    """(N, 33, 3) metres, y down: people who walk, run, jump, play, sit, lie and wrestle.

    Chosen by ``training/others.py`` from CMU's motion capture (mocap.cs.cmu.edu; the database was
    created with funding from NSF EIA-0196217) and from GrappleMap.
    """
    with (
        files("vitruvian.classify").joinpath("others.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as data,
    ):
        return np.asarray(data["poses"], np.float32)
