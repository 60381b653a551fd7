from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.lift.features import Seen
from vitruvian.lift.network import corrector
from vitruvian.skeletons import BLAZEPOSE_33

MIRROR = list(BLAZEPOSE_33.mirror)


def test_in_a_mirror_everything_is_mirrored():
    rng = np.random.default_rng(0)
    world = rng.normal(0, 0.3, (20, 33, 3))
    seen = Seen(
        world[..., :2] + rng.normal(0, 0.01, (20, 33, 2)), world, world[..., 2],
        np.ones((20, 33)), np.ones(20), np.array(3.0),
    )  # fmt: skip
    other = replace(
        seen, plane=seen.plane[:, MIRROR] * (-1, 1), world=world[:, MIRROR] * (-1, 1, 1),
        z=seen.z[:, MIRROR],
    )  # fmt: skip
    points, error = corrector()(seen)
    mirrored, same = corrector()(other)
    assert np.allclose(mirrored[:, MIRROR] * (-1, 1, 1), points, atol=1e-5)
    assert np.allclose(same[:, MIRROR], error, atol=1e-5)
    assert not np.allclose(points, world, atol=0.01)
