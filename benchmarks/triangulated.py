"""Where somebody's landmarks really were: from four calibrated films of the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Array = NDArray[Any]
_UNITS = 64
"""Qualisys counts in 64ths of a pixel."""
_SURE = 6.0
"""Pixels beyond which a camera's landmark counts less and less."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A calibrated camera: OpenCV's turn, shift, matrix and distortion."""

    turn: Array
    shift: Array
    matrix: Array
    distortion: Array

    def project(self, points: Array) -> Array:
        """(N, 3) metres to (N, 2) pixels."""
        pixels, _ = cv2.projectPoints(points, self.turn, self.shift, self.matrix, self.distortion)
        return np.asarray(pixels[:, 0])

    @property
    def rotation(self) -> Array:
        """(3, 3)."""
        return np.asarray(cv2.Rodrigues(self.turn)[0])

    def local(self, points: Array) -> Array:
        """(…, 3) metres in the camera's own axes."""
        return np.asarray(points @ self.rotation.T + self.shift)


def read_qualisys(path: Path) -> list[View]:
    """The cameras of a ``.qca.txt``; Qualisys' cameras look along -z with y up."""
    views = []
    for camera in ElementTree.parse(path).getroot().iter("camera"):
        pose, lens = camera.find("transform"), camera.find("intrinsic")
        if pose is None or lens is None:
            continue
        turn = np.array([[_number(pose, f"r{a}{b}") for b in (1, 2, 3)] for a in (1, 2, 3)])
        place = np.array([_number(pose, axis) for axis in "xyz"]) / 1000
        turn = np.diag([1.0, -1, -1]) @ turn
        matrix = np.eye(3)
        for i, axis in enumerate("UV"):
            matrix[i, i] = _number(lens, f"focalLength{axis}") / _UNITS
            matrix[i, 2] = _number(lens, f"centerPoint{axis}") / _UNITS
        bends = ("radialDistortion1", "radialDistortion2", "tangentalDistortion1",
                 "tangentalDistortion2")  # fmt: skip
        distortion = np.array([_number(lens, name) for name in bends])
        views.append(View(cv2.Rodrigues(turn)[0][:, 0], -turn @ place, matrix, distortion))
    return views


def _number(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def triangulate(views: Sequence[View], xy: Array, weights: Array) -> Array:
    """(N, 3) metres from (C, N, 2) pixels; what does not fit the others counts less."""
    flat = np.stack([
        cv2.undistortPoints(pixels[:, None], view.matrix, view.distortion)[:, 0]
        for view, pixels in zip(views, xy, strict=True)
    ])  # fmt: skip
    matrices = np.stack([np.c_[view.rotation, view.shift] for view in views])
    now = weights
    for _ in range(4):
        rows = flat[..., None] * matrices[:, None, 2:] - matrices[:, None, :2]
        rows = (now[..., None, None] * rows).transpose(1, 0, 2, 3).reshape(xy.shape[1], -1, 4)
        found = np.linalg.svd(rows)[2][:, -1]
        points = found[:, :3] / found[:, 3:]
        now = weights / np.sqrt(1 + (residuals(views, points, xy) / (2 * _SURE)) ** 2)
    return np.asarray(points)


def residuals(views: Sequence[View], points: Array, xy: Array) -> Array:
    """(C, N) pixels between where points are shown and where they should be."""
    return np.stack([
        np.linalg.norm(view.project(points) - pixels, axis=-1)
        for view, pixels in zip(views, xy, strict=True)
    ])  # fmt: skip


def adjusted(views: Sequence[View], xy: Array, weights: Array, *, rounds: int = 15) -> list[View]:
    """Bundle adjustment of the cameras' poses, by turns with the points; the size stays."""
    found = list(views)
    for _ in range(rounds):
        points = triangulate(found, xy, weights)
        found = [
            _posed(view, points, pixels, np.minimum(1, weight + 0.1))
            for view, pixels, weight in zip(found, xy, weights, strict=True)
        ]
    grown = _apart(views) / _apart(found)
    return [View(v.turn, v.shift * grown, v.matrix, v.distortion) for v in found]


def _posed(view: View, points: Array, pixels: Array, weights: Array) -> View:
    def away(pose: Array) -> Array:
        moved = View(pose[:3], pose[3:], view.matrix, view.distortion)
        return np.ravel((moved.project(points) - pixels) * weights[:, None])

    start = np.r_[view.turn, view.shift]
    pose = least_squares(away, start, loss="huber", f_scale=_SURE, max_nfev=6).x
    return View(pose[:3], pose[3:], view.matrix, view.distortion)


def _apart(views: Sequence[View]) -> float:
    """Metres between the cameras, in all."""
    places = np.stack([-view.rotation.T @ view.shift for view in views])
    return float(np.linalg.norm(places[:, None] - places[None], axis=-1).sum())
