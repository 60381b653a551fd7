"""How well bodies are fitted whose pose and shape are known, and how fast.

    python -m benchmarks.body [--bodies 20] [--moments 90] [--json FILE]

Bodies of random shapes (drawn more narrowly than their bounds, 1.45 to 2 m tall) move between
random poses within the joints' limits, a third of a second apart or more, 3 to 5 m from a camera.
What a landmark model would see has noise: 5 px in the picture, and in metres a part that changes
from moment to moment, one that stays for two thirds of a second and, in the second row, a depth
that is 15 % too small: what is known of real landmarks.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

# As the command does, before NumPy is loaded: the matrices are too small for threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from benchmarks.report import Report
from vitruvian.clip import Clip
from vitruvian.fit import BodyModel, Camera, fit_bodies, load_body
from vitruvian.fit.body_contact import overlap
from vitruvian.fit.body_measure import stature
from vitruvian.fit.body_pose import Placed, Pose, place
from vitruvian.fit.body_rotations import exponential
from vitruvian.fit.body_shape import LOWEST, SPREAD, USUAL
from vitruvian.skeletons import BLAZEPOSE_33
from vitruvian.types import Landmarks

Array = NDArray[np.floating[Any]]
CAMERA = Camera(1536.0, (640.0, 360.0))
SIZE, RATE = (1280, 720), 30.0
NOISES = {"as sure as a good model": 0.0, "and depth 15 % too small": 0.15}


def make_person(model: BodyModel, rng: np.random.Generator, moments: int) -> tuple[Array, Pose]:
    """A shape, and poses over time in which no part lies deep in another."""
    shape = np.clip(USUAL + SPREAD * rng.normal(size=6) * [1, 0.5, 1, 1, 0.7, 1], LOWEST, 1)
    keys = moments // 20 + 2
    at = np.linspace(0, keys - 1, moments)
    reach = model.highest - model.lowest
    while True:
        bends = model.usual + rng.normal(size=(keys, *reach.shape)) * reach * 0.18
        coordinates = np.clip(
            CubicSpline(np.arange(keys), np.clip(bends, model.lowest, model.highest))(at),
            model.lowest,
            model.highest,
        )
        yaw = rng.uniform(-np.pi, np.pi) + np.linspace(0, rng.normal() * 0.8, moments)
        upright = exponential(np.array([np.pi, 0, 0]) + rng.normal(size=3) * 0.1)
        turn = upright @ exponential(yaw[:, None] * np.array([0.0, 1.0, 0.0]))
        start = np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.2, 0.2), rng.uniform(3, 5)])
        way = start + np.linspace(0, 1, moments)[:, None] * rng.normal(size=3) * [0.5, 0, 0.5]
        pose = Pose(way, turn, coordinates)
        if overlap(place(model, model.rest(shape), pose))[0].max() < 0.01:
            return shape, pose


def make_clip(placed: Placed, rng: np.random.Generator, shrunk: float) -> Clip:
    """What a landmark model would say of a body."""
    points = placed.points[:, :33]
    count = len(points)
    keys = count // 20 + 2
    depth_most = np.array([1.0, 1.0, 2.0])
    slow = CubicSpline(np.arange(keys), rng.normal(size=(keys, 33, 3)) * 0.02 * depth_most)
    world = points - placed.joints[:, :1]
    # A landmark model sees a crop, so its axes look at the person.
    world = np.einsum("txy,tky->tkx", _towards(placed.joints[:, 0]), world)
    world[..., 2] *= 1 - shrunk
    world = world + slow(np.linspace(0, keys - 1, count))
    world = world + rng.normal(size=world.shape) * 0.03 * depth_most
    xy = CAMERA.project(points) + rng.normal(size=(count, 33, 2)) * 5.0
    ones = np.ones((count, 1, 33), np.float32)
    body = Landmarks(
        BLAZEPOSE_33, xy[:, None].astype("f4"), 0 * ones, ones, ones, world[:, None].astype("f4")
    )
    low, high = xy.min(1), xy.max(1)
    return Clip(
        "made", SIZE, np.arange(count) / RATE, np.arange(count), np.array([1]),
        np.concatenate([low, high], -1)[:, None].astype("f4"), ones[..., 0], body,
    )  # fmt: skip


def _towards(points: Array) -> Array:
    front = points / np.linalg.norm(points, axis=-1, keepdims=True)
    right = np.cross([0.0, 1.0, 0.0], front)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    return np.stack([right, np.cross(front, right), front], -2)


def measure(
    model: BodyModel, bodies: int, moments: int, shrunk: float, known: bool
) -> dict[str, float]:
    """Noise and joints in mm, height in %, how often within its deviation, breaches, moments/s."""
    rows = []
    for seed in range(bodies):
        rng = np.random.default_rng(seed)
        shape, pose = make_person(model, rng, moments)
        truth = place(model, model.rest(shape), pose)
        clip = make_clip(truth, rng, shrunk)
        tall = stature(model, shape)[0]
        start = time.perf_counter()
        (fit,) = fit_bodies(clip, camera=CAMERA, model=model, height=tall if known else None)
        spent = time.perf_counter() - start
        found = fit.placed()
        if clip.body.world is None:
            raise SystemExit("a clip without world landmarks")
        sight = _towards(truth.joints[:, 0])
        exact = np.einsum("txy,tky->tkx", sight, truth.points[:, :33] - truth.joints[:, :1])
        given = clip.body.world[:, 0] - exact
        beyond = np.maximum(
            fit.pose.coordinates - model.highest, model.lowest - fit.pose.coordinates
        )
        apart = (found.joints - found.joints[:, :1]) - (truth.joints - truth.joints[:, :1])
        off = 100 * abs(fit.measurements["height"].value / tall - 1)
        inside = (
            abs(fit.measurements["height"].value - tall) < 2 * fit.measurements["height"].deviation
        )
        rows.append(
            [
                1000 * float(np.linalg.norm(given, axis=-1).mean()),
                1000 * float(np.linalg.norm(apart, axis=-1).mean()),
                off,
                float((beyond > 1e-6).sum()),
                moments / spent,
                float(inside),
            ]
        )
    given, joints, tall, broken, speed, sure = np.array(rows).T
    return {
        "in mm": float(given.mean()),
        "joints mm": float(joints.mean()),
        "worst mm": float(joints.max()),
        "height %": float(tall.mean()),
        "worst %": float(tall.max()),
        "2 sd %": float(100 * sure.mean()),
        "beyond": float(broken.mean()),
        "moments/s": float(speed.mean()),
    }


def main() -> None:
    """Show the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bodies", type=int, default=20)
    parser.add_argument("--moments", type=int, default=90)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    model, report = load_body(), Report()
    rows = [
        {"noise": name, "height": "given" if known else "not given"}
        | measure(model, wanted.bodies, wanted.moments, shrunk, known)
        for name, shrunk in NOISES.items()
        for known in (False, True)
    ]
    what = f"{wanted.bodies} bodies, {wanted.moments} moments each; 5 px in the picture"
    report.add("Bodies whose shape and pose are known", rows, what)
    report.save(wanted.json)


if __name__ == "__main__":
    main()
