"""Calibrations of cameras, as the programs that make them write them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

from vitruvian.errors import InputError
from vitruvian.geometry.cameras import Camera

__all__ = ["read_calibration"]

_FLIP = np.diag([1.0, -1.0, -1.0])
"""Qualisys has y up and looks along -z; OpenCV has y down and looks along z."""
_QCA_UNIT = 64.0
"""Qualisys counts in 64ths of a pixel."""


def read_calibration(path: str | Path) -> tuple[Camera, ...]:
    """Cameras from a file: Pose2Sim's ``.toml``, OpenCV's ``.yml`` or ``.json``, ``.qca.txt``.

    The ``.toml`` is Anipose's too; ``.qca.txt`` is Qualisys'.
    An OpenCV file has ``camera_matrix`` and ``dist_coeffs`` (or ``distortion_coefficients``),
    ``rvec`` or ``R``, ``tvec`` or ``T``, ``image_width`` and ``image_height`` (or ``size``): at
    its top for one camera, or under one name for each.

    Args:
        path: The file. Lengths are metres, Qualisys' millimetres.

    Raises:
        InputError: The file cannot be read, is not such a calibration, or has a number that is
            impossible.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise InputError(f"cannot read the calibration {path}: {reason}") from error
    try:
        cameras = _reader(path, text)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except (LookupError, TypeError, ValueError, AttributeError, ElementTree.ParseError) as error:
        raise InputError(
            f"{path} is not a calibration of Pose2Sim (.toml), OpenCV (.yml, .json) or Qualisys "
            f"(.qca.txt): {type(error).__name__}: {error}"
        ) from error
    if not cameras:
        raise InputError(f"{path} has no cameras")
    return cameras


def _reader(path: Path, text: str) -> tuple[Camera, ...]:
    if text.lstrip().startswith("<"):
        return _qualisys(text)
    if path.suffix == ".toml":
        data: Mapping[str, Any] = tomllib.loads(text)
    elif path.suffix == ".json":
        data = json.loads(text)
    else:
        data = _storage(text)
    if _is_camera(data):
        return (_camera(path.stem, data),)
    return tuple(_camera(name, each) for name, each in data.items() if _is_camera(each))


def _is_camera(data: Any) -> bool:
    return isinstance(data, Mapping) and any(key in data for key in _KEYS["matrix"])


_KEYS = {
    "matrix": ("matrix", "camera_matrix", "K"),
    "distortion": ("distortions", "dist_coeffs", "distortion_coefficients", "dist", "D"),
    "rotation": ("rotation", "rvec", "R"),
    "translation": ("translation", "tvec", "T"),
    "size": ("size", "image_size"),
}


def _camera(name: str, data: Mapping[str, Any]) -> Camera:
    if data.get("fisheye"):
        raise InputError(f"{name} is a fisheye, which is not read; straighten its film first")
    matrix = _numbers(data, "matrix").reshape(3, 3)
    try:
        size = _numbers(data, "size").ravel()
    except LookupError:
        size = np.array([data["image_width"], data["image_height"]], np.float64)
    distortion = _numbers(data, "distortion").ravel()
    return Camera(
        (round(float(size[0])), round(float(size[1]))),
        matrix,
        np.trim_zeros(distortion, "b"),
        _turn(_numbers(data, "rotation")),
        _numbers(data, "translation").reshape(3),
        str(data.get("name", name)),
    )


def _turn(given: NDArray[np.float64]) -> NDArray[np.float64]:
    if given.size == 9:
        return given.reshape(3, 3)
    return np.asarray(cv2.Rodrigues(given.reshape(3, 1))[0], np.float64)


def _numbers(data: Mapping[str, Any], what: str) -> NDArray[np.float64]:
    key = next((key for key in _KEYS[what] if key in data), None)
    if key is None:
        raise LookupError(f"no {' or '.join(_KEYS[what])}")
    value = data[key]
    return np.asarray(value["data"] if isinstance(value, Mapping) else value, np.float64)


def _storage(text: str) -> Mapping[str, Any]:
    """What OpenCV's FileStorage wrote as YAML, or a YAML of one camera by hand."""
    try:
        # Its constructor raises SystemError where this says what is wrong.
        storage = cv2.FileStorage()
        if not storage.open(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY):
            raise ValueError("nothing in it can be read")
        root = storage.root()
        return {key: _node(root.getNode(key)) for key in root.keys()}  # noqa: SIM118
    except cv2.error as error:
        # Its text begins with a line of OpenCV's own source.
        raise ValueError(" ".join(str(error).rpartition("error:")[2].split())) from error


def _node(node: Any) -> Any:
    if node.isMap():
        keys = node.keys()
        if "data" in keys and "rows" in keys:
            found = node.mat()
            return _node(node.getNode("data")) if found is None else np.asarray(found, np.float64)
        return {key: _node(node.getNode(key)) for key in keys}
    if node.isSeq():
        return [_node(node.at(i)) for i in range(node.size())]
    return node.string() if node.isString() else node.real()


def _qualisys(text: str) -> tuple[Camera, ...]:
    root = ElementTree.fromstring(text)
    return tuple(_qualisys_camera(each) for each in root.iter("camera"))


def _qualisys_camera(camera: ElementTree.Element) -> Camera:
    name = camera.attrib["serial"]
    if float(camera.get("viewrotation", "0")):
        raise InputError(f"{name} has a turned view, which is not read; convert it to .toml")
    inner, outer = camera.find("intrinsic"), camera.find("transform")
    view = camera.find("fov_video")
    if inner is None or outer is None or view is None:
        raise LookupError(f"{name} lacks its intrinsic, transform or fov_video")
    left, top, right, bottom = (float(view.attrib[k]) for k in ("left", "top", "right", "bottom"))

    def of(element: ElementTree.Element, keys: Sequence[str]) -> NDArray[np.float64]:
        return np.array([float(element.attrib[key]) for key in keys])

    focal = of(inner, ("focalLengthU", "focalLengthV")) / _QCA_UNIT
    middle = of(inner, ("centerPointU", "centerPointV")) / _QCA_UNIT - (left, top)
    lens = ("radialDistortion1", "radialDistortion2", "tangentalDistortion1",
            "tangentalDistortion2", "radialDistortion3")  # fmt: skip
    turn = of(outer, [f"r{row}{column}" for row in "123" for column in "123"]).reshape(3, 3)
    rotation = _FLIP @ turn
    place = of(outer, "xyz") / 1000
    matrix = np.array([[focal[0], 0, middle[0]], [0, focal[1], middle[1]], [0, 0, 1]])
    size = (round(right - left) + 1, round(bottom - top) + 1)
    return Camera(size, matrix, of(inner, lens), rotation, -rotation @ place, name)
