"""The same camera comes back from every program's file."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from vitruvian.errors import InputError
from vitruvian.geometry.calibrations import read_calibration
from vitruvian.geometry.cameras import Camera

VECTOR = np.array([0.2, -0.4, 0.1])
TOML = """
[int_cam1_img]
name = "cam1"
size = [ 1280.0, 720.0]
matrix = [ [ 900.0, 0.0, 630.0], [ 0.0, 905.0, 350.0], [ 0.0, 0.0, 1.0]]
distortions = [ -0.1, 0.05, 0.001, 0.002]
rotation = [ 0.2, -0.4, 0.1]
translation = [ 0.3, -0.2, 4.0]
fisheye = false

[metadata]
adjusted = false
error = 0.0
"""
QCA = """<?xml version='1.0' encoding='ASCII'?>
<calibration><cameras><camera serial="cam1" viewrotation="0">
<fov_video left="0" top="0" right="1279" bottom="719"/>
<transform x="{x}" y="{y}" z="{z}" {turn}/>
<intrinsic focalLengthU="57600" focalLengthV="57920" centerPointU="40320" centerPointV="22400"
 radialDistortion1="-0.1" radialDistortion2="0.05" radialDistortion3="0"
 tangentalDistortion1="0.001" tangentalDistortion2="0.002"/>
</camera></cameras></calibration>"""


@pytest.fixture
def camera():
    matrix = np.array([[900, 0, 630], [0, 905, 350], [0, 0, 1.0]])
    lens = np.array([-0.1, 0.05, 0.001, 0.002])
    turn = cv2.Rodrigues(VECTOR)[0]
    return Camera((1280, 720), matrix, lens, turn, np.array([0.3, -0.2, 4.0]), "cam1")


def same(one, other):
    assert one.size == other.size
    points = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    np.testing.assert_allclose(one.project(points), other.project(points), atol=1e-6)


def test_pose2sim(camera, tmp_path):
    (tmp_path / "Calib.toml").write_text(TOML)
    (read,) = read_calibration(tmp_path / "Calib.toml")
    assert read.name == "cam1"
    same(read, camera)


@pytest.mark.parametrize("ending", ["yml", "json"])
def test_opencv_writes_it(camera, tmp_path, ending):
    path = tmp_path / f"cam1.{ending}"
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_WRITE)
    storage.write("camera_matrix", camera.matrix)
    storage.write("dist_coeffs", camera.distortion.reshape(1, -1))
    storage.write("rvec", VECTOR.reshape(3, 1))
    storage.write("tvec", camera.translation.reshape(3, 1))
    storage.write("image_width", 1280)
    storage.write("image_height", 720)
    storage.release()
    (read,) = read_calibration(path)
    assert read.name == "cam1"
    same(read, camera)


def test_json_by_hand_for_several(camera, tmp_path):
    one = {
        "K": camera.matrix.tolist(), "dist": camera.distortion.tolist(), "size": [1280, 720],
        "R": camera.rotation.tolist(), "T": camera.translation.tolist(),
    }  # fmt: skip
    (tmp_path / "all.json").write_text(json.dumps({"cam1": one, "cam2": one}))
    cameras = read_calibration(tmp_path / "all.json")
    assert [each.name for each in cameras] == ["cam1", "cam2"]
    same(cameras[1], camera)


def test_qualisys(camera, tmp_path):
    turn = np.diag([1, -1, -1]) @ camera.rotation
    rows = " ".join(f'r{i + 1}{j + 1}="{turn[i, j]}"' for i in range(3) for j in range(3))
    x, y, z = camera.centre * 1000
    (tmp_path / "Calib.qca.txt").write_text(QCA.format(x=x, y=y, z=z, turn=rows))
    (read,) = read_calibration(tmp_path / "Calib.qca.txt")
    assert read.name == "cam1"
    same(read, replace(camera))


def test_the_demos_cameras_look_at_one_place(data):
    path = data / "pose2sim" / "Demo_SinglePerson" / "calibration" / "Calib.qca.txt"
    if not path.exists():
        pytest.skip(f"needs {path}")
    cameras = read_calibration(path)
    assert [each.name for each in cameras] == ["cam01", "cam02", "cam03", "cam04"]
    for each in cameras:
        assert each.size == (1088, 1920)
        assert 1.6 < each.centre[2] < 2.1
        inside = each.project([-0.9, 0, 0.8])
        assert ((inside > 0) & (inside < each.size)).all()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", "matrix = [", "not a calibration"),
        ("a.toml", "[cam]\nx = 1", "no cameras"),
        ("a.toml", TOML.replace("false\n\n", "true\n\n"), "fisheye"),
        ("a.toml", TOML.replace("[ 0.2, -0.4, 0.1]", "[ 0.2, -0.4]"), "not a calibration"),
        ("a.toml", TOML.replace("900.0", "-900.0"), "more than 0"),
        ("a.toml", TOML.replace("translation", "shift"), "no translation"),
        ("a.json", "{}", "no cameras"),
        ("a.json", "[1]", "not a calibration"),
        ("a.yml", "hello: [", "not a calibration"),
        ("a.qca.txt", "<calibration><camera serial='1'/></calibration>", "lacks"),
        ("a.qca.txt", "<calibration>", "not a calibration"),
    ],
)
def test_other_files_are_refused_in_one_line(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        read_calibration(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert "modules/core" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot read the calibration"):
        read_calibration(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="it is not text"):
        read_calibration(tmp_path / "b.toml")
