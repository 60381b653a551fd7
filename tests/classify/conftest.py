"""Poses that are made up: bodies with their arms up, out or down, from any side."""

from __future__ import annotations

import numpy as np
import pytest

from vitruvian.classify import Plan, PoseTable, train
from vitruvian.skeletons import BLAZEPOSE_33, COCO_17, blazepose_to_coco

CLASSES = ("down", "out", "up")


@pytest.fixture(scope="session")
def make_table(figure):
    """Makes a table of poses: so many of each class, from so many people."""

    def make(counts=(12, 12, 12), *, seed=0, keypoints=True, classes=CLASSES):
        rng = np.random.default_rng(seed)
        bodies, files, truth = [], [], []
        for number, count in enumerate(counts):
            for i in range(count):
                plain = figure(0, 0, arms=CLASSES[number])
                plain = (plain - plain[[23, 24]].mean(0)) / 200
                world = np.concatenate([plain, np.zeros((33, 1))], 1)
                turn = rng.uniform(-np.pi, np.pi)
                cos, sin = np.cos(turn), np.sin(turn)
                world = world @ np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
                world += rng.normal(0, 0.01, world.shape)
                pixels = world[:, :2] * rng.uniform(50, 400) + rng.uniform(100, 500, 2)
                bodies.append(np.concatenate([pixels, np.full((33, 1), 0.9), world], 1))
                files.append(f"{classes[number]}/person{i % 6}_{i:03d}.jpg".replace("person", "p_"))
                truth.append(number)
        body = np.array(bodies, np.float32)
        points = body[:, list(blazepose_to_coco), :3] if keypoints else None
        return PoseTable(tuple(files), classes, np.array(truth, np.int64), body, points)

    return make


@pytest.fixture(scope="session")
def table(make_table):
    return make_table()


@pytest.fixture(scope="session")
def trained(table):
    return train(table, Plan(folds=3))


@pytest.fixture(scope="session")
def skeletons():
    return {"body": BLAZEPOSE_33, "keypoints": COCO_17}
