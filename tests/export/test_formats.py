"""Every format, read back by somebody else's reader where there is one, or by hand."""

from __future__ import annotations

import json
import re
import struct

import numpy as np
import pytest

from vitruvian.errors import UnknownNameError
from vitruvian.export import FORMATS, exporter, motion_of
from vitruvian.export.markers import marker_paths
from vitruvian.export.mot import joint_angles
from vitruvian.export.viewer import to_html
from vitruvian.geometry import rotations as rot


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_bytes_and_an_ending(name, motion):
    write, ending = exporter(name)
    assert len(write(motion)) > 1000
    assert ending.startswith(".")


def test_an_unknown_format_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'bvh'"):
        exporter("bhv")


def bvh_places(text):
    """Joint places (T, J, 3) in centimetres, by the letter of the format."""
    head, _, tail = text.partition("MOTION")
    joints, stack, last = [], [], None
    for line in head.splitlines():
        word, *rest = line.split() or [""]
        if word in ("ROOT", "JOINT", "End"):
            last = {"name": rest[0], "parent": stack[-1] if stack else None, "channels": []}
        elif word == "{":
            stack.append(len(joints))
            joints.append(last)
        elif word == "}":
            stack.pop()
        elif word == "OFFSET":
            joints[-1]["offset"] = np.array(rest, float)
        elif word == "CHANNELS":
            joints[-1]["channels"] = rest[1:]
    rows = np.array([line.split() for line in tail.strip().splitlines()[2:]], float)
    places, axes, column = [], [], 0
    for joint in joints:
        local = np.broadcast_to(np.eye(3), (len(rows), 3, 3))
        place = np.broadcast_to(joint["offset"], (len(rows), 3))
        for channel in joint["channels"]:
            values = rows[:, column]
            column += 1
            if channel.endswith("rotation"):
                local = local @ rot.from_euler(values[:, None], channel[0])
            else:
                place = place + values[:, None] * np.eye(3)["XYZ".index(channel[0])]
        if joint["parent"] is not None:
            above = axes[joint["parent"]]
            place = places[joint["parent"]] + (above @ place[..., None])[..., 0]
            local = above @ local
        places.append(place)
        axes.append(local)
    return [joint["name"] for joint in joints], np.stack(places, axis=1)


def test_bvh_says_where_every_joint_is(motion):
    text = exporter("bvh")[0](motion).decode()
    names, places = bvh_places(text)
    even = motion.at_rate(motion.rate)
    made, _ = even.world()
    order = [names.index(each) for each in ("Hips", "LeftArm", "LeftForeArm", "RightFoot", "Head")]
    ours = ("hips", "left_upper_arm", "left_forearm", "right_foot", "head")
    for there, name in zip(order, ours, strict=True):
        here = made[:, even.joints.index(name)]
        np.testing.assert_allclose(places[:, there] / 100, here, atol=1e-4, err_msg=name)
    assert float(re.search(r"Frame Time: (\S+)", text)[1]) == pytest.approx(1 / 30)


def test_c3d_goes_round_through_ezc3d(motion, tmp_path):
    ezc3d = pytest.importorskip("ezc3d")
    path = tmp_path / "walk.c3d"
    path.write_bytes(exporter("c3d")[0](motion))
    read = ezc3d.c3d(str(path))
    names, paths = marker_paths(motion.at_rate(motion.rate))
    assert read["parameters"]["POINT"]["LABELS"]["value"] == list(names)
    assert read["parameters"]["POINT"]["UNITS"]["value"] == ["mm"]
    points = read["data"]["points"][:3].transpose(2, 1, 0) / 1000
    np.testing.assert_allclose(points, paths, atol=1e-6)


def test_trc_is_a_table_of_markers(motion):
    lines = exporter("trc")[0](motion).decode().splitlines()
    names, paths = marker_paths(motion.at_rate(motion.rate))
    assert lines[0].startswith("PathFileType\t4")
    told = lines[2].split("\t")
    assert (int(told[2]), int(told[3]), told[4]) == (len(paths), len(names), "m")
    table = np.array([line.split("\t") for line in lines[6:]], float)
    np.testing.assert_allclose(table[:, 2:].reshape(paths.shape), paths, atol=1e-6)
    np.testing.assert_array_equal(table[:, 0], np.arange(1, len(paths) + 1))


def glb_parts(data):
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[20 : 20 + size])
    return document, data[20 + size + 8 :]


def array_of(document, binary, number):
    accessor = document["accessors"][number]
    view = document["bufferViews"][accessor["bufferView"]]
    kind = {5126: "<f4", 5121: "u1", 5125: "<u4"}[accessor["componentType"]]
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}[accessor["type"]]
    raw = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    return np.frombuffer(raw, kind).reshape(accessor["count"], width)


def test_glb_has_the_bones_the_skin_and_the_movement(motion):
    document, binary = glb_parts(exporter("glb")[0](motion))
    assert document["buffers"][0]["byteLength"] == len(binary)
    nodes = document["nodes"]
    assert [node["name"] for node in nodes[:-1]] == list(motion.joints)
    (animation,) = document["animations"]
    for channel in animation["channels"]:
        sampler = animation["samplers"][channel["sampler"]]
        values = array_of(document, binary, sampler["output"])
        if channel["target"]["path"] == "rotation":
            node = channel["target"]["node"]
            wanted = motion.rotations[:, node][:, [1, 2, 3, 0]]
            np.testing.assert_allclose(values, wanted, atol=1e-6)
        else:
            np.testing.assert_allclose(values, motion.root, atol=1e-5)
    primitive = document["meshes"][0]["primitives"][0]
    places = array_of(document, binary, primitive["attributes"]["POSITION"])
    faces = array_of(document, binary, primitive["indices"])
    assert faces.max() < len(places)
    joints = array_of(document, binary, primitive["attributes"]["JOINTS_0"])
    assert joints.max() < len(motion.joints)
    # The skin stands at rest: as tall as the bones, arms stretched out.
    assert np.ptp(places[:, 0]) > np.ptp(places[:, 2]) * 2


def test_whoever_comes_later_is_in_step_with_the_others(make_clip, tmp_path):
    ezc3d = pytest.importorskip("ezc3d")
    late = motion_of(make_clip(np.arange(1.5, 3, 1 / 30)), 5)
    document, binary = glb_parts(exporter("glb")[0](late))
    clock = document["animations"][0]["samplers"][0]["input"]
    np.testing.assert_allclose(array_of(document, binary, clock)[:, 0], late.times, atol=1e-6)
    path = tmp_path / "late.c3d"
    path.write_bytes(exporter("c3d")[0](late))
    points = ezc3d.c3d(str(path))["header"]["points"]
    # The reader counts from 0.
    assert (points["first_frame"], points["last_frame"]) == (45, 45 + len(late) - 1)


def test_mujoco_loads_the_body_and_replays_the_motion(motion, tmp_path):
    mujoco = pytest.importorskip("mujoco")
    path = tmp_path / "walk.xml"
    path.write_bytes(exporter("mjcf")[0](motion))
    model = mujoco.MjModel.from_xml_path(str(path))
    # Somebody of 1.7 m weighs some 63 kg, a thigh a tenth of it.
    assert 50 < model.body_mass.sum() < 80
    thigh = model.body_mass[model.body("left_thigh").id]
    assert thigh == pytest.approx(0.1 * model.body_mass.sum(), rel=0.01)
    data = mujoco.MjData(model)
    places, _ = motion.world()
    assert model.nkey == len(motion)
    assert 40 < model.body_mass.sum() < 160
    for t in range(0, len(motion), 7):
        mujoco.mj_resetDataKeyframe(model, data, t)
        mujoco.mj_forward(model, data)
        there = np.array([data.body(name).xpos for name in motion.joints])
        np.testing.assert_allclose(there[:, [0, 2, 1]] * (1, 1, -1), places[t], atol=1e-4)


def test_mot_has_opensims_names_and_signs(motion):
    lines = exporter("mot")[0](motion).decode().splitlines()
    end = lines.index("endheader")
    names = lines[end + 1].split("\t")
    table = dict(
        zip(names, np.array([x.split("\t") for x in lines[end + 2 :]], float).T, strict=True)
    )
    assert f"nColumns={len(names)}" in lines
    assert f"nRows={len(motion)}" in lines
    phase = np.cos(2 * np.pi * motion.times)
    np.testing.assert_allclose(table["hip_flexion_l"], 40 * (1 - phase), atol=6)
    np.testing.assert_allclose(table["knee_angle_l"], 40 * (1 - phase) + 9, atol=2)
    np.testing.assert_allclose(table["arm_flex_r"], 60 * (1 - phase), atol=8)
    np.testing.assert_allclose(table["elbow_flex_r"], 30 * (1 - phase) + 11, atol=8)
    assert np.abs(table["hip_flexion_r"]).max() < 5
    assert np.abs(table["hip_adduction_l"]).max() < 8


def test_sides_have_mirrored_signs(motion):
    angles = joint_angles(motion)
    assert {name[:-2] for name in angles if name.endswith("_l")} == {
        name[:-2] for name in angles if name.endswith("_r")
    }


def test_the_page_stands_alone(motion):
    page = to_html([motion, motion], "a <film> & more").decode()
    assert "a &lt;film&gt; &amp; more" in page
    assert "http" not in page
    assert "Ana \\u0141uk" in page
    data = re.search(r"const people = (\[.*\]);", page)[1]
    (one, _) = json.loads(data)
    assert len(one["places"]) == len(one["times"]) == len(motion)
    assert one["crown"] < len(one["places"][0]) / 3
    assert {tone for *_, tone in one["limbs"]} == {"left", "right"}
    assert "@" not in page.replace("@media", "")
