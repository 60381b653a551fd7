from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vitruvian.lift.features import CHANNELS, Seen
from vitruvian.lift.network import Corrector, corrector
from vitruvian.skeletons import BLAZEPOSE_33

MIRROR = list(BLAZEPOSE_33.mirror)


def seen_at_random(seed: int) -> Seen:
    rng = np.random.default_rng(seed)
    world = rng.normal(0, 0.3, (20, 33, 3))
    return Seen(
        world[..., :2] + rng.normal(0, 0.01, (20, 33, 2)), world, world[..., 2],
        np.ones((20, 33)), np.ones(20), np.array(3.0),
    )  # fmt: skip


class Content:
    """A network that has nothing to correct."""

    inputs = (((1, 128, 1, CHANNELS), np.dtype(np.float32)),)
    outputs = (((1, 128, 1, 165), np.dtype(np.float32)),)

    def run(self, *arrays: np.ndarray) -> list[np.ndarray]:
        return [np.zeros((*arrays[0].shape[:3], 165), np.float32)]

    def close(self) -> None:
        """Nothing to let go of."""


def test_a_small_share_is_made_from_the_picture_alone():
    seen = seen_at_random(1)
    flat = replace(seen, world=np.zeros_like(seen.world), z=np.zeros_like(seen.z))
    network = Corrector(Content())
    points, _ = network(seen)
    alone, _ = network(flat)
    assert np.allclose(alone[..., 2], 0)
    assert points[..., 2] == pytest.approx(0.91 * seen.world[..., 2])
    assert points[..., 0] == pytest.approx(0.91 * seen.world[..., 0] + 0.09 * alone[..., 0])


def test_in_a_mirror_everything_is_mirrored():
    seen = seen_at_random(0)
    other = replace(
        seen, plane=seen.plane[:, MIRROR] * (-1, 1), world=seen.world[:, MIRROR] * (-1, 1, 1),
        z=seen.z[:, MIRROR],
    )  # fmt: skip
    points, error = corrector()(seen)
    mirrored, same = corrector()(other)
    assert np.allclose(mirrored[:, MIRROR] * (-1, 1, 1), points, atol=1e-5)
    assert np.allclose(same[:, MIRROR], error, atol=1e-5)
    assert not np.allclose(points, seen.world, atol=0.01)
