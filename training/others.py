"""Choose the poses that a classifier learns to call none of those it was taught.

    python -m training.others CMU GrappleMap.txt

CMU is the folder into which its two archives were unpacked, as for ``training.lift``. Writes
``src/vitruvian/classify/others.npz``; the same files give the same poses. Half of them are taken
at random, so that what people do most is there most often, half as far from each other as can
be, so that nothing is left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.lift_mocap import Motion, read_grapplemap, read_motions

__all__ = ["choose"]

Array = NDArray[Any]
OUT = Path(__file__).parents[1] / "src/vitruvian/classify/others.npz"
_FROM_CMU, _FROM_GRAPPLEMAP = 400, 160
_POOL = 4000
"""So many are drawn at random before any is chosen for being far from the others."""


def choose(motions: list[Motion], count: int, rng: np.random.Generator) -> Array:
    """(count, 33, 3) metres, y down, hips at 0, facing the camera."""
    poses = _facing(np.concatenate([motion.points for motion in motions]))
    pool = poses[rng.choice(len(poses), min(_POOL, len(poses)), replace=False)]
    chosen = list(range(count // 2))
    flat = pool.reshape(len(pool), -1)
    away = np.full(len(pool), np.inf)
    for row in chosen:
        away = np.minimum(away, np.linalg.norm(flat - flat[row], axis=1))
    while len(chosen) < count:
        chosen.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(flat - flat[chosen[-1]], axis=1))
    return np.asarray(pool[chosen])


def _facing(points: Array) -> Array:
    """Turned about the vertical until the right hip is to the camera's left, y down."""
    world = points * np.array([1.0, -1.0, -1.0])
    world -= world[:, [23, 24]].mean(1, keepdims=True)
    across = world[:, 23] - world[:, 24]
    turn = np.arctan2(across[:, 2], across[:, 0])
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, z = world[..., 0].copy(), world[..., 2].copy()
    world[..., 0], world[..., 2] = cosine * x + sine * z, cosine * z - sine * x
    return np.asarray(world)


def main() -> None:
    """Read, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cmu", type=Path)
    parser.add_argument("grapplemap", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    poses = np.concatenate(
        [
            choose(read_motions(given.cmu), _FROM_CMU, rng),
            choose(read_grapplemap(given.grapplemap), _FROM_GRAPPLEMAP, rng),
        ]
    )
    np.savez_compressed(given.out, poses=poses.astype(np.float16))
    print(f"{given.out}: {len(poses)} poses, {given.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
