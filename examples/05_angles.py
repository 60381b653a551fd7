"""How far each knee is bent over time, in degrees, from the landmarks in metres.

Usage: ``python examples/05_angles.py film.mp4``
"""

from __future__ import annotations

import sys

import numpy as np

import vitruvian
from vitruvian.types import Floats


def angle(a: Floats, b: Floats, c: Floats) -> Floats:
    """The angle at ``b`` in degrees, 180 when straight; points are (…, 3)."""
    u, v = a - b, c - b
    cosine = (u * v).sum(-1) / (np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1))
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))), np.float32)


def main(film: str) -> None:
    clip = vitruvian.open(film, model="lite").clip()
    world = clip.body.world
    if world is None:
        raise SystemExit("this model gives no metres")
    for p, person in enumerate(clip.ids):
        for side in ("left", "right"):
            joints = [f"{side}_{name}" for name in ("hip", "knee", "ankle")]
            knee = angle(*(world[:, p, clip.body.skeleton.index(name)] for name in joints))
            t = int(np.nanargmin(knee))
            bent = f"most bent {knee[t]:.0f}° at {clip.times[t]:.2f} s"
            print(f"person {person}, {side} knee: median {np.nanmedian(knee):.0f}°, {bent}")


if __name__ == "__main__":
    main(sys.argv[1])
